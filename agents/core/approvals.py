"""What a decision is bound to: the digest of exactly what a person was shown."""

from __future__ import annotations

from typing import Any

from trust.core.canonical import digest


def approval_digest(run_id: str, path: str, tool: str, arguments: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the run, the step, the tool and its complete arguments."""
    return digest({"run": run_id, "path": path, "tool": tool, "arguments": arguments})
