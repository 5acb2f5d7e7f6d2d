"""The program of this folder as a child process that tests change, kill and start again."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.servers import free_port

PROGRAM = Path(__file__).with_name("program.py")


class McpProcess:
    """A streamable HTTP server at ``url``; what it was asked to do is in ``ledger``."""

    def __init__(self, folder: Path, **state: Any):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        self._state: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.change(**state)

    def change(self, **state: Any) -> None:
        self._state |= state
        (self.folder / "state.json").write_text(json.dumps(self._state))

    def start(self) -> McpProcess:
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, str(PROGRAM), "http", str(self.port), str(self.folder)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            time.sleep(0.05)
        raise AssertionError("the MCP server does not answer")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def ledger(self, name: str = "ledger") -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, lines: int, name: str = "ledger", within_s: float = 15) -> None:
        until = time.monotonic() + within_s
        while len(self.ledger(name)) < lines:
            assert time.monotonic() < until, f"{self.ledger(name)} of {lines} lines in {name}"
            time.sleep(0.02)
