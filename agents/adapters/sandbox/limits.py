"""How much a sandboxed program may use, and the watch that ends it when it uses more together than one process may alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import psutil

from agents.adapters.workspaces.folder import MOST_BYTES, MOST_FILES

WATCH_S = 0.1
DISK_EVERY = 5  # looks at the folder are dearer than looks at processes


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory_bytes`` is what one process may map and all may hold together; times in seconds, sizes in bytes."""

    timeout_s: float = 30.0
    memory_bytes: int = 1_073_741_824
    processes: int = 64
    file_bytes: int = 64_000_000
    open_files: int = 256
    scratch_bytes: int = 64_000_000
    output_bytes: int = 100_000
    folder_bytes: int = MOST_BYTES
    folder_files: int = MOST_FILES

    def as_shell(self) -> str:
        """What the sandbox's first program does to itself before anything foreign runs; hard limits cannot be raised again."""
        return " && ".join(
            [
                "ulimit -c 0",
                f"ulimit -v {self.memory_bytes // 1024}",
                f"ulimit -f {self.file_bytes // 1024}",
                f"ulimit -n {self.open_files}",
                f"ulimit -t {int(self.timeout_s) + 2}",
                f"ulimit -u {self.processes}",
            ]
        )


async def watch(pid: int, folder: Path, limits: Limits) -> str:
    """Returns, in one sentence, which limit the processes below ``pid`` have passed; runs until then or until cancelled."""
    looks = 0
    while True:
        await asyncio.sleep(WATCH_S)
        looks += 1
        told = await asyncio.to_thread(_look, pid, folder if looks % DISK_EVERY == 0 else None, limits)
        if told:
            return told


def _look(pid: int, folder: Path | None, limits: Limits) -> str:
    try:
        family = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return ""
    if len(family) > limits.processes + 4:  # the sandbox's own
        return f"it had more than {limits.processes} processes"
    held = sum(_resident(process) for process in family)
    if held > limits.memory_bytes:
        return f"its processes held more than {limits.memory_bytes} bytes of memory together"
    return _look_at_folder(folder, limits, _nameless(family)) if folder is not None else ""


def _nameless(family: list[psutil.Process]) -> int:
    """Bytes of the files that have no name any more and are still open: they take room until the last process lets go."""
    sizes: dict[tuple[int, int], int] = {}
    for process in family:
        try:
            opened = os.listdir(f"/proc/{process.pid}/fd")
        except OSError:
            continue  # ended meanwhile
        for number in opened:
            with contextlib.suppress(OSError):
                found = os.stat(f"/proc/{process.pid}/fd/{number}")
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())


def _look_at_folder(folder: Path, limits: Limits, size: int) -> str:
    """``size`` is what is taken beside the files that can be listed."""
    files = 0
    left = [str(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue  # removed, or locked, meanwhile
        if size > limits.folder_bytes:
            return f"its files held more than {limits.folder_bytes} bytes"
        if files > limits.folder_files:
            return f"it made more than {limits.folder_files} files"
    return ""


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
