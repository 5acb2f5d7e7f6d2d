"""Checkpoints in a folder: one JSON file each, written whole or not at all, named by an id that is checked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from agents.core.autonomy.checkpoints import Checkpoint, UnknownCheckpoint, is_id


class FolderCheckpoints:
    """Survives the process. The newest ``keep`` stay."""

    def __init__(self, folder: str | Path, keep: int = 100):
        self._folder = Path(folder)
        self._keep = keep

    async def save(self, checkpoint: Checkpoint) -> None:
        await asyncio.to_thread(self._save, checkpoint)

    async def load(self, checkpoint_id: str) -> Checkpoint:
        path = self._folder / f"{checkpoint_id}.json"
        if not is_id(checkpoint_id) or not path.is_file():
            raise UnknownCheckpoint(f"no checkpoint {checkpoint_id!r} in {self._folder}")
        return Checkpoint.model_validate_json(await asyncio.to_thread(path.read_bytes))

    async def list_ids(self) -> Sequence[str]:
        return [path.stem for path in self._files()]

    def _save(self, checkpoint: Checkpoint) -> None:
        if not is_id(checkpoint.id):
            raise ValueError(f"{checkpoint.id!r} is no id of a checkpoint")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = self._folder / f"{checkpoint.id}.json"
        part = whole.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(checkpoint.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
        for old in self._files()[: -self._keep]:
            old.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("ckpt_*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
