"""One sandboxed program from start to end: its output up to a cap, its end on time, and no process of it left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from agents.adapters.sandbox.bubblewrap import Launch
from agents.adapters.sandbox.limits import Limits, watch

TIMED_OUT = 124  # the exit code that timeout(1) uses
_GULP = 65_536


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went. ``note`` says in one sentence what was cut or why it was ended; empty: nothing of the kind."""

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool = False
    note: str = ""


async def run_sandboxed(folder: Path, shell: str, limits: Limits, *, within: str = "") -> Ended:
    """Runs ``shell`` (a line of bash) in ``folder``. When it is cancelled, the whole tree of processes dies first."""
    with Launch(folder, limits, shell, within=within) as launch:
        await asyncio.to_thread(launch.prepare)
        process = await asyncio.create_subprocess_exec(
            *launch.command,
            env={},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=launch.descriptors,
            cwd="/",
            start_new_session=True,
        )
    try:
        return await _attend(process, folder, limits)
    finally:
        await _end(process)


async def _attend(process: asyncio.subprocess.Process, folder: Path, limits: Limits) -> Ended:
    assert process.stdout is not None
    assert process.stderr is not None
    output = _Output(limits.output_bytes), _Output(limits.output_bytes)
    reading = [asyncio.create_task(output[0].read(process.stdout)), asyncio.create_task(output[1].read(process.stderr))]
    waiting = asyncio.create_task(process.wait())
    watching = asyncio.create_task(watch(process.pid, folder, limits))
    started = time.monotonic()
    try:
        await asyncio.wait([waiting, watching], timeout=limits.timeout_s, return_when=asyncio.FIRST_COMPLETED)
        note = ""
        if not waiting.done():
            note = f"it was ended: {watching.result()}" if watching.done() else f"it was ended after {limits.timeout_s:g} s"
            await _end(process)
        await asyncio.wait(reading, timeout=2)
    finally:
        for task in (*reading, waiting, watching):
            task.cancel()
    timed_out = bool(note) and time.monotonic() - started >= limits.timeout_s
    code = TIMED_OUT if timed_out else _exit_code(process.returncode)
    notes = [
        note,
        *(
            f"{name} was cut after {limits.output_bytes} bytes"
            for name, o in zip(("stdout", "stderr"), output, strict=True)
            if o.cut
        ),
    ]
    return Ended(code, output[0].text, output[1].text, timed_out, "; ".join(filter(None, notes)))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kills bubblewrap; the sandbox's first process dies with it, and the kernel ends all others of its namespace."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    while True:
        try:
            await asyncio.shield(process.wait())
        except asyncio.CancelledError:
            continue  # it is dying already; who cancels again has to wait for milliseconds
        return


class _Output:
    """What one stream said, up to a cap. The rest is read and thrown away, so that the program does not stand still."""

    def __init__(self, most: int):
        self._most = most
        self._kept = bytearray()
        self.cut = False

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")

    async def read(self, stream: asyncio.StreamReader) -> None:
        while gulp := await stream.read(_GULP):
            room = self._most - len(self._kept)
            self._kept += gulp[:room]
            self.cut = self.cut or len(gulp) > room


def _exit_code(code: int | None) -> int:
    """Ended by a signal counts as in a shell: 128 and the signal's number."""
    if code is None:
        return 128 + signal.SIGKILL
    return code if code >= 0 else 128 - code
