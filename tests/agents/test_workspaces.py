"""The folders of runs: a run of the site writes into its own, a fork gets a copy, and it ends with the run."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from agents.adapters.workspaces.store import workspace_path
from agents.services.workspaces import copy_workspace, purge_workspace, resolve_workspace


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from django.conf import settings

    monkeypatch.setattr(settings, "ENV", settings.ENV.model_copy(update={"kaizen_workspaces_dir": tmp_path / "shared"}))
    return tmp_path / "shared"


def test_a_run_has_a_folder_of_its_own_that_is_not_made_yet(base: Path) -> None:
    one, other = uuid4(), uuid4()
    assert resolve_workspace(one) == base / str(one)
    assert resolve_workspace(one) != resolve_workspace(other)
    assert not base.exists()


def test_only_an_id_names_a_folder(base: Path) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        workspace_path(base, "../../etc")


def test_a_fork_gets_a_copy_that_lives_by_itself(base: Path) -> None:
    origin, fork = uuid4(), uuid4()
    (resolve_workspace(origin) / "deep").mkdir(parents=True)
    (resolve_workspace(origin) / "deep" / "a.txt").write_text("one")
    copy_workspace(origin, fork)
    (resolve_workspace(fork) / "deep" / "a.txt").write_text("two")
    assert (resolve_workspace(origin) / "deep" / "a.txt").read_text() == "one"
    copy_workspace(origin, fork)
    assert (resolve_workspace(fork) / "deep" / "a.txt").read_text() == "two", "a second copy changes nothing"
    copy_workspace(uuid4(), uuid4())


def test_links_and_devices_are_not_copied(base: Path) -> None:
    origin, fork = uuid4(), uuid4()
    folder = resolve_workspace(origin)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("one")
    (folder / "secret").symlink_to("/etc/passwd")
    (folder / "outside").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    copy_workspace(origin, fork)
    assert [path.name for path in resolve_workspace(fork).iterdir()] == ["a.txt"]


def test_the_end_of_a_run_ends_its_files_and_nothing_else(base: Path, tmp_path: Path) -> None:
    run = uuid4()
    folder = resolve_workspace(run)
    (folder / "locked").mkdir(parents=True)
    (folder / "locked" / "a.txt").write_text("x")
    (tmp_path / "kept.txt").write_text("kept")
    (folder / "link").symlink_to(tmp_path / "kept.txt")
    (folder / "way").symlink_to(tmp_path)
    (folder / "locked").chmod(0)
    purge_workspace(run)
    assert not folder.exists()
    assert (tmp_path / "kept.txt").read_text() == "kept"
    purge_workspace(run)


@pytest.mark.slow
def test_folders_nested_without_end_end_too(base: Path) -> None:
    run = uuid4()
    folder = resolve_workspace(run)
    folder.mkdir(parents=True)
    before = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(before)
    fork = uuid4()
    copy_workspace(run, fork)
    purge_workspace(run)
    assert not folder.exists()
    purge_workspace(fork)
