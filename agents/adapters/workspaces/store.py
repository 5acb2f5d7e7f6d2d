"""Where the folders of runs lie, one for each run, and how they are copied and removed. No link is ever followed."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from agents.adapters.workspaces.paths import DEEPEST


def workspace_path(base: Path, run_id: UUID | str) -> Path:
    """The run's folder; it need not be there yet."""
    return base / str(UUID(str(run_id)))


def copy_folder(source: Path, target: Path) -> None:
    """A fork begins with the files of its origin. Links, devices, pipes and what has two names stay behind; an existing
    target is left alone.

    A program of the origin may be at work meanwhile: every name is opened from its folder's descriptor, and no link followed.
    """
    if not source.is_dir() or source.is_symlink() or target.exists():
        return
    beside = target.with_name(f".copy-{target.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    for folder, inner, names, place in os.fwalk(source, follow_symlinks=False):
        within = Path(folder).relative_to(source)
        if len(within.parts) >= DEEPEST:
            inner.clear()
        (beside / within).mkdir(mode=0o700, exist_ok=True)
        for name in names:
            with suppress(OSError):  # removed, locked, or swapped for a link meanwhile
                _copy_plain(place, name, beside / within / name)
    beside.rename(target)


def _copy_plain(place: int, name: str, target: Path) -> None:
    with os.fdopen(os.open(name, _READ, dir_fd=place), "rb") as opened:
        found = os.fstat(opened.fileno())
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            with target.open("xb") as copied:
                shutil.copyfileobj(opened, copied)
            target.chmod(found.st_mode & 0o777)


def remove_folder(folder: Path) -> None:
    """Whatever lies there: also what a sandboxed program has locked, or nested deeper than Python can follow."""
    if folder.is_symlink():
        folder.unlink()
        return
    for _ in range(MOST_TRIES):
        if not folder.exists():
            return
        _unlock(folder)
        try:
            shutil.rmtree(folder)
        except OSError:
            continue  # something is locked below what was unlocked
        except RecursionError:
            _flatten(folder)


def _unlock(folder: Path) -> None:
    """Gives the owner's rights on all folders back, as deep as paths reach."""
    left = [str(folder)]
    while left:
        place = left.pop()
        with suppress(OSError):
            os.chmod(place, 0o700)
            with os.scandir(place) as entries:
                left += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]


def _flatten(folder: Path) -> None:
    """Brings what lies deep up to the top, where the next try can reach it."""
    place = folder
    for _ in range(DEEPEST * 4):
        inner = next((Path(entry.path) for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False)), None)
        if inner is None:
            return
        place = inner
    place.rename(folder / f"deep-{secrets.token_hex(8)}")


MOST_TRIES = 200
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
