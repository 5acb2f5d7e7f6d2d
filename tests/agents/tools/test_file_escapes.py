"""Every way out of a run's folder that we know: each fails, and the journal says why."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.adapters.workspaces.folder import Folder
from agents.core.tools.errors import PathRefused
from tests.agents.tools.calling import call_tool_in_run

SECRET = "the secret of the house"
WRITTEN = [
    ("../secret.txt", "goes up"),
    ("a/../../secret.txt", "goes up"),
    ("./../secret.txt", "goes up"),
    ("..", "goes up"),
    ("a/..", "goes up"),
    ("../../../../../../etc/passwd", "goes up"),
    ("/etc/passwd", "absolute"),
    ("//etc/passwd", "absolute"),
    ("/proc/self/environ", "absolute"),
    ("/proc/self/root/etc/passwd", "absolute"),
    ("/dev/zero", "absolute"),
    ("~/.ssh/id_rsa", "home folder"),
    ("~root/.bashrc", "home folder"),
    ("..\\secret.txt", "backslash"),
    ("a\\..\\..\\secret.txt", "backslash"),
    ("C:\\Windows\\win.ini", "backslash"),
    ("C:/Windows/win.ini", "address of something else"),
    ("\\\\server\\share\\x", "backslash"),
    ("file:///etc/passwd", "address of something else"),
    ("http://example.org/x", "address of something else"),
    ("%2e%2e/secret.txt", "another spelling"),
    ("..%2fsecret.txt", "another spelling"),
    ("%2e%2e%2fsecret.txt", "another spelling"),
    ("%252e%252e%252fsecret.txt", "another spelling"),
    ("．．/secret.txt", "another spelling"),
    ("‥/secret.txt", "another spelling"),
    ("..／secret.txt", "another spelling"),
    (".. /secret.txt", "another spelling"),
    ("a\x00/../../secret.txt", "character"),
    ("secret.txt\x00.png", "character"),
    ("a\n../secret.txt", "character"),
    ("a\u2028b", "character"),
    ("x" * 300, "255 are allowed"),
    ("ü" * 200, "255 are allowed"),
    ("a/" * 600, "1000 are allowed"),
    ("a/" * 100 + "b", "64 are allowed"),
]
CALLS: dict[str, dict[str, Any]] = {
    "read_file": {},
    "write_file": {"content": "overwritten"},
    "delete_file": {},
    "file_exists": {},
    "list_directory": {},
}


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A run's folder with a secret beside it."""
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    space = tmp_path / "run"
    space.mkdir()
    return space


@pytest.mark.parametrize(("path", "reason"), WRITTEN)
async def test_no_spelling_of_a_path_leads_out(space: Path, path: str, reason: str) -> None:
    for tool, more in CALLS.items():
        called = await call_tool_in_run(tool, {"path": path, **more}, workspace=space)
        assert (called.code, called.result) == ("path_refused", None), tool
        assert reason in called.message, called.message
        assert SECRET not in repr(called)
    assert (space.parent / "secret.txt").read_text() == SECRET


# What may lie in the folder: how it comes there, and the path by which a tool is to reach it.
PLANTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "link to a file": (lambda space: (space / "trap").symlink_to(space.parent / "secret.txt"), "trap"),
    "relative link": (lambda space: (space / "trap").symlink_to("../secret.txt"), "trap"),
    "link to itself": (lambda space: (space / "trap").symlink_to("trap"), "trap"),
    "link within the folder": (lambda space: (space / "trap").symlink_to("own.txt"), "trap"),
    "link that leads nowhere": (lambda space: (space / "trap").symlink_to("/nowhere/at/all"), "trap"),
    "link to a device": (lambda space: (space / "trap").symlink_to("/dev/zero"), "trap"),
    "link to the memory of the process": (lambda space: (space / "trap").symlink_to("/proc/self/environ"), "trap"),
    "link to a folder": (lambda space: (space / "trap").symlink_to("/etc"), "trap"),
    "hard link": (lambda space: os.link(space.parent / "secret.txt", space / "trap"), "trap"),
    "pipe": (lambda space: os.mkfifo(space / "trap"), "trap"),
    "socket": (lambda space: _bind(space / "trap"), "trap"),
    "linked folder": (lambda space: (space / "trap").symlink_to(space.parent / "outside"), "trap/secret.txt"),
    "linked folder on the way": (lambda space: (space / "trap").symlink_to(".."), "trap/outside/secret.txt"),
    "link to the root": (lambda space: (space / "trap").symlink_to("/"), "trap/etc/passwd"),
}


def _plant(space: Path, kind: str) -> str:
    plant, path = PLANTED[kind]
    plant(space)
    return path


