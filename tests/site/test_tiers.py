"""The tiers: a skipped test of a required tier fails, and each tier is counted at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.browser
def test_skipped():
    pytest.skip("no browser here")

def test_passed():
    pass
"""


def run_pytest(folder: Path, required: str) -> tuple[int, str]:
    (folder / "test_sample.py").write_text(TESTS)
    alone = ["-p", "tests.tiers", "-p", "no:django", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    options = ["-c", os.devnull, "--rootdir", str(folder), "-o", "markers=browser: real browser"]
    command = [sys.executable, "-m", "pytest", "-q", *alone, *options, str(folder)]
    environment = {**os.environ, "KAIZEN_REQUIRE_TIERS": required, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_skip_is_allowed_where_the_tier_is_not_required(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, "")
    assert code == 0, output
    assert "browser: 1 skipped" in output
    assert output.rstrip().splitlines()[-1].startswith("1 passed, 1 skipped")


def test_skip_fails_where_the_tier_is_required(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, "browser")
    assert code == 1
    assert "must not be skipped, because browser is required here" in output
    assert "no browser here" in output
    assert output.rstrip().splitlines()[-1].startswith("1 failed, 1 passed")


def test_required_tier_without_a_test_fails(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, "crash")
    assert code == 1
    assert "crash (required): no test ran" in output


def test_unknown_tier_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, "everything")
    assert code != 0
    assert "there are embedded, production" in output
