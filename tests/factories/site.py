"""The product as child processes: started, killed and started again by tests that drive it from outside only.

``embedded``: one server process on SQLite. ``production``: a web process and workers on PostgreSQL and Redis.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.factories.schema import lend_schema
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_S = 90.0


@dataclass
class Reply:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """One installation. ``environ`` of the production tier comes from ``production_environment``; data survive ``kill``."""

    def __init__(self, folder: Path, environ: dict[str, str], *, workers: int = 1):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.production = "REDIS_URL" in environ
        self.workers = workers
        self.log = folder / "site.log"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._manager: subprocess.Popen[str] | None = None
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("KAIZEN_", "DATABASE_", "REDIS_"))},
            "KAIZEN_ENV_FILE": "",
            "KAIZEN_DATA": str(folder / "data"),
            "KAIZEN_LOCAL_MODELS": "0",
            "KAIZEN_SECRET_KEY": secrets.token_hex(32),
            "KAIZEN_DEMO_TOKENS_PER_S": "0",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.key = ""
        self.deaths = 0

    # --- processes

    def start(self, *, crash_at: str = "", only: str = "") -> None:
        """Starts what does not run; with ``crash_at`` what is started dies there. ``only`` names one process."""
        extra = {"KAIZEN_CRASH_AT": crash_at} if crash_at else {}
        if not self._processes:
            self._prepare()
        for name, command in self._commands().items():
            if (only and name != only) or self.alive(name):
                continue
            with self.log.open("ab") as log:
                environ = {**self.environ, **extra}
                process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
                self._processes[name] = process

    def _prepare(self) -> None:
        if self.production:
            self.manage("prepare")
        else:
            lend_schema(self.folder / "data" / "kaizen.sqlite3")
            self._hire_manager()  # before it is needed: it starts beside the site

    def wait_ready(self) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            reply = self.try_call("GET", "/health/ready")
            if reply and reply.status == 200:
                return
            if not self.alive("web"):
                break
            time.sleep(0.1)
        raise AssertionError(f"the site did not become ready; its log ends:\n{self.log.read_text()[-3000:]}")

    def alive(self, name: str) -> bool:
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def all_alive(self) -> bool:
        return all(self.alive(name) for name in self._commands())

    def heal(self) -> None:
        """Starts again whatever has been killed meanwhile, and counts it."""
        for name, process in list(self._processes.items()):
            if process.poll() == -signal.SIGKILL:
                self.deaths += 1
                self.start(only=name)

    def kill(self, name: str = "") -> None:
        """As a power cut would, all processes or one."""
        for each, process in self._processes.items():
            if name in ("", each) and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def stop(self) -> dict[str, int]:
        """As an operator would; the exit codes."""
        self._dismiss_manager()
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        return {name: process.wait(30) for name, process in self._processes.items()}

    def manage(self, *arguments: str) -> str:
        """What a management command prints."""
        manager = self._hire_manager()
        assert manager.stdin and manager.stdout
        manager.stdin.write(json.dumps(arguments) + "\n")
        line = manager.stdout.readline()
        assert line, f"the process for management commands ended; the log ends:\n{self.log.read_text()[-3000:]}"
        code, printed = json.loads(line)
        assert code == 0, f"manage.py {' '.join(arguments)} failed:\n{printed}"
        return str(printed)

    def _hire_manager(self) -> subprocess.Popen[str]:
        if self._manager is None:
            command = [sys.executable, "-m", "tests.factories.manager"]
            environ = {**self.environ, "DJANGO_SETTINGS_MODULE": "kaizen_site.settings"}
            pipe = subprocess.PIPE
            with self.log.open("ab") as log:
                self._manager = subprocess.Popen(
                    command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, stderr=log, text=True, bufsize=1
                )
        return self._manager

    def _dismiss_manager(self) -> None:
        if self._manager is not None:
            self._manager.communicate()
            self._manager = None

    def _commands(self) -> dict[str, list[str]]:
        commands = {"web": [sys.executable, "manage.py", "serve"]}
        if self.production:
            for n in range(1, self.workers + 1):
                options = ["-P", "threads", "-c", "32", "-n", f"w{n}-{self.port}@%h", "-l", "WARNING"]
                quiet = ["--without-gossip", "--without-mingle"]
                commands[f"worker-{n}"] = [sys.executable, "-m", "celery", "-A", "kaizen_site", "worker", *options, *quiet]
        return commands

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Looks into the database past the product. Placeholders are ``%s``."""
        if self.production:
            with psycopg.connect(self.environ["DATABASE_URL"]) as connection:
                return connection.execute(sql.encode(), values).fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "kaizen.sqlite3", timeout=20)) as file:
            return file.execute(sql.replace("%s", "?"), values).fetchall()

    # --- the API

    def make_key(self, role: str = "owner", *more: str) -> str:
        out = self.manage("kaizen", "create-key", "--role", role, *more)
        return next(word for word in out.split() if word.startswith("kz_"))

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Reply:
        """One request with the site's key. Connection errors are raised."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        if key or self.key:
            request.add_header("Authorization", f"Bearer {key or self.key}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Reply(response.status, _parse(response.read()), dict(response.headers))
        except urllib.error.HTTPError as error:
            return Reply(error.code, _parse(error.read()), dict(error.headers))

    def try_call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply | None:
        try:
            return self.call(method, path, body, **headers)
        except (OSError, ConnectionError):
            return None

    def insist(self, method: str, path: str, body: Any = None, *, within_s: float = 60.0, **headers: str) -> Reply:
        """As a client that does not give up: tries again over lost connections and 5xx until something answers."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            reply = self.try_call(method, path, body, **headers)
            if reply is not None and reply.status < 500:
                return reply
            self.heal()
            time.sleep(0.05)
        raise AssertionError(f"{method} {path} was not answered within {within_s} s:\n{self.log.read_text()[-3000:]}")


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")
