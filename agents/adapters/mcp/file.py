"""The operator's file of MCP servers, in the form that other clients use: ``{"mcpServers": {"name": {...}}}``, JSON or TOML.

The only place that programs (stdio servers) come from. Refuses what it does not know; ``${NAME}`` stands for a variable.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agents.adapters.mcp.address import ServerAddress
from agents.core.tools.mcp import BUILTIN, SERVER_NAME

_KNOWN = {"command", "args", "env", "cwd", "url", "headers", "type", "transport", "timeout_s", "organizations"}
_TRANSPORTS = {"stdio": "command", "http": "url", "streamable-http": "url", "streamable_http": "url"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class FileServer:
    """One entry. ``organizations`` are the slugs of those that may use it; empty: all."""

    address: ServerAddress
    organizations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServersFile:
    """What the file says. ``problem``: why it cannot be used, whole or in part; the servers without a fault are there."""

    servers: tuple[FileServer, ...] = ()
    problem: str = ""

    def find(self, name: str) -> FileServer | None:
        return next((server for server in self.servers if server.address.name == name), None)


def read_servers_file(path: Path | None) -> ServersFile:
    """The file as it is now; read again when it has changed."""
    if path is None:
        return ServersFile()
    try:
        stat = path.stat()
    except OSError as error:
        return ServersFile(problem=f"{path} cannot be read: {error.strerror}")
    return _read(path, stat.st_mtime_ns, stat.st_size)


def read_server(name: str, entry: Any, environ: Mapping[str, str] | None = None) -> FileServer:
    """One entry of such a file, or of ``mcp_servers=`` in Python. Raises ``ValueError`` that says what is wrong."""
    environ = os.environ if environ is None else environ
    if not SERVER_NAME.fullmatch(name) or name == BUILTIN:
        allowed = "2 to 30 lower-case letters, digits, - and single _, beginning with a letter"
        raise ValueError(f"{name!r} cannot be the name of a server; allowed are {allowed}, and {BUILTIN} is our own")
    if not isinstance(entry, dict):
        raise ValueError(f"{name}: must be an object, got {type(entry).__name__}")
    if unknown := sorted(set(entry) - _KNOWN):
        raise ValueError(f"{name}: does not know {', '.join(unknown)}; it knows {', '.join(sorted(_KNOWN))}")
    wanted = entry.get("type") or entry.get("transport")
    if wanted is not None and wanted not in _TRANSPORTS:
        raise ValueError(f"{name}: speaks {wanted!r}; known are {', '.join(_TRANSPORTS)}")
    if ("command" in entry) == ("url" in entry) or (wanted and _TRANSPORTS[wanted] not in entry):
        raise ValueError(f"{name}: needs either a command (stdio) or a url (streamable HTTP)")
    values = _fill(entry, environ, name)
    return FileServer(_address(name, values), tuple(_texts(name, "organizations", values.get("organizations", []))))


@lru_cache(maxsize=8)
def _read(path: Path, changed_ns: int, size: int) -> ServersFile:
    try:
        text = path.read_text()
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        entries = data["mcpServers"] if "mcpServers" in data else data["mcp_servers"]
        if not isinstance(entries, dict):
            raise TypeError
    except (OSError, ValueError) as error:
        return ServersFile(problem=f"{path} cannot be read: {error}")
    except (KeyError, TypeError):
        return ServersFile(problem=f"{path} must hold an object 'mcpServers' with an object for each server")
    servers, problems = [], []
    for name, entry in entries.items():
        try:
            servers.append(read_server(name, entry))
        except ValueError as error:
            problems.append(str(error))
    return ServersFile(tuple(servers), "; ".join(problems))


def _address(name: str, values: dict[str, Any]) -> ServerAddress:
    timeout = values.get("timeout_s", 60)
    if not isinstance(timeout, int | float) or not 0 < timeout <= 3600:
        raise ValueError(f"{name}: timeout_s is {timeout!r}; allowed are seconds up to 3600")
    url = values.get("url", "")
    if url and (not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https")):
        raise ValueError(f"{name}: the url must begin with http:// or https://")
    if "command" in values and (not isinstance(values["command"], str) or not values["command"]):
        raise ValueError(f"{name}: the command must be a text")
    return ServerAddress(
        name=name,
        url=url,
        headers=_pairs(name, "headers", values.get("headers", {})),
        command=values.get("command", ""),
        args=tuple(_texts(name, "args", values.get("args", []))),
        env=_pairs(name, "env", values.get("env", {})),
        cwd=str(values.get("cwd", "")),
        call_s=float(timeout),
        connect_s=30.0 if "command" in values else 10.0,  # a program may have to be installed first
    )


def _texts(name: str, where: str, values: Any) -> list[str]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name}: {where} must be a list of texts")
    return list(values)


def _pairs(name: str, where: str, values: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError(f"{name}: {where} must be an object of texts")
    return tuple(sorted(values.items()))


def _fill(value: Any, environ: Mapping[str, str], name: str) -> Any:
    """``value`` with each ``${NAME}`` replaced by the variable, so that secrets need not stand in the file."""
    if isinstance(value, dict):
        return {key: _fill(item, environ, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(item, environ, name) for item in value]
    if not isinstance(value, str):
        return value
    if missing := [found for found in _VARIABLE.findall(value) if found not in environ]:
        raise ValueError(f"{name}: names the variable {missing[0]}, which is not set")
    return _VARIABLE.sub(lambda found: environ[found[1]], value)
