"""What differs between two journeys, as people speak of it: pathways, transitions, fields, agents; texts word by word.

Drafts need not be valid. Defaults that are written out or left out are no difference. A renamed pathway is one change, not
all the places that follow it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from journeys.core.text.compact import Draft, compact, same
from journeys.core.text.merge import keyed
from journeys.core.text.places import describe_place, noun_of, split_path
from journeys.core.text.renames import find_renames, rename_pathways

Kind = Literal["added", "removed", "changed", "moved", "renamed"]
MOST_WORDS = 4000
_WORD = re.compile(r"\s+|[^\s\w]|\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text and what became of it."""

    text: str
    kind: Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class JourneyChange:
    """One difference. ``noun`` is what kind of thing it is about (pathway, transition, field, guideline, agent, pattern,
    setting), ``label`` the place in words. ``words`` holds the pieces of a text that changed, empty for anything else."""

    path: str
    kind: Kind
    noun: str
    label: str
    before: Any = None
    after: Any = None
    words: tuple[Piece, ...] = ()

    @property
    def sign(self) -> str:
        """The kind as one character: nobody need see colours to tell what happened."""
        return {"added": "+", "removed": "−", "changed": "≠", "moved": "↕", "renamed": "→"}[self.kind]


def diff_journeys(before: Draft, after: Draft) -> list[JourneyChange]:
    """Every difference in the order in which a journey is read."""
    old, new = compact(before), compact(after)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return [] if same(old, new) else [_change("", "changed", old, new)]
    renames = find_renames(old, new)
    changes = [_change(f"pathways[{a}].id", "renamed", a, b) for a, b in renames.items()]
    found = _Diff()
    found.entries("", "", rename_pathways(old, renames), new)
    return changes + found.changes


def diff_words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as the words that stayed, went and came."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return (Piece(before, "gone"), Piece(after, "new"))
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(old[i1:i2]), "same"))
            continue
        if i2 > i1:
            pieces.append(Piece("".join(old[i1:i2]), "gone"))
        if j2 > j1:
            pieces.append(Piece("".join(new[j1:j2]), "new"))
    return tuple(pieces)


class _Diff:
    def __init__(self) -> None:
        self.changes: list[JourneyChange] = []

    def value(self, path: str, old: Any, new: Any) -> None:
        if same(old, new):
            return
        if isinstance(old, dict) and isinstance(new, dict) and old.get("kind") == new.get("kind"):
            self.entries(path + ".", "", old, new)
        elif isinstance(old, list) and isinstance(new, list):
            self.lists(path, old, new)
        else:
            self.changes.append(_change(path, "changed", old, new))

    def entries(self, prefix: str, suffix: str, old: Draft, new: Draft) -> None:
        for key in dict.fromkeys((*new, *old)):
            path = f"{prefix}{key}{suffix}"
            if key not in old:
                self._whole(path, None, new[key], "added")
            elif key not in new:
                self._whole(path, old[key], None, "removed")
            else:
                self.value(path, old[key], new[key])

    def _whole(self, path: str, old: Any, new: Any, kind: Kind) -> None:
        """A thing that is on one side only. A list or an object that is a default otherwise is told part by part."""
        there = new if kind == "added" else old
        keys = keyed(there) if there else None
        if keys is not None:
            for name, item in keys.items():
                self.changes.append(_change(f"{path}[{name}]", kind, *((None, item) if kind == "added" else (item, None))))
        elif isinstance(there, list) and there and all(isinstance(item, str) for item in there):
            self.texts(path, old or [], new or [])
        elif split_path(path)[-1][1] or path == "agents" or not isinstance(there, str | int | float):
            if path == "agents" and isinstance(there, dict):
                self.entries("agents.", "", old or {}, new or {})
            else:
                self.changes.append(_change(path, kind, old, new))
        else:
            words = diff_words(str(old or ""), str(new or "")) if isinstance(there, str) else ()
            self.changes.append(_change(path, "changed", old, new, words))

    def lists(self, path: str, old: list[Any], new: list[Any]) -> None:
        before, after = keyed(old), keyed(new)
        if before is not None and after is not None:
            self.entries(f"{path}[", "]", before, after)
            self._moves(path, list(before), list(after))
        elif all(isinstance(item, str) for item in (*old, *new)):
            self.texts(path, old, new)
        else:
            self.changes.append(_change(path, "changed", old, new))

    def texts(self, path: str, old: Sequence[str], new: Sequence[str]) -> None:
        """Texts of a list: what looks alike is a change of words, what only changed its place has moved."""
        gone = [text for text in old if text not in new]
        come = [text for text in new if text not in old]
        for text in list(gone):
            near = difflib.get_close_matches(text, come, 1, 0.6)
            if near:
                gone.remove(text)
                come.remove(near[0])
                self.changes.append(_change(path, "changed", text, near[0], diff_words(text, near[0])))
        self.changes += [_change(path, "removed", text, None) for text in gone]
        self.changes += [_change(path, "added", None, text) for text in come]
        if not gone and not come:
            self._moves(path, list(dict.fromkeys(old)), list(dict.fromkeys(new)))

    def _moves(self, path: str, old: list[str], new: list[str]) -> None:
        """Items that stand elsewhere among those that both sides have; as few as explain the new order."""
        kept_old, kept_new = [k for k in old if k in new], [k for k in new if k in old]
        matcher = difflib.SequenceMatcher(a=kept_old, b=kept_new, autojunk=False)
        stayed = {kept_new[j] for _i, start, size in matcher.get_matching_blocks() for j in range(start, start + size)}
        for name in kept_new:
            if name not in stayed:
                self.changes.append(_change(f"{path}[{name}]", "moved", old.index(name) + 1, new.index(name) + 1))


def _change(path: str, kind: Kind, before: Any, after: Any, words: tuple[Piece, ...] = ()) -> JourneyChange:
    if not words and kind == "changed" and isinstance(before, str) and isinstance(after, str):
        words = diff_words(before, after)
    return JourneyChange(path, kind, noun_of(path), describe_place(path), before, after, words)
