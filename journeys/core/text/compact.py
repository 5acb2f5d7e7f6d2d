"""A journey's draft in the short form that texts, differences and merges work on: canonical order, defaults left out.

Drafts may have any shape, so nothing is refused here: what the spec does not know stays as it is, after what it knows.
"""

from __future__ import annotations

import types
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined, to_jsonable_python

from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import canonical, parse_spec
from journeys.core.spec import JourneySpec
from journeys.core.spec.naming import with_transition_ids

Draft = dict[str, Any]


def compact(draft: Any, model: type[BaseModel] = JourneySpec) -> Any:
    """``draft`` in the order of the spec without what is as it would be anyway; keys of free objects are sorted."""
    if model is JourneySpec:
        draft = with_transition_ids(draft)
    return _object(draft, model, keep_kind=False)


def complete(draft: Draft) -> Draft:
    """``draft`` with every default written out, or as it is while it is no valid journey."""
    try:
        return canonical(parse_spec(draft, kind="journey"))
    except InvalidSpec:
        return draft


def same(a: Any, b: Any) -> bool:
    """Equal as JSON, in which ``true`` is not ``1``."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a is b or (isinstance(a, bool) == isinstance(b, bool) and bool(a == b))


def _object(data: Any, model: type[BaseModel], *, keep_kind: bool) -> Any:
    if not isinstance(data, dict):
        return _sorted(data)
    known: Draft = {}
    for name, info in model.model_fields.items():
        if name not in data:
            continue
        value = _value(data[name], _shape(info.annotation))
        if not same(value, _default(model, name)) or (keep_kind and name == "kind"):
            known[name] = value
    return known | {key: _sorted(data[key]) for key in sorted(data, key=str) if key not in model.model_fields}


def _value(data: Any, shape: Any) -> Any:
    """``data`` of the annotation ``shape``; objects of a kind keep it, since only it tells what they are."""
    origin, args = get_origin(shape), get_args(shape)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return _object(data, shape, keep_kind=False)
    if origin is tuple and isinstance(data, list | tuple):
        return [_value(item, _shape(args[0])) for item in data]
    if origin is dict and isinstance(data, dict):
        return {key: _value(data[key], _shape(args[1])) for key in sorted(data, key=str)}
    if origin in (Union, types.UnionType) and isinstance(data, dict):
        choices = [arg for arg in map(_shape, args) if isinstance(arg, type) and issubclass(arg, BaseModel)]
        kind = data.get("kind", "agent" if AgentSpec in choices else None)  # what answers is an agent unless it says else
        for choice in choices:
            if "kind" not in choice.model_fields:
                return _object(data, choice, keep_kind=False)
            if kind in get_args(_shape(choice.model_fields["kind"].annotation)):
                return _object(data, choice, keep_kind=choice is not AgentSpec)
    return _sorted(data)


def _shape(annotation: Any) -> Any:
    return _shape(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


@lru_cache(maxsize=512)
def _default(model: type[BaseModel], name: str) -> Any:
    """The default in short form; what must be given has none, which equals nothing in JSON."""
    info = model.model_fields[name]
    if info.is_required():
        return PydanticUndefined
    return _value(to_jsonable_python(info.get_default(call_default_factory=True, validated_data={})), _shape(info.annotation))


def _sorted(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _sorted(data[key]) for key in sorted(data, key=str)}
    return [_sorted(item) for item in data] if isinstance(data, list | tuple) else data
