"""The shape of the source: sizes, opening docstrings, words that do not belong in it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kaizen_site", "journeys", "agents", "trust", "tests")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# Where packages come from and where this was written are nobody's business; joined here so that this file is clean.
FORBIDDEN = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "/opt/" + "pypi",
    "/work/" + "main",
    "/work/" + "shared",
    "../" + "shared",
    "--extra-index" + "-url",
    "STACK" + ".md",
)
NOT_READ = {"static/vendor"}


def python_files() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def text_files() -> Iterator[Path]:
    """What git would commit: tracked files and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    for name in listed:
        if not any(name.startswith(folder) for folder in NOT_READ) and (ROOT / name).is_file():
            yield ROOT / name


def test_no_file_is_longer_than_400_lines() -> None:
    written = [*python_files(), ROOT / "bootstrap.py", *(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js")]
    lengths = {_name(path): len(path.read_text().splitlines()) for path in written if "vendor" not in path.parts}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{_name(path)}:{node.name}"] = length
    assert long == {}


def test_every_file_says_at_its_top_what_it_owns() -> None:
    silent = [_name(path) for path in python_files() if path.read_text().strip() and not ast.get_docstring(parsed(path))]
    assert silent == []


def test_nothing_names_a_package_host_or_the_place_where_it_was_written() -> None:
    found = []
    for path in text_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_nothing_is_left_to_do_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X ")
    found = [f"{_name(path)}: {word}" for path in python_files() for word in words if word in path.read_text()]
    assert found == []


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
