"""What all specs share: parsing from JSON by kind, the canonical form, and the digest that names a spec for ever."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from pydantic import ValidationError

from agents.core.spec.catalog import KINDS, Data, Kind
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.types import Frozen
from trust.core.canonical import digest
from trust.core.errors import Problem


class Spec(Protocol):
    """What every spec has; ``kind`` is a name of the kind catalog."""

    @property
    def kind(self) -> str: ...
    @property
    def schema_version(self) -> int: ...
    @property
    def name(self) -> str: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def canonical(spec: Spec) -> Data:
    """The whole spec as JSON data, defaults included: what is stored, shown and digested."""
    return spec.model_dump(mode="json")


def digest_spec(spec: Spec) -> str:
    """``sha256:...`` over the canonical form. Equal specs have equal digests, on every machine."""
    return digest(canonical(spec))


def parse_spec(data: Any, *, kind: str | None = None, kinds: Mapping[str, Kind] = KINDS) -> Spec:
    """The spec that ``data`` describes, older schema versions upgraded first.

    ``kind`` demands one kind. Raises ``InvalidSpec`` that lists every problem; ``data`` is never changed.
    """
    if not isinstance(data, dict):
        raise _invalid("", f"a definition must be a JSON object, got {type(data).__name__}")
    name = data.get("kind", kind)
    if kind is not None and name != kind:
        raise _invalid("kind", f"is {name!r}, but this must be {kind!r}")
    if name not in kinds:
        raise _invalid("kind", f"is {name!r}; the kinds are: {', '.join(sorted(kinds))}")
    upgraded = upgrade(data, cast("str", name), kinds)
    try:
        return cast("Spec", spec_class(kinds[cast("str", name)]).model_validate({**upgraded, "kind": name}))
    except ValidationError as error:
        raise InvalidSpec(problems=spec_problems(error)) from None


def spec_class(kind: Kind) -> type[Frozen]:
    """The class of a kind, imported on first use."""
    module, _, name = kind.spec.partition(":")
    return cast("type[Frozen]", getattr(importlib.import_module(module), name))


def upgrade(data: Data, name: str, kinds: Mapping[str, Kind] = KINDS) -> Data:
    """``data`` of kind ``name`` in its present schema version, nested specs included."""
    kind = kinds[name]
    current = int(spec_class(kind).model_fields["schema_version"].default)
    version = data.get("schema_version", current)
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= current:
        raise _invalid("schema_version", f"is {version!r}; this Kaizen reads 1 to {current} of kind {name!r}")
    for step in range(version, current):
        data = {**kind.upgrades[step](data), "schema_version": step + 1}
    for place in kind.nested:
        data = _at(data, place.split("."), lambda inner: _upgrade_nested(inner, kinds))
    return data


def spec_problems(error: ValidationError) -> list[Problem]:
    """Pydantic's findings as problems with a readable path."""
    return [
        {"where": _path(item["loc"]), "message": item["msg"].removeprefix("Value error, ")}
        for item in error.errors(include_url=False, include_context=False)
    ]


def _upgrade_nested(inner: Any, kinds: Mapping[str, Kind]) -> Any:
    """Nested specs may leave out their kind; then only the present version fits and there is nothing to upgrade."""
    if isinstance(inner, dict) and inner.get("kind") in kinds:
        return upgrade(inner, inner["kind"], kinds)
    return inner


def _at(data: Any, place: list[str], change: Callable[[Any], Any]) -> Any:
    """A copy of ``data`` with ``change`` applied at ``place``; what is absent or of another shape stays as it is."""
    if not place:
        return change(data)
    head, *rest = place
    if head == "*" and isinstance(data, list):
        return [_at(item, rest, change) for item in data]
    if head == "*" and isinstance(data, dict):
        return {key: _at(item, rest, change) for key, item in data.items()}
    if isinstance(data, dict) and head in data:
        return {**data, head: _at(data[head], rest, change)}
    return data


def _path(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _invalid(where: str, message: str) -> InvalidSpec:
    return InvalidSpec(problems=[{"where": where, "message": message}])
