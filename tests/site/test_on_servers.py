"""The tests of the three apps that use the database once more, in a process whose settings are PostgreSQL and Redis."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("trust", "agents", "journeys")
CHOSEN = "database and not browser and not production and not crash and not local_model and not bench"


@pytest.mark.production
@pytest.mark.parametrize("part", [pytest.param(part, marks=pytest.mark.xdist_group(part)) for part in PARTS])
def test_app_passes_its_tests_on_postgresql_and_redis(part: str, production: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-m", CHOSEN, f"tests/{part}"]
    environment = {**os.environ, **production, "KAIZEN_REQUIRE_TIERS": "", "KAIZEN_PRIVATE_EGRESS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
