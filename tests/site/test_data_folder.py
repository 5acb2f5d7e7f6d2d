"""The data folder: its key, its lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from kaizen_site.data_folder import DataFolderLock, prepare_data_folder, secret_key
from kaizen_site.env import SettingsError


def test_second_server_on_one_folder_is_refused(tmp_path: Path) -> None:
    first, second = DataFolderLock(tmp_path), DataFolderLock(tmp_path)
    first.acquire()
    with pytest.raises(SettingsError, match="in use by another server"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert key == secret_key(tmp_path)
    assert len(key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_processes_that_start_together_read_one_key(tmp_path: Path) -> None:
    for n in range(30):
        folder = tmp_path / str(n)
        folder.mkdir()
        together = Barrier(4)

        def start(folder: Path = folder, together: Barrier = together) -> str:
            together.wait()
            return secret_key(folder)

        with ThreadPoolExecutor(4) as pool:
            keys = {future.result() for future in [pool.submit(start) for _ in range(4)]}
        assert len(keys) == 1
        assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_short_secret_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(SettingsError, match="too short"):
        secret_key(tmp_path)


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="KAIZEN_DATA"):
        prepare_data_folder(tmp_path / "file" / "below")
