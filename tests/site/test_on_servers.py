"""The tests of the three apps that use the database once more, in a process whose settings are PostgreSQL and Redis."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = [f"tests/{part}" for part in ("trust", "agents", "journeys")]
EMBEDDED_ONLY = "not browser and not production and not crash and not local_model and not bench"
AGENTS_ONLY = f"{EMBEDDED_ONLY} and django_db"  # most of the others never touch a database


@pytest.mark.production
@pytest.mark.parametrize("part", PARTS)
def test_app_passes_its_tests_on_postgresql_and_redis(part: str, production: dict[str, str]) -> None:
    chosen = AGENTS_ONLY if part.endswith("agents") else EMBEDDED_ONLY
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-m", chosen, part]
    environment = {**os.environ, **production, "KAIZEN_REQUIRE_TIERS": "", "KAIZEN_PRIVATE_EGRESS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