def _bind(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))


@pytest.mark.parametrize("tool", ["read_file", "write_file", "delete_file"])
@pytest.mark.parametrize("kind", PLANTED)
async def test_nothing_that_lies_in_the_folder_leads_out(space: Path, kind: str, tool: str) -> None:
    path = _plant(space, kind)
    called = await call_tool_in_run(tool, {"path": path, **CALLS[tool]}, workspace=space)
    assert called.code == "path_refused", called
    assert any(word in called.message for word in ("link", "pipe, a socket or a device")), called.message
    assert SECRET not in repr(called)
    assert (space.parent / "secret.txt").read_text() == SECRET
    assert (space.parent / "outside" / "secret.txt").read_text() == SECRET


@pytest.mark.parametrize("kind", ["linked folder", "linked folder on the way", "link to the root"])
async def test_a_linked_folder_is_neither_listed_nor_seen_through(space: Path, kind: str) -> None:
    path = _plant(space, kind)
    for tool, where in [("list_directory", "trap"), ("file_exists", path)]:
        called = await call_tool_in_run(tool, {"path": where}, workspace=space)
        assert called.code == "path_refused", called
        assert "link" in called.message
    listed = await call_tool_in_run("list_directory", {"recursive": True}, workspace=space)
    assert listed.result["other"] == ["trap"]
    assert listed.result["files"] == []


if os.geteuid() == 0:  # only root makes devices

    @pytest.mark.parametrize("tool", ["read_file", "write_file", "delete_file"])
    async def test_a_device_is_not_touched(space: Path, tool: str) -> None:
        os.mknod(space / "disk", 0o600 | 0o060000, os.makedev(254, 0))
        called = await call_tool_in_run(tool, {"path": "disk", **CALLS[tool]}, workspace=space)
        assert called.code == "path_refused"


async def test_a_huge_file_is_not_read(space: Path) -> None:
    with (space / "huge").open("wb") as huge:
        huge.truncate(1 << 40)
    called = await call_tool_in_run("read_file", {"path": "huge"}, workspace=space)
    assert called.code == "path_refused"
    assert "1099511627776 bytes; at most 2000000" in called.message


async def test_the_folder_itself_is_no_file(space: Path) -> None:
    for path in (".", "./", "a/"):
        (space / "a").mkdir(exist_ok=True)
        for tool in ("read_file", "write_file", "delete_file"):
            called = await call_tool_in_run(tool, {"path": path, **CALLS[tool]}, workspace=space)
            assert called.code == "path_refused", (path, tool)


async def test_case_and_odd_names_mean_only_themselves(space: Path) -> None:
    for name in ("SECRET.TXT", "...", "con", "nul.txt", "-rf", "a b", "*", "$(id)", "\u202etxt.exe"):
        written = await call_tool_in_run("write_file", {"path": name, "content": name}, workspace=space)
        assert written.error == {}
        assert (space / name).read_text() == name
    assert (space.parent / "secret.txt").read_text() == SECRET


def test_a_folder_swapped_for_a_link_in_the_middle_is_never_followed(space: Path) -> None:
    """A race: one thread swaps a folder with a link to the outside as fast as it can, another reads and writes through it."""
    (space / "real").mkdir()
    (space / "real" / "secret.txt").write_text("own")
    (space / "link").symlink_to(space.parent / "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            os.rename(space / "real", space / "way")
            os.rename(space / "way", space / "real")
            os.rename(space / "link", space / "way")
            os.rename(space / "way", space / "link")

    swapping = threading.Thread(target=swap)
    swapping.start()
    folder, read, refused = Folder(space), 0, 0
    try:
        for _ in range(3000):
            try:
                content = folder.read("way/secret.txt")
                folder.write("way/made.txt", b"x", create_dirs=False)
            except PathRefused:
                refused += 1
                continue
            if content is not None:
                assert content == b"own"
                read += 1
    finally:
        stop.set()
        swapping.join()
    assert refused > 0
    assert sorted(path.name for path in (space.parent / "outside").iterdir()) == ["secret.txt"]
    assert (space.parent / "outside" / "secret.txt").read_text() == SECRET


def test_a_file_swapped_for_a_link_in_the_middle_is_never_followed(space: Path) -> None:
    (space / "real").write_text("own")
    (space / "link").symlink_to(space.parent / "secret.txt")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for name in ("real", "link"):
                os.rename(space / name, space / "file")
                os.rename(space / "file", space / name)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(3000):
            try:
                assert Folder(space).read("file") in (b"own", None)
            except PathRefused:
                continue
    finally:
        stop.set()
        swapping.join()
