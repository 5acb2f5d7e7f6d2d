"""The directions of imports, and what the framework does not load when it is used from Python alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_name_every_inner_part_of_the_lower_apps() -> None:
    """A new part of an app that another app must not import has to be added to the contracts."""
    contracts = (ROOT / "pyproject.toml").read_text()
    missing = []
    for app in ("agents", "trust"):
        parts = {path.stem for path in (ROOT / app).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        open_parts = {"__init__", "services", "core", "apps", "migrations", "templatetags"}
        missing += [f"{app}.{part}" for part in parts - open_parts if f'"{app}.{part}"' not in contracts]
    assert missing == []


@pytest.mark.slow
def test_framework_works_without_django_and_its_servers() -> None:
    code = (
        "import sys, agents, journeys\n"
        "agents.Signature, journeys.Journey\n"
        "print([m for m in ('django', 'celery', 'channels', 'ninja', 'litellm', 'redis') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_site_starts_without_litellm_and_other_heavy_libraries() -> None:
    code = (
        "import sys, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'kaizen_site.settings'\n"
        "import kaizen_site.asgi\n"
        "print([m for m in ('litellm', 'openai', 'xllamacpp', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
