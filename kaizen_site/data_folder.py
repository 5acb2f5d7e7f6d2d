"""The data folder: its secret key, and the lock that lets one embedded server use it at a time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import IO

from kaizen_site.env import SettingsError


def prepare_data_folder(folder: Path) -> Path:
    """Makes the folder, for its owner only. Raises ``SettingsError`` when that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"no right to write in {folder}")
    except OSError as error:
        raise SettingsError(f"KAIZEN_DATA: the data folder {folder} cannot be used: {error}") from None
    return folder


def secret_key(folder: Path) -> str:
    """The key of this folder, made on first use. Two processes that start together read the same one."""
    path = folder / "secret_key"
    if not path.exists():
        # Written whole under another name first: nobody ever reads half a key.
        mine = folder / f"secret_key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(mine, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    key = path.read_text().strip()
    if len(key) < 50:
        raise SettingsError(f"KAIZEN_SECRET_KEY: the key in {path} is too short; delete that file for a new one")
    return key


class DataFolderLock:
    """An exclusive lock on a data folder, held until ``release`` or the end of the process."""

    def __init__(self, folder: Path):
        self._path = folder / "server.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises ``SettingsError`` naming the process that holds the lock."""
        file = self._path.open("a+")
        if not _try_lock(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise SettingsError(
                f"KAIZEN_DATA: the data folder {self._path.parent} is in use by another server (process {holder}). "
                "Stop that one, or set KAIZEN_DATA to another folder."
            )
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _try_lock(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has no fcntl
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
