"""The stub model of the benches: a bare server as a process of its own, so that its CPU is not counted."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def stub_model(*, latency_s: float = 0.0, tokens: int = 0, tool_calls: int = 0, echo: bool = False) -> Iterator[str]:
    """The address of a running stub, ``http://127.0.0.1:<port>/v1``."""
    command = [sys.executable, "-m", "tests.bench.stub_server"]
    command += ["--latency", str(latency_s), "--tokens", str(tokens), "--tool-calls", str(tool_calls)]
    command += ["--echo"] * echo
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()
