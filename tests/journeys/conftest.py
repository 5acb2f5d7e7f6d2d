"""People, a script for the scripted model, and the engine of the journeys' database tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Script = Callable[..., None]


@pytest.fixture
def engine() -> Iterator[None]:
    from agents.services.execution import stop_engine

    yield
    stop_engine()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Writes the script of the scripted model."""

    def write(*replies: dict[str, Any]) -> None:
        path = tmp_path / f"script-{time.monotonic_ns()}.json"
        path.write_text(json.dumps({"replies": replies}))
        monkeypatch.setenv("KAIZEN_SCRIPTED", str(path))

    return write
