"""The control transports by name, for runs in this process. A new one is a file and a line here.

Runs in a worker are controlled over the site instead: ``GET /api/v1/runs/<id>/stream`` and ``/ws/v1/runs/<id>/control``.
"""

from __future__ import annotations

import importlib
from typing import cast

from agents.core.control.port import ControlTransport

TRANSPORTS: dict[str, str] = {
    "memory": "agents.core.control.memory:MemoryTransport",
    "cli": "agents.core.control.terminal:CLITransport",
    "stdio": "agents.core.control.lines:StdioTransport",
}


def transport_class(name: str) -> type[ControlTransport]:
    """Raises ``KeyError`` that lists the known names."""
    if name not in TRANSPORTS:
        raise KeyError(f"no control transport {name!r}; there is: {', '.join(sorted(TRANSPORTS))}")
    module, _, attribute = TRANSPORTS[name].partition(":")
    return cast(type[ControlTransport], getattr(importlib.import_module(module), attribute))
