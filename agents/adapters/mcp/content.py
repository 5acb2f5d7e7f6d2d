"""The result of a tool of another server as JSON data: texts and structured content; of the rest a note. Bounded in size."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

MOST_TEXT = 100_000  # characters
MOST_STRUCTURED = 200_000  # characters of its JSON


def result_data(result: Mapping[str, Any]) -> dict[str, Any]:
    """``text`` (all texts in order), ``structured`` where there is some, ``notes`` on what is left out."""
    texts, notes = read_blocks(result.get("content") or [])
    data: dict[str, Any] = {"text": texts}
    if len(texts) > MOST_TEXT:
        data["text"] = texts[:MOST_TEXT]
        notes.append(f"the text had {len(texts)} characters; it is cut after {MOST_TEXT}")
    structured = result.get("structuredContent")
    if structured is not None:
        size = len(json.dumps(structured, ensure_ascii=False))
        if size > MOST_STRUCTURED:
            notes.append(f"the structured content had {size} characters; more than {MOST_STRUCTURED} are not kept")
        else:
            data["structured"] = structured
    return data | ({"notes": notes} if notes else {})


def read_blocks(blocks: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """The texts of content blocks, joined by lines, and a note on each block that is none."""
    texts, notes = [], []
    for block in blocks:
        kind = block.get("type")
        if kind == "text":
            texts.append(str(block.get("text", "")))
        elif kind in ("image", "audio"):
            size = len(str(block.get("data", ""))) * 3 // 4
            notes.append(f"{_a(kind)} ({block.get('mimeType', 'unknown type')}, {size} bytes) is left out")
        elif kind == "resource":
            texts, notes = _add_resource(block.get("resource") or {}, texts, notes)
        elif kind == "resource_link":
            notes.append(f"a link to the resource {block.get('uri', '')} ({block.get('name', '')})")
        else:
            notes.append(f"a block of the unknown type {kind!r} is left out")
    return "\n".join(texts), notes


def _add_resource(resource: Mapping[str, Any], texts: list[str], notes: list[str]) -> tuple[list[str], list[str]]:
    if "text" in resource:
        return [*texts, str(resource["text"])], notes
    size = len(str(resource.get("blob", ""))) * 3 // 4
    return texts, [*notes, f"the resource {resource.get('uri', '')} ({size} bytes) is left out"]


def _a(kind: str) -> str:
    return f"an {kind}"
