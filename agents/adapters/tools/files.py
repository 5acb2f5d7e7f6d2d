"""The five file tools. Each works in the run's own folder and reaches nothing outside of it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import codecs
from collections.abc import Callable
from typing import Any

from agents.adapters.tools.schemas import boolean, result, schema, text
from agents.adapters.workspaces.folder import Folder
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext

MOST_READ = 2_000_000
MOST_LISTED = 5_000
ENCODINGS = ("utf-8", "utf-16", "ascii", "latin-1", "base64")
PATH = text("Path within the run's own folder, like reports/today.txt.", least=1)
ENCODING = text("How the text is stored; base64 for bytes that are no text.", default="utf-8", choices=ENCODINGS)


def read(folder: Folder, arguments: dict[str, Any]) -> dict[str, Any]:
    content = folder.read(arguments["path"], MOST_READ)
    if content is None:
        return {"content": "", "size": 0, "exists": False}
    return {"content": _decoded(content, arguments.get("encoding", "utf-8")), "size": len(content), "exists": True}


def write(folder: Folder, arguments: dict[str, Any]) -> dict[str, Any]:
    content = _encoded(arguments["content"], arguments.get("encoding", "utf-8"))
    folder.write(arguments["path"], content, create_dirs=arguments.get("create_dirs", True))
    return {"written": True, "size": len(content), "path": arguments["path"]}


def delete(folder: Folder, arguments: dict[str, Any]) -> dict[str, Any]:
    existed = folder.delete(arguments["path"])
    return {"deleted": existed, "existed": existed, "path": arguments["path"]}


def list_entries(folder: Folder, arguments: dict[str, Any]) -> dict[str, Any]:
    path = arguments.get("path", ".")
    found: dict[str, list[str]] = {"file": [], "directory": [], "other": []}
    count = 0
    for entry in folder.list(path, recursive=arguments.get("recursive", False), hidden=arguments.get("include_hidden", False)):
        if count == MOST_LISTED:
            break
        found[entry.kind].append(entry.path)
        count += 1
    answer = {"files": found["file"], "directories": found["directory"], "count": count, "path": path}
    if found["other"]:
        answer["other"] = found["other"]
    return {**answer, "truncated": True} if count == MOST_LISTED else answer


def exists(folder: Folder, arguments: dict[str, Any]) -> dict[str, Any]:
    kind = folder.kind(arguments["path"])
    return {
        "exists": bool(kind),
        "is_file": kind == "file",
        "is_directory": kind == "directory",
        "path": arguments["path"],
    }


def folder_of(context: ToolContext) -> Folder:
    """The run's workspace. Raises ``ToolFailed`` where this run has none."""
    if context.workspace is None:
        raise ToolFailed("this run has no folder for files", "no_workspace")
    return Folder(context.workspace)


def _called(work: Callable[[Folder, dict[str, Any]], dict[str, Any]]) -> Any:
    async def call(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
        return await asyncio.to_thread(work, folder_of(context), arguments)

    return call


def _decoded(content: bytes, encoding: str) -> str:
    if encoding == "base64":
        return base64.b64encode(content).decode()
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        told = f"the file is not text in {encoding}: {error.reason} at byte {error.start}; base64 fits always"
        raise ToolFailed(told, "wrong_encoding") from None


def _encoded(content: str, encoding: str) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(content, validate=True)
        return codecs.encode(content, encoding)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ToolFailed(f"the content cannot be written as {encoding}: {error}", "wrong_encoding") from None


READ = Tool(
    name="read_file",
    description="Reads a file of the run's own folder.",
    parameters=schema({"path": PATH, "encoding": ENCODING}, "path"),
    effect=Effect.READ,
    call=_called(read),
    result=result(content="string", size="integer", exists="boolean"),
    summary="Read the file {path}",
)
WRITE = Tool(
    name="write_file",
    description="Writes a file in the run's own folder, in place of what was there under this name.",
    parameters=schema(
        {
            "path": PATH,
            "content": text("What the file shall hold."),
            "encoding": ENCODING,
            "create_dirs": boolean("Whether missing folders on the way are made.", default=True),
        },
        "path",
        "content",
    ),
    effect=Effect.KEYED,  # the same bytes in the same place: doing it again changes nothing
    call=_called(write),
    edits=True,
    danger="medium",
    result=result(written="boolean", size="integer", path="string"),
    summary="Write the file {path}",
)
DELETE = Tool(
    name="delete_file",
    description="Deletes one file of the run's own folder.",
    parameters=schema({"path": PATH}, "path"),
    effect=Effect.KEYED,  # gone is gone, however often
    call=_called(delete),
    edits=True,
    danger="high",
    result=result(deleted="boolean", existed="boolean", path="string"),
    summary="Delete the file {path}",
)
LIST = Tool(
    name="list_directory",
    description="Lists the files and folders in a folder of the run.",
    parameters=schema(
        {
            "path": text("Path of the folder; . is the run's own folder itself.", default="."),
            "recursive": boolean("Whether folders within are listed, too.", default=False),
            "include_hidden": boolean("Whether names that begin with a dot are listed, too.", default=False),
        }
    ),
    effect=Effect.READ,
    call=_called(list_entries),
    result=result(files="array", directories="array", count="integer", path="string"),
    summary="List the folder {path}",
)
EXISTS = Tool(
    name="file_exists",
    description="Tells whether there is a file or folder at a path in the run's own folder.",
    parameters=schema({"path": PATH}, "path"),
    effect=Effect.READ,
    call=_called(exists),
    result=result(exists="boolean", is_file="boolean", is_directory="boolean", path="string"),
    summary="Look whether {path} exists",
)
