"""What a sandboxed command takes where a look at its folder and its processes' pages does not see it."""

from __future__ import annotations

from pathlib import Path

from agents.adapters.sandbox.limits import Limits
from agents.adapters.sandbox.run import run_sandboxed

LIMITS = Limits(timeout_s=12, file_bytes=4_000_000, folder_bytes=20_000_000, memory_bytes=300_000_000, processes=20)
UNLINKED = """
import os, time
held = []
for n in range(40):
    held.append(open(f"f{n}", "wb"))
    held[-1].write(bytes(3_900_000))
    held[-1].flush()
    os.unlink(f"f{n}")
time.sleep(8)
print("held", len(held) * 4, "MB")
"""
NOWHERE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
tried = {
    "memfd_create": lambda: libc.memfd_create(b"x", 0),
    "shmget": lambda: libc.shmget(0, 4096, 0o1600),
    "msgget": lambda: libc.msgget(0, 0o1600),
    "semget": lambda: libc.semget(0, 1, 0o1600),
}
for name, call in tried.items():
    print(name, call(), os.strerror(ctypes.get_errno()))
"""


async def test_files_that_have_no_name_any_more_count(tmp_path: Path) -> None:
    (tmp_path / "hide.py").write_text(UNLINKED)
    ended = await run_sandboxed(tmp_path, "exec python3 hide.py", LIMITS)
    assert "bytes" in ended.note, ended
    assert "held" not in ended.stdout


async def test_memory_that_belongs_to_no_process_cannot_be_had(tmp_path: Path) -> None:
    """It would be in no process's account, and stay when the process that filled it has let go."""
    (tmp_path / "hide.py").write_text(NOWHERE)
    ended = await run_sandboxed(tmp_path, "exec python3 hide.py", LIMITS)
    refused = [f"{name} -1 Operation not permitted" for name in ("memfd_create", "shmget", "msgget", "semget")]
    assert ended.stdout.splitlines() == refused, ended
