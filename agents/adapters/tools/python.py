"""Running Python code and its unit tests in the sandbox, in a folder of its own that is gone afterwards."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from agents.adapters.sandbox.bubblewrap import why_no_sandbox
from agents.adapters.sandbox.limits import Limits
from agents.adapters.sandbox.run import run_sandboxed
from agents.adapters.tools.schemas import integer, result, schema
from agents.adapters.workspaces.folder import Folder
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext

SHELL = {"unittest": "exec python3 -B -m unittest -v", "script": "exec python3 -B main.py"}
MOST_FILES = 50


async def run(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    files, command = arguments["files"], arguments.get("command", "unittest")
    if command == "script" and "main.py" not in files:
        raise ToolFailed(f"a script begins in main.py, which is not among the files: {', '.join(sorted(files)) or 'none'}")
    with tempfile.TemporaryDirectory(prefix="kaizen-python-", ignore_cleanup_errors=True) as scratch:
        folder = Folder(Path(scratch) / "code")
        await asyncio.to_thread(_fill, folder, files)
        ended = await run_sandboxed(folder.root, SHELL[command], Limits(timeout_s=float(arguments.get("timeout_s", 30))))
    answer = {
        "exit_code": ended.exit_code,
        "stdout": ended.stdout,
        "stderr": ended.stderr,
        "timed_out": ended.timed_out,
    }
    return answer | ({"note": ended.note} if ended.note else {})


def _fill(folder: Folder, files: dict[str, str]) -> None:
    for path, content in files.items():
        folder.write(path, content.encode())


TOOL = Tool(
    name="run_python",
    description=(
        "Runs Python code in a fresh, empty folder without network: its unit tests (unittest finds test*.py), or main.py as a "
        "script. Nothing of it lasts."
    ),
    parameters=schema(
        {
            "files": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "minProperties": 1,
                "maxProperties": MOST_FILES,
                "description": "The files by name, like solution.py and test_solution.py.",
            },
            "command": {
                "type": "string",
                "enum": [*SHELL],
                "default": "unittest",
                "description": "unittest runs the tests, script runs main.py.",
            },
            "timeout_s": integer("Seconds after which it is ended.", default=30, least=1, most=300),
        },
        "files",
    ),
    effect=Effect.READ,  # it has neither network nor a folder that lasts: doing it again changes nothing
    call=run,
    danger="low",
    result=result(exit_code="integer", stdout="string", stderr="string", timed_out="boolean"),
    unavailable=why_no_sandbox(),
    summary="Run Python code in the sandbox ({command})",
)
