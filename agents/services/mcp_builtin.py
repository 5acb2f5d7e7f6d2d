"""Our tools for programs that speak MCP. Over HTTP each call is a run of its own, in the journal like any other; over standard
streams it passes the same door in this process, and its journal is a file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from agents.adapters.mcp.journal_file import FileJournal
from agents.adapters.threads import in_thread
from agents.core.declare.agent import default_models
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.runtime.ports import Tool
from agents.core.spec.agent import ToolUse
from agents.core.spec.permissions import PermissionPolicy
from agents.core.spec.tool_call import ToolCallSpec
from agents.core.tools.call_run import run_tool_call
from agents.core.tools.catalog import get_tool, tool_names
from agents.core.tools.mcp import BUILTIN, SERVED
from agents.models.run import Run, RunStatus
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import sweep
from agents.services.runs import start_run
from trust.core.errors import KaizenError
from trust.core.principal import Principal

ANSWER_WITHIN_S = 120.0
PROVIDERS: list[str] = []  # of other apps: "dotted.path:function" of a principal, which gives the tools that it serves them
SWEEP_S = 0.5


@dataclass(frozen=True, slots=True)
class ServedCall:
    """A tool of another app: listed as ``tool``, called as ``call(principal, arguments, idempotency_key)``."""

    tool: Tool
    call: Callable[[Principal, dict[str, Any], str], Awaitable[Any]]


def register_served(dotted: str) -> None:
    """Adds another app's tools; the same line twice changes nothing."""
    if dotted not in PROVIDERS:
        PROVIDERS.append(dotted)


def provided_tools(principal: Principal) -> dict[str, ServedCall]:
    """The tools of other apps that the principal is served, by name. Blocks."""
    found: list[ServedCall] = []
    for module, _, name in (dotted.partition(":") for dotted in PROVIDERS):
        found += getattr(import_module(module), name)(principal)
    return {served.tool.name: served for served in found}


def served_tools() -> list[Tool]:
    """The tools that are served, without those that cannot be used here."""
    return [tool for name in SERVED if name in tool_names() and not (tool := get_tool(name)).unavailable]


async def answer_mcp(principal: Principal, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """One request of an MCP client over HTTP: status, headers and body of the answer."""
    builtin = await _builtin()
    others = await in_thread(provided_tools, principal)

    async def call(name: str, arguments: dict[str, Any], key: str) -> Any:
        if name in others:
            return await others[name].call(principal, arguments, key)
        return await call_as_run(principal, name, arguments, key)

    listed = [*served_tools(), *(served.tool for served in others.values())]
    answer: tuple[int, dict[str, str], bytes] = await builtin.answer_request(builtin.build_server(listed, call), headers, body)
    return answer


async def call_as_run(principal: Principal, name: str, arguments: dict[str, Any], key: str = "") -> Any:
    """Starts a run of the one call and waits for its end. Raises ``ToolFailed`` with the run's words.

    With the same ``key`` the same call is the same run: so a client can come back for the result of one that waited.
    """
    spec = ToolCallSpec(name=f"{BUILTIN} for {principal.label}"[:200], tool=ToolUse(name=name))

    def start() -> Run:
        return start_run(principal=principal, spec=spec, inputs=arguments, idempotency_key=key)

    try:
        run = await in_thread(start)
    except KaizenError as refused:
        raise ToolFailed(refused.message) from refused
    until, pause = time.monotonic() + ANSWER_WITHIN_S, 0.02
    while not run.ended and run.status != RunStatus.WAITING and time.monotonic() < until:
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)
        await in_thread(run.refresh_from_db)
    return _told(run)


async def serve_builtin(*, workspace: Path, policy: PermissionPolicy, principal: Principal | None = None) -> None:
    """Over this process's standard streams, until the client goes. ``workspace`` is the folder that the tools work in.

    With a ``principal`` other apps' tools are served, too, in its name; this process then works on their runs itself.
    """
    builtin = await _builtin()
    others = await in_thread(provided_tools, principal) if principal else {}
    journal = settings.ENV.kaizen_data / "mcp" / f"journal-{time.strftime('%Y-%m-%d')}.jsonl"

    async def call(name: str, arguments: dict[str, Any], key: str) -> Any:
        if principal and name in others:
            return await others[name].call(principal, arguments, key)
        return await call_in_process(name, arguments, workspace=workspace, policy=policy, journal=journal)

    worker = asyncio.create_task(_work()) if others else None
    try:
        listed = [*served_tools(), *(served.tool for served in others.values())]
        await builtin.serve_streams(builtin.build_server(listed, call))
    finally:
        if worker is not None:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            await in_thread(stop_engine)


async def _work() -> None:
    """Takes up what is queued, as any worker would: a lease keeps two from doing the same."""
    while True:
        await in_thread(lambda: sweep(get_engine().offer_if_room))
        await asyncio.sleep(SWEEP_S)


async def call_in_process(
    name: str, arguments: dict[str, Any], *, workspace: Path, policy: PermissionPolicy, journal: Path
) -> Any:
    """One call through the door in this process. There is nobody to ask: what would have to be asked is refused."""
    spec = ToolCallSpec(name=f"{BUILTIN} over stdio", tool=ToolUse(name=name), permissions=policy)
    run_id = uuid4().hex
    ports = memory_ports(models=default_models(), workspace=workspace)
    ports = replace(ports, journal=FileJournal(journal, run_id))
    outcome = await run_in_memory(run_tool_call, spec, arguments, ports, run_id)
    if outcome.status == "succeeded" and outcome.output is not None:
        return outcome.output["result"]
    if outcome.status == "waiting":
        raise ToolFailed(
            f"{name} has to be approved, and nobody can be asked here; who starts this server can allow it: --allow {name}",
            "denied",
        )
    raise ToolFailed(str((outcome.error or {}).get("message", f"the call ended as {outcome.status}")))


def _told(run: Run) -> Any:
    where = f"{settings.ENV.public_url}/runs/{run.id}/"
    if run.status == RunStatus.SUCCEEDED and run.output is not None:
        return run.output["result"]
    if run.status == RunStatus.WAITING:
        title = (run.waiting_on or {}).get("title", "a decision")
        raise ToolFailed(f"This call waits for a person: {title}. It is done when somebody approves it: {where}", "waiting")
    if run.ended:
        raise ToolFailed(str((run.error or {}).get("message") or f"the call ended as {run.status}"))
    raise ToolFailed(f"The call is still under way after {ANSWER_WITHIN_S:g} s; its end will be at {where}", "timeout")


async def _builtin() -> Any:
    """The SDK's server side, imported on a thread at first use."""
    return await asyncio.to_thread(import_module, "agents.adapters.mcp.builtin")
