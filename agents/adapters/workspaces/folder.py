"""One run's folder, opened name by name without following any link: nothing outside is reachable, whoever races with it.

Every step of a path is opened relative to the folder before it (``openat`` with ``O_NOFOLLOW``), so a folder that is swapped
for a link between two looks is refused like any link. Only plain files with one name are read or written.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agents.adapters.workspaces.paths import DEEPEST, split_path
from agents.core.tools.errors import PathRefused, QuotaReached

MOST_BYTES = 256_000_000
MOST_FILES = 10_000
LARGEST_FILE = 10_000_000
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a listing: its path within the workspace."""

    path: str
    kind: str  # file, directory, other
    size: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    bytes: int
    files: int


class Folder:
    """The workspace at ``root``, which comes into being with the first thing that is written."""

    def __init__(self, root: Path, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES):
        self.root = root
        self._most_bytes = most_bytes
        self._most_files = most_files

    def make(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def kind(self, path: str) -> str:
        """``file``, ``directory``, or empty where there is nothing. Raises ``PathRefused`` for anything else."""
        names = split_path(path)
        if not names:
            return "directory" if self.root.is_dir() else ""
        try:
            with self._parent(names) as parent:
                return _kind(path, os.stat(names[-1], dir_fd=parent, follow_symlinks=False))
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise _explained(path, error) from None

    def read(self, path: str, most: int = LARGEST_FILE) -> bytes | None:
        """The whole file; ``None`` where there is none."""
        names = _file_names(path)
        try:
            with self._parent(names) as parent:
                _check_plain(path, os.stat(names[-1], dir_fd=parent, follow_symlinks=False))
                file = os.open(names[-1], _READ, dir_fd=parent)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _explained(path, error) from None
        with os.fdopen(file, "rb") as opened:
            found = os.fstat(opened.fileno())
            _check_plain(path, found)  # again, of what was really opened
            if found.st_size > most:
                raise PathRefused(f"{path} has {found.st_size} bytes; at most {most} can be read", path=path)
            return opened.read(most)

    def write(self, path: str, content: bytes, *, create_dirs: bool = True) -> None:
        """Puts ``content`` in place at once: a reader sees the old file or the new one."""
        names = _file_names(path)
        if len(content) > LARGEST_FILE:
            raise QuotaReached(f"a file has at most {LARGEST_FILE} bytes, this would have {len(content)}")
        self.check_room(len(content))
        self.make()
        try:
            with self._parent(names, create=create_dirs) as parent:
                _check_replaceable(path, parent, names[-1])
                _replace(parent, names[-1], content)
        except FileNotFoundError:
            raise PathRefused(f"the folder of {path} is not there, and create_dirs is false", path=path) from None
        except OSError as error:
            raise _explained(path, error) from None

    def delete(self, path: str) -> bool:
        """Removes one plain file; ``False`` where there was none."""
        names = _file_names(path)
        try:
            with self._parent(names) as parent:
                _check_plain(path, os.stat(names[-1], dir_fd=parent, follow_symlinks=False))
                os.unlink(names[-1], dir_fd=parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _explained(path, error) from None
        return True

    def list(self, path: str, *, recursive: bool = False, hidden: bool = False) -> Iterator[Found]:
        """What is in the folder, in the order of names; links and devices are named as ``other`` and never followed."""
        names = split_path(path)
        try:
            with self._open((*names,)) as folder:
                yield from _walk(folder, "/".join(names), recursive, hidden, 0)
        except FileNotFoundError:
            if names:
                raise PathRefused(f"there is no folder {path!r}", path=path) from None
        except OSError as error:
            raise _explained(path, error) from None

    def usage(self) -> Usage:
        """How much lies in it now."""
        size = files = 0
        for found in self.list("", recursive=True, hidden=True):
            size += found.size
            files += 1
        return Usage(size, files)

    def check_room(self, more: int = 0) -> None:
        """Raises ``QuotaReached`` when ``more`` bytes in one more file do not fit."""
        used = self.usage()
        if used.files >= self._most_files:
            raise QuotaReached(f"the run's folder holds {used.files} files; at most {self._most_files} are allowed")
        if used.bytes + more > self._most_bytes:
            told = f"the run's folder holds {used.bytes} bytes, {more} more do not fit into the {self._most_bytes} allowed"
            raise QuotaReached(told)

    def folder_of(self, path: str) -> Path:
        """The place of a folder of the workspace, seen to be one on the whole way. Raises ``PathRefused`` otherwise."""
        names = split_path(path)
        try:
            with self._open(names):
                return self.root.joinpath(*names)
        except FileNotFoundError:
            raise PathRefused(f"there is no folder {path!r}", path=path) from None
        except OSError as error:
            raise _explained(path, error) from None

    @contextmanager
    def _parent(self, names: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
        with self._open(names[:-1], create=create) as parent:
            yield parent

    @contextmanager
    def _open(self, names: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
        """A descriptor of the folder at the end of ``names``, each opened from the one before, no link followed."""
        folder = os.open(self.root, _DIRECTORY)
        try:
            for name in names:
                if create:
                    _make_folder(folder, name)
                following = _open_folder(folder, name)
                os.close(folder)
                folder = following
            yield folder
        finally:
            os.close(folder)


def _file_names(path: str) -> tuple[str, ...]:
    names = split_path(path)
    if not names:
        raise PathRefused(f"the path {path!r} is the run's folder itself, not a file in it", path=path)
    return names


def _make_folder(parent: int, name: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=parent)


def _open_folder(parent: int, name: str) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            found = os.stat(name, dir_fd=parent, follow_symlinks=False)
            what = "a link" if stat.S_ISLNK(found.st_mode) else "not a folder"
            raise PathRefused(f"{name!r} on the way is {what}: links are not followed", path=name) from None
        raise


def _check_plain(path: str, found: os.stat_result) -> None:
    if _kind(path, found) == "directory":
        raise PathRefused(f"{path} is a folder, not a file", path=path)
    if found.st_nlink > 1:
        raise PathRefused(f"{path} has {found.st_nlink} names (hard links): only files with one name are touched", path=path)


def _check_replaceable(path: str, parent: int, name: str) -> None:
    try:
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return
    _check_plain(path, found)


def _kind(path: str, found: os.stat_result) -> str:
    if stat.S_ISREG(found.st_mode):
        return "file"
    if stat.S_ISDIR(found.st_mode):
        return "directory"
    what = "a link" if stat.S_ISLNK(found.st_mode) else "a pipe, a socket or a device"
    raise PathRefused(f"{path} is {what}: tools touch plain files only", path=path)


def _replace(parent: int, name: str, content: bytes) -> None:
    temporary = f".kaizen-{secrets.token_hex(8)}"
    file = os.open(temporary, _CREATE, 0o600, dir_fd=parent)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
        os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        os.unlink(temporary, dir_fd=parent)
        raise


def _walk(folder: int, prefix: str, recursive: bool, hidden: bool, depth: int) -> Iterator[Found]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith(".") and not hidden:
            continue
        path = f"{prefix}/{entry.name}" if prefix else entry.name
        try:
            seen = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue  # removed while it was listed
        if stat.S_ISDIR(seen.st_mode):
            yield Found(path, "directory")
            if recursive and depth < DEEPEST:
                yield from _below(folder, entry.name, path, hidden, depth + 1)
        else:
            yield Found(path, "file" if stat.S_ISREG(seen.st_mode) else "other", seen.st_size)


def _below(folder: int, name: str, path: str, hidden: bool, depth: int) -> Iterator[Found]:
    try:
        inner = os.open(name, _DIRECTORY, dir_fd=folder)
    except OSError:
        return  # removed, or swapped for a link, while it was listed
    try:
        yield from _walk(inner, path, True, hidden, depth)
    finally:
        os.close(inner)


def _explained(path: str, error: OSError) -> PathRefused:
    if error.errno in (errno.ELOOP, errno.ENXIO):
        return PathRefused(f"{path} is a link or a device: tools touch plain files only", path=path)
    if error.errno == errno.ENOTDIR:
        return PathRefused(f"a part of the path {path!r} is not a folder", path=path)
    return PathRefused(f"{path}: {error.strerror or error}", path=path)
