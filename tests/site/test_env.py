"""Settings from the environment: defaults, and errors that name the variable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.adapters.llm.catalog import PROVIDERS
from kaizen_site.env import Env, SettingsError, load_env

ROOT = Path(__file__).resolve().parents[2]


def test_defaults_need_no_variable() -> None:
    env = load_env({})
    assert env.embedded
    assert not env.https
    assert env.public_url == "http://127.0.0.1:8000"
    assert env.models_dir == env.kaizen_data / "models"


@pytest.mark.parametrize(
    ("variables", "names", "says"),
    [
        ({"PORT": "many"}, "PORT", "'many' is not allowed"),
        ({"PORT": "70000"}, "PORT", "65535"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL", "postgresql://"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL", "redis://"),
        ({"REDIS_URL": "redis://x/0"}, "DATABASE_URL", "PostgreSQL"),
        ({"REDIS_URL": "redis://x/0", "DATABASE_URL": "postgresql://x/y"}, "KAIZEN_SECRET_KEY", "REDIS_URL"),
        ({"KAIZEN_LOG_FORMAT": "xml"}, "KAIZEN_LOG_FORMAT", "'console' or 'json'"),
        ({"KAIZEN_PUBLIC_URL": "kaizen.example.org"}, "KAIZEN_PUBLIC_URL", "https://host"),
        ({"KAIZEN_HEARTBEAT_S": "9"}, "KAIZEN_HEARTBEAT_S", "KAIZEN_LEASE_S"),
        ({"KAIZEN_LESE_S": "9"}, "KAIZEN_LESE_S", "did you mean KAIZEN_LEASE_S"),
    ],
)
def test_wrong_variable_is_named_with_what_is_allowed(variables: dict[str, str], names: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_env(variables)
    assert str(caught.value).startswith(names)
    assert says in str(caught.value)


def test_secrets_do_not_appear_in_errors() -> None:
    with pytest.raises(SettingsError) as caught:
        load_env({"DATABASE_URL": "mysql://me:hunter2@host/db"})
    assert "hunter2" not in str(caught.value)


def test_empty_variable_means_its_default() -> None:
    assert load_env({"PORT": "", "KAIZEN_LOCAL_MODELS": ""}) == load_env({})


@pytest.mark.slow
def test_command_line_shows_a_settings_error_without_a_traceback() -> None:
    environment = {**os.environ, "PORT": "many"}
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "PORT: 'many' is not allowed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"\xff\xfe=x\n", b"NAME=a\x00b\n"])
def test_an_env_file_that_is_no_text_is_named_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    environment = {**os.environ, "KAIZEN_ENV_FILE": str(file)}
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"{file} cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_env_example_lists_every_variable_with_its_default() -> None:
    listed = dict(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert listed == {name.upper(): _as_written(field.default) for name, field in Env.model_fields.items()}


def test_every_provider_of_the_outside_has_a_variable_for_its_usual_model() -> None:
    within = {"litellm", "local", "demo", "scripted"}  # named in the agent, or one model only
    assert {f"kaizen_{name}_model" for name in set(PROVIDERS) - within} <= set(Env.model_fields)


def test_source_reads_no_variable_that_is_not_listed() -> None:
    others = {"KAIZEN_ENV_FILE", "KAIZEN_KEY"}  # where .env is; what an example of the API calls the reader's own key
    known = {name.upper() for name in Env.model_fields} | others
    packages = [ROOT / name for name in ("agents", "journeys", "trust", "kaizen_site")]
    sources = [path for package in packages for path in package.rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"\bKAIZEN_[A-Z][A-Z_]*[A-Z]\b", path.read_text())}
    assert {name for name in read - known if not name.startswith("KAIZEN_TEST")} == set()


def _as_written(default: object) -> str:
    if isinstance(default, bool):
        return str(int(default))
    if isinstance(default, tuple):
        return ",".join(default)
    if isinstance(default, Path):
        return default.name
    return "" if default is None else str(default)
