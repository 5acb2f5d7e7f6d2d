"""An empty SQLite database with the whole schema: migrated once, kept by what the migrations say, and copied from then on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".pytest_cache"


@cache
def _template() -> Path:
    told = hashlib.sha256(" ".join([sqlite3.sqlite_version, version("django"), version("django-axes")]).encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        told.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return KEPT / f"schema-{told.hexdigest()[:20]}.sqlite3"


def lend_schema(database: Path) -> bool:
    """Puts the kept database at ``database``; false when there is none, or ``database`` is there already."""
    if database.exists() or not _template().exists():
        return False
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(_template(), database)
    return True


def keep_schema(database: Path) -> None:
    """Keeps a copy of ``database``, which has just been migrated, for everybody who comes later."""
    if _template().exists():
        return
    KEPT.mkdir(exist_ok=True)
    for stale in KEPT.glob("schema-*.sqlite3"):
        stale.unlink(missing_ok=True)
    unfinished = _template().with_suffix(f".{os.getpid()}")
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(_template())
