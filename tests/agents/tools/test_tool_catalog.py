"""The contract that every tool of the catalog keeps."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from jsonschema import Draft202012Validator

from agents.core.runtime.effects import Effect
from agents.core.tools.catalog import get_tool, tool_names

HTTP = {"status_code", "body", "headers", "success"}
TWELVE = {
    "read_file": ("safe", Effect.READ, {"path", "encoding"}, {"content", "size", "exists"}),
    "write_file": ("medium", Effect.KEYED, {"path", "content", "encoding", "create_dirs"}, {"written", "size", "path"}),
    "delete_file": ("high", Effect.KEYED, {"path"}, {"deleted", "existed", "path"}),
    "list_directory": ("safe", Effect.READ, {"path", "recursive", "include_hidden"}, {"files", "directories", "count", "path"}),
    "file_exists": ("safe", Effect.READ, {"path"}, {"exists", "is_file", "is_directory", "path"}),
    "http_get": ("safe", Effect.READ, {"url", "headers", "timeout"}, HTTP),
    "http_post": ("medium", Effect.UNKEYED, {"url", "data", "headers", "timeout"}, HTTP),
    "http_put": ("medium", Effect.KEYED, {"url", "data", "headers", "timeout"}, HTTP),
    "http_delete": ("high", Effect.KEYED, {"url", "headers", "timeout"}, HTTP),
    "bash_command": (
        "high",
        Effect.UNKEYED,
        {"command", "timeout", "working_dir"},
        {"stdout", "stderr", "exit_code", "success"},
    ),
    "fetch_url": (
        "safe",
        Effect.READ,
        {"url", "timeout", "user_agent"},
        {"content", "status_code", "content_type", "size", "success"},
    ),
    "extract_links": ("safe", Effect.READ, {"html", "base_url"}, {"links", "count", "unique_count", "unique_links"}),
}


@pytest.mark.parametrize("name", TWELVE)
def test_the_twelve_are_as_they_are_documented(name: str) -> None:
    danger, effect, parameters, results = TWELVE[name]
    tool = get_tool(name)
    assert (tool.danger, tool.effect) == (danger, effect)
    assert set(tool.parameters["properties"]) == parameters
    assert tool.result is not None
    assert set(tool.result["properties"]) == results
    assert tool.edits is (name in ("write_file", "delete_file"))


@pytest.mark.parametrize("name", sorted(tool_names()))
def test_every_tool_of_the_catalog_keeps_the_contract(name: str) -> None:
    tool = get_tool(name)
    assert tool.name == name
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", name)
    assert tool.description.endswith(".")
    Draft202012Validator.check_schema(tool.parameters)
    assert tool.parameters["type"] == "object"
    assert tool.parameters.get("additionalProperties") is False, "unknown arguments are refused"
    if tool.result is not None:
        Draft202012Validator.check_schema(tool.result)
    assert tool.danger in ("safe", "low", "medium", "high", "critical")
    assert tool.call is not None or tool.local or tool.asks
    assert tool.edits is False or tool.effect is not Effect.READ
    named = {field for _, field, _, _ in Formatter().parse(tool.summary) if field}
    assert tool.summary
    assert named <= set(tool.parameters["properties"])
