"""The file tools do what they say inside a run's folder."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from agents.adapters.workspaces.folder import Folder
from agents.core.tools.errors import QuotaReached
from tests.agents.tools.calling import call_tool_in_run


async def test_a_file_is_written_read_listed_seen_and_deleted(tmp_path: Path) -> None:
    space = tmp_path / "run"
    written = await call_tool_in_run("write_file", {"path": "notes/a.txt", "content": "Grüße"}, workspace=space)
    assert written.result == {"written": True, "size": 7, "path": "notes/a.txt"}
    read = await call_tool_in_run("read_file", {"path": "notes/a.txt"}, workspace=space)
    assert read.result == {"content": "Grüße", "size": 7, "exists": True}
    listed = await call_tool_in_run("list_directory", {"recursive": True}, workspace=space)
    assert listed.result == {"files": ["notes/a.txt"], "directories": ["notes"], "count": 2, "path": "."}
    seen = await call_tool_in_run("file_exists", {"path": "notes"}, workspace=space)
    assert seen.result == {"exists": True, "is_file": False, "is_directory": True, "path": "notes"}
    gone = await call_tool_in_run("delete_file", {"path": "notes/a.txt"}, workspace=space)
    assert gone.result == {"deleted": True, "existed": True, "path": "notes/a.txt"}
    again = await call_tool_in_run("delete_file", {"path": "notes/a.txt"}, workspace=space)
    assert again.result == {"deleted": False, "existed": False, "path": "notes/a.txt"}


async def test_what_is_not_there_is_no_failure(tmp_path: Path) -> None:
    space = tmp_path / "run"
    assert (await call_tool_in_run("read_file", {"path": "a"}, workspace=space)).result["exists"] is False
    assert (await call_tool_in_run("file_exists", {"path": "a/b"}, workspace=space)).result["exists"] is False
    assert (await call_tool_in_run("list_directory", {}, workspace=space)).result["count"] == 0
    assert not space.exists(), "looking makes no folder"


async def test_bytes_travel_as_base64_and_wrong_encodings_are_told(tmp_path: Path) -> None:
    given = base64.b64encode(bytes(range(256))).decode()
    arguments = {"path": "b", "content": given, "encoding": "base64"}
    assert (await call_tool_in_run("write_file", arguments, workspace=tmp_path)).result["size"] == 256
    assert (await call_tool_in_run("read_file", {"path": "b", "encoding": "base64"}, workspace=tmp_path)).result[
        "content"
    ] == given
    wrong = await call_tool_in_run("read_file", {"path": "b"}, workspace=tmp_path)
    assert wrong.code == "wrong_encoding"
    assert "base64" in wrong.message


async def test_hidden_files_are_listed_on_request_only(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "seen").write_text("x")
    assert (await call_tool_in_run("list_directory", {}, workspace=tmp_path)).result["files"] == ["seen"]
    shown = await call_tool_in_run("list_directory", {"include_hidden": True}, workspace=tmp_path)
    assert shown.result["files"] == [".hidden", "seen"]


async def test_without_create_dirs_a_missing_folder_is_told(tmp_path: Path) -> None:
    arguments = {"path": "no/such/file", "content": "x", "create_dirs": False}
    refused = await call_tool_in_run("write_file", arguments, workspace=tmp_path)
    assert refused.code == "path_refused"
    assert "create_dirs is false" in refused.message


def test_a_full_folder_takes_nothing_more(tmp_path: Path) -> None:
    folder = Folder(tmp_path, most_bytes=100, most_files=3)
    folder.write("a", b"x" * 60)
    with pytest.raises(QuotaReached, match="60 bytes, 50 more do not fit into the 100"):
        folder.write("b", b"x" * 50)
    folder.write("b", b"")
    folder.write("c", b"")
    with pytest.raises(QuotaReached, match="3 files"):
        folder.write("d", b"")


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", b"one")
    folder.write("a", b"two")
    assert folder.read("a") == b"two"
    assert [found.path for found in folder.list("", hidden=True)] == ["a"], "no temporary file is left"
