"""A fork copies the files of a run that may still be at work: what a sandboxed program swaps meanwhile is never followed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.adapters.workspaces.store import copy_folder

SECRET = "what lies outside of the run's folder"
FILES = 400


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    return folder


@pytest.fixture
def source(tmp_path: Path, outside: Path) -> Iterator[Path]:
    """A run's folder in which every file and folder is, from moment to moment, itself or a link to what lies outside."""
    folder = tmp_path / "source"
    folder.mkdir()
    for n in range(FILES):
        (folder / f"plain{n}").write_text("mine")
        os.symlink(outside / "secret", folder / f"link{n}")
    (folder / "folder").mkdir()
    (folder / "folder" / "secret").write_text("mine")
    os.symlink(outside, folder / "way")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for here, there in [("folder", "way"), *((f"plain{n}", f"link{n}") for n in range(FILES))]:
                os.rename(folder / here, folder / "held")
                os.rename(folder / there, folder / here)
                os.rename(folder / "held", folder / there)

    swapping = threading.Thread(target=swap)
    swapping.start()
    yield folder
    done.set()
    swapping.join()


@pytest.mark.slow
def test_what_is_swapped_for_a_link_while_it_is_copied_stays_behind(source: Path, tmp_path: Path) -> None:
    for n in range(20):
        target = tmp_path / f"copy{n}"
        copy_folder(source, target)
        for folder, _, names in os.walk(target):
            for name in names:
                place = Path(folder) / name
                assert not place.is_symlink()
                assert place.read_text() == "mine", f"{place.relative_to(target)} came from outside"


def test_a_copy_has_what_was_there(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "a" / "b").mkdir(parents=True)
    (source / "empty").mkdir()
    (source / "a" / "b" / "big").write_bytes(b"x" * 3_000_000)
    (source / "run.sh").write_text("echo")
    (source / "run.sh").chmod(0o755)
    os.mkfifo(source / "pipe")
    os.link(source / "run.sh", source / "second-name")
    copy_folder(source, tmp_path / "copy")
    found = {str(p.relative_to(tmp_path / "copy")) for p in (tmp_path / "copy").rglob("*")}
    assert found == {"a", "a/b", "a/b/big", "empty"}, "what has two names is left behind, as tools leave it alone"
    assert (tmp_path / "copy" / "a" / "b" / "big").read_bytes() == b"x" * 3_000_000
