"""What an agent may do with its tools: mode, lists and rules, part of its spec. Deciding is ``core.autonomy.permissions``."""

from __future__ import annotations

from enum import StrEnum

import re2
from pydantic import Field, field_validator

from agents.core.spec.types import Frozen


class PermissionMode(StrEnum):
    """How tool calls are treated that no list and no rule names."""

    DEFAULT = "default"  # safe and low danger runs, everything else asks
    ACCEPT_EDITS = "accept_edits"  # as default, but changes of workspace files run unasked
    PLAN = "plan"  # only what reads; everything else is denied
    BYPASS = "bypass"  # nothing asks; denials still deny


class PermissionType(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    ASK = "ask"


class PermissionRule(Frozen):
    """A rule over tool names. ``pattern`` is an RE2 expression that must match the whole name: no pattern can hang."""

    pattern: str = Field(min_length=1, max_length=500)
    permission_type: PermissionType
    reason: str = Field(default="", max_length=500)
    priority: int = Field(default=0, ge=-1_000_000, le=1_000_000)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re2.compile(pattern, _OPTIONS)
        except re2.error as error:
            told = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"{pattern!r} is not a regular expression of RE2: {told}") from None
        return pattern


class PermissionPolicy(Frozen):
    """An agent's permissions. ``allowed_tools`` and ``denied_tools`` are exact names; a denial beats everything."""

    mode: PermissionMode = PermissionMode.DEFAULT
    allowed_tools: tuple[str, ...] = ()
    denied_tools: tuple[str, ...] = ()
    rules: tuple[PermissionRule, ...] = ()


_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20
