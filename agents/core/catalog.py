"""A catalog: names and where each thing is (``module:attribute``), built in or by entry points, loaded on first use."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar, cast

from agents.core.runtime.errors import RuntimeFault

T = TypeVar("T")


class Catalog(Generic[T]):
    """``noun`` is what one of its things is called; ``made``: the attribute is a class of which one is made.

    ``unknown`` is raised for a name that is not there, and lists those that are; ``group`` is that of the entry points.
    """

    def __init__(
        self, noun: str, built_in: Mapping[str, str], unknown: type[RuntimeFault], group: str, *, made: bool = True
    ) -> None:
        self._noun, self._built_in, self._unknown, self._group, self._made = noun, built_in, unknown, group, made
        self._names: dict[str, str] = {}
        self._loaded: dict[str, T] = {}

    def get(self, name: str) -> T:
        """The thing, imported on first use."""
        if name not in self._loaded:
            dotted = self.names().get(name)
            if dotted is None:
                raise self._unknown(f"no {self._noun} {name!r}; there is: {', '.join(sorted(self.names()))}")
            module, _, attribute = dotted.partition(":")
            found: Any = getattr(importlib.import_module(module), attribute)
            self._loaded[name] = cast("T", found() if self._made else found)
        return self._loaded[name]

    def names(self) -> dict[str, str]:
        """Every name with its place, the built in ones first. Raises ``ValueError`` when a third party takes a name that is in
        use."""
        if not self._names:
            found = dict(self._built_in)
            for point in entry_points(group=self._group):
                if found.setdefault(point.name, point.value) != point.value:
                    raise ValueError(f"{self._noun} {point.name!r} is declared twice: {found[point.name]} and {point.value}")
            self._names.update(found)
        return self._names

    def forget(self) -> None:
        """Looks for entry points anew, for instance after a package was installed."""
        self._names.clear()
        self._loaded.clear()
