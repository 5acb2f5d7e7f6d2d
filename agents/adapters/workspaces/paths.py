"""How a path within a workspace may be written. Pure: what it leads to is seen when it is opened."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

from agents.core.tools.errors import PathRefused

LONGEST_PATH = 1_000
LONGEST_NAME = 255  # bytes: the limit of the usual file systems
DEEPEST = 64
LOST = "\ufffd"  # stands in the journal for what text cannot hold, such as NUL


def split_path(path: str) -> tuple[str, ...]:
    """The names on the way to ``path``, none of which leads up or out; empty for the workspace itself.

    Raises ``PathRefused``: also for spellings of an escape that this file system would take for harmless names, because
    whoever writes them means an escape.
    """
    if len(path) > LONGEST_PATH:
        raise PathRefused(f"the path has {len(path)} characters; at most {LONGEST_PATH} are allowed")
    if wrong := next((c for c in path if c == LOST or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None):
        raise _refused(path, f"it contains the character {wrong!r}")
    if "\\" in path:
        raise _refused(path, "it contains a backslash; folders are separated by /")
    if path.startswith("/"):
        raise _refused(path, "it is absolute; paths begin in the run's own folder, like reports/today.txt")
    if "://" in path or path[1:2] == ":":
        raise _refused(path, "it is the address of something else than a file of the run")
    if path.startswith("~"):
        raise _refused(path, "there is no home folder; paths begin in the run's own folder")
    names = tuple(name for name in path.split("/") if name not in ("", "."))
    if len(names) > DEEPEST:
        raise _refused(path, f"it is {len(names)} folders deep; at most {DEEPEST} are allowed")
    for name in names:
        _check_name(path, name)
    return names


def _check_name(path: str, name: str) -> None:
    if name == "..":
        raise _refused(path, "it goes up with '..'")
    plain = unquote(unquote(unicodedata.normalize("NFKC", name)))
    if plain.strip(" ") in (".", "..") or "/" in plain or "\\" in plain or "\0" in plain:
        raise _refused(path, f"{name!r} is '..' or a slash in another spelling")
    if len(name.encode()) > LONGEST_NAME:
        raise _refused(path, f"a name of {len(name.encode())} bytes is in it; at most {LONGEST_NAME} are allowed")


def _refused(path: str, reason: str) -> PathRefused:
    shown = path if len(path) <= 120 else f"{path[:120]}…"
    return PathRefused(f"the path {shown!r} is not allowed: {reason}", path=shown)
