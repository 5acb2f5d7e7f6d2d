"""The words with double underscores that a declaration may state. A mistyped one would otherwise do nothing at all."""

from __future__ import annotations

import difflib
from types import FunctionType

_PYTHONS = frozenset(
    {
        "__module__",
        "__qualname__",
        "__doc__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__conditional_annotations__",
        "__dict__",
        "__weakref__",
        "__slots__",
        "__static_attributes__",
        "__firstlineno__",
        "__orig_bases__",
        "__parameters__",
        "__classcell__",
        "__annotations_cache__",
        "__type_params__",
    }
)


def check_words(cls: type, base: type) -> None:
    """Raises ``TypeError`` for a word of ``cls`` that ``base`` does not know, with those it knows."""
    known = known_words(base)
    for name, value in vars(cls).items():
        method = isinstance(value, FunctionType | classmethod | staticmethod | property)
        if not _is_word(name) or name in known or name in _PYTHONS or method or hasattr(object, name):
            continue
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise TypeError(f"{cls.__name__}.{name} means nothing here{hint} The words are: {', '.join(sorted(known))}")


def known_words(base: type) -> list[str]:
    """The words that ``base`` knows."""
    known = [name for name in vars(base) if _is_word(name) and not callable(getattr(object, name, None))]
    return [name for name in known if name not in _PYTHONS and not isinstance(vars(base)[name], FunctionType)]


def _is_word(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4
