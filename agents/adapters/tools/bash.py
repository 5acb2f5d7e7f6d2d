"""The shell: one line of bash in the run's own folder, inside the sandbox. Off where there is no sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

from agents.adapters.sandbox.bubblewrap import why_no_sandbox
from agents.adapters.sandbox.limits import Limits
from agents.adapters.sandbox.run import run_sandboxed
from agents.adapters.tools.files import folder_of
from agents.adapters.tools.schemas import TIMEOUT, result, schema, text
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext

LONGEST_COMMAND = 20_000


async def run(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    folder = folder_of(context)
    within = arguments.get("working_dir", ".")
    await asyncio.to_thread(folder.make)
    await asyncio.to_thread(folder.check_room)
    place = await asyncio.to_thread(folder.folder_of, within)
    limits = Limits(timeout_s=float(arguments.get("timeout", 30)))
    relative = str(place.relative_to(folder.root))
    ended = await run_sandboxed(folder.root, arguments["command"], limits, within="" if relative == "." else relative)
    answer: dict[str, Any] = {
        "stdout": ended.stdout,
        "stderr": ended.stderr,
        "exit_code": ended.exit_code,
        "success": ended.exit_code == 0 and not ended.note.startswith("it was ended"),
    }
    return answer | ({"timed_out": True} if ended.timed_out else {}) | ({"note": ended.note} if ended.note else {})


TOOL = Tool(
    name="bash_command",
    description=(
        "Runs a line of bash in the run's own folder, without network, with limits on time, memory, processes and output. "
        "Only files in that folder last."
    ),
    parameters=schema(
        {
            "command": {**text("The line of bash.", least=1), "maxLength": LONGEST_COMMAND},
            "timeout": TIMEOUT,
            "working_dir": text("Folder of the run to begin in.", default="."),
        },
        "command",
    ),
    effect=Effect.UNKEYED,
    call=run,
    danger="high",
    result=result(stdout="string", stderr="string", exit_code="integer", success="boolean"),
    unavailable=why_no_sandbox(),
    summary="Run in the shell: {command}",
)
