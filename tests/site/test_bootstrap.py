"""The bootstrap: what it refuses, what it does again, and what it leaves alone. Nothing is installed here."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the bootstrap and what it reads."""
    for name in ("bootstrap.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "requirements-local.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_requirements_are_in_step_with_pyproject(place: Path) -> None:
    assert _load(place).check_lock([]) == 0


def test_forgotten_export_is_noticed(place: Path) -> None:
    text = (place / "pyproject.toml").read_text()
    (place / "pyproject.toml").write_text(text.replace('"structlog",', '"structlog>=1",'))
    assert _load(place).check_lock([]) == 1


def test_exports_name_no_host_and_pin_every_package_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-local.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert entries
        assert all("==" in line and line.endswith("\\") for line in entries)


@pytest.mark.slow
def test_environment_of_another_place_is_made_anew(place: Path) -> None:
    bootstrap = _load(place)
    venv.create(place / ".venv", with_pip=False, symlinks=True)
    assert bootstrap._venv_works()
    (place / ".venv" / "pyvenv.cfg").unlink()
    assert not bootstrap._venv_works()
    (place / ".venv" / "mark").write_text("")
    bootstrap._make_venv()
    assert bootstrap._venv_works()
    assert not (place / ".venv" / "mark").exists()


def test_unreadable_stamp_means_that_everything_is_installed(place: Path) -> None:
    bootstrap = _load(place)
    (place / ".venv").mkdir()
    assert bootstrap._read_stamp() == {"files": {}}
    (place / ".venv" / "kaizen-stamp.json").write_text("[1, 2")
    assert bootstrap._read_stamp() == {"files": {}}


def test_setting_comes_from_the_environment_then_from_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap = _load(place)
    monkeypatch.setenv("KAIZEN_ENV_FILE", str(place / ".env"))
    monkeypatch.delenv("KAIZEN_LOCAL_MODELS", raising=False)
    assert bootstrap._setting("KAIZEN_LOCAL_MODELS", "1") == "1"
    (place / ".env").write_text("# KAIZEN_LOCAL_MODELS=1\nKAIZEN_LOCAL_MODELS='0'\n")
    assert bootstrap._setting("KAIZEN_LOCAL_MODELS", "1") == "0"
    monkeypatch.setenv("KAIZEN_LOCAL_MODELS", "yes")
    assert bootstrap._setting("KAIZEN_LOCAL_MODELS", "1") == "yes"


def test_unknown_command_lists_the_known_ones(place: Path) -> None:
    done = subprocess.run([sys.executable, "bootstrap.py", "fly"], cwd=place, capture_output=True, text=True)
    assert done.returncode == 2
    assert "run | run-production | test" in done.stderr


def _load(place: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", place / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
