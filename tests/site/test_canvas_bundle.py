"""The committed bundle of the builder's canvas is what its source makes, and carries the licences of what is in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILDER = ROOT / "static" / "builder"
MADE = ("editor.js", "editor.css", "editor.LEGAL.txt")


@pytest.mark.slow
def test_the_committed_bundle_is_built_from_the_committed_source(tmp_path: Path) -> None:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        pytest.skip(
            "NOT CHECKED: node and npm are needed to build the canvas again and compare it with static/builder/editor.js"
        )
    done = subprocess.run([node, str(BUILDER / "build.mjs"), str(tmp_path)], capture_output=True, text=True, timeout=240)
    if (
        done.returncode
        and "npm" in done.stderr
        and "EBADENGINE" not in done.stderr
        and not (ROOT / "var/canvas/kaizen-stamp").exists()
    ):
        pytest.skip(f"NOT CHECKED: npm cannot install esbuild and the libraries here: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr
    different = [name for name in MADE if (tmp_path / name).read_bytes() != (BUILDER / name).read_bytes()]
    assert different == [], "run `make canvas` and commit what it makes"


def test_every_library_of_the_bundle_has_its_licence_beside_it() -> None:
    packages = json.loads((BUILDER / "package-lock.json").read_text())["packages"]
    legal = (BUILDER / "editor.LEGAL.txt").read_text()
    bundled = {
        place.removeprefix("node_modules/"): item
        for place, item in packages.items()
        if place and not item.get("dev") and "@types/" not in place
    }
    assert {"react", "@xyflow/react", "@dagrejs/dagre"} <= set(bundled)
    assert [name for name, item in bundled.items() if f"{name} {item['version']} ({item['license']})" not in legal] == []


def test_the_lock_file_names_versions_and_hashes_and_no_address() -> None:
    packages = json.loads((BUILDER / "package-lock.json").read_text())["packages"]
    assert [place for place, item in packages.items() if "resolved" in item or (place and "integrity" not in item)] == []
