"""Serve Kaizen's tools as the MCP server kaizen_builtin, over standard input and output, to a program on this machine."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from agents.core.spec.permissions import PermissionMode, PermissionPolicy, PermissionRule, PermissionType
from agents.services.mcp_builtin import serve_builtin
from trust.core.errors import Invalid
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--workspace", type=Path, default=Path("."), help="The folder that the tools work in; this one by default."
    )
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in PermissionMode],
        default="default",
        help="How calls are treated that no rule names.",
    )
    parser.add_argument(
        "--allow", action="append", default=[], metavar="PATTERN", help="Tools that may be called (RE2); repeatable."
    )
    parser.add_argument("--deny", action="append", default=[], metavar="PATTERN", help="Tools that may not; beats --allow.")
    parser.add_argument("--journeys", action="store_true", help="Serve the published journeys that are switched on, too.")
    parser.add_argument("--organization", default="", help="Whose journeys: its slug; the oldest one when left out.")


def run(
    say: Callable[[str], None],
    *,
    workspace: Path,
    mode: str,
    allow: list[str],
    deny: list[str],
    journeys: bool,
    organization: str,
) -> None:
    """Says nothing: standard output belongs to the protocol."""
    folder = workspace.expanduser().resolve()
    if not folder.is_dir():
        raise Invalid(f"--workspace: {folder} is no folder")
    try:
        rules = [(PermissionType.ALLOW, pattern) for pattern in allow] + [(PermissionType.DENY, pattern) for pattern in deny]
        policy = PermissionPolicy(
            mode=PermissionMode(mode),
            rules=tuple(PermissionRule(pattern=pattern, permission_type=kind) for kind, pattern in rules),
        )
    except ValidationError as error:
        raise Invalid(error.errors()[0]["msg"]) from None
    principal = owner_principal(organization) if journeys else None
    asyncio.run(serve_builtin(workspace=folder, policy=policy, principal=principal))
