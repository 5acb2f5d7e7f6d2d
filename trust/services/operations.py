"""What every API operation is made of: the request with its principal, the declared answers, strict JSON bodies, and pages.

Shared by the API of every app; owns no operation itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Generic, NoReturn, TypeVar

from django.http import HttpRequest
from ninja import Query, Schema
from ninja.operation import Operation
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict, Field

from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.services.problems import ProblemDocument

T = TypeVar("T")
BODY = (400, 413, 422)  # what any operation with a body may answer
ALWAYS = (401, 403, 429, 500)  # what any operation behind a key may answer
Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str, Query(max_length=400, description="`next` of the page before; empty: the first page.")]


class ApiRequest(HttpRequest):
    """A request that has passed ``KeyAuth``."""

    auth: Principal


class Body(BaseModel):
    """What a client sends. A name that is not known is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[T]):
    """One page of a list; ``next`` is the cursor of the following page, or null when this is the last."""

    items: list[T]
    next: str | None = Field(description="Send it as `cursor` for the following page; null: there is none.")


def answers(ok: Mapping[int, Any], *refusals: int) -> dict[int, Any]:
    """The ``response`` of an operation: its own answers, and a problem document for each status it may refuse with."""
    return {**ok, **dict.fromkeys(sorted({*ALWAYS, *refusals}), ProblemDocument)}


@cache
def _answer_model(answer: Any) -> type[Schema] | None:
    return _make_answer_model(None, answer)  # type: ignore[arg-type]


# Ninja makes a model of its own for each answer of each operation, and nearly all are the same problem document: a thousand
# models fewer are a second less at every start.
_make_answer_model = Operation._create_response_model
Operation._create_response_model = lambda self, response_param: _answer_model(response_param)  # type: ignore[method-assign]


def example(**values: Any) -> ConfigDict:
    """``model_config`` of a schema with an example in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"example": values})


def page_of(items: Iterable[T], *, key: Callable[[T], Any], cursor: str, limit: int) -> dict[str, Any]:
    """A page of ``items`` that follow ``cursor``; ``items`` come in one stable order and ``key`` is unique JSON data."""
    rows = list(items)
    if cursor:
        last = read_cursor(cursor)
        start = next((n + 1 for n, row in enumerate(rows) if key(row) == last), None)
        if start is None:
            _refuse_cursor(cursor)
        rows = rows[start:]
    more = len(rows) > limit
    return {"items": rows[:limit], "next": write_cursor(key(rows[limit - 1])) if more else None}


def write_cursor(value: Any) -> str:
    """``value`` (JSON data) as an opaque text that fits into an address."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Any:
    """The value of ``write_cursor``; raises ``Invalid`` for anything else."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        _refuse_cursor(cursor)


class StrictParser(Parser):
    """JSON as RFC 8259 and our databases know it: no NaN, no NUL character, no half of a surrogate pair."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = request.body
        data = json.loads(body, parse_constant=_refuse_constant)
        if b"\\u0000" in body or b"\\ud" in body.lower():
            _check_text(data)
        return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _check_text(data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False)
    if "\\u0000" in text.replace("\\\\", ""):
        raise ValueError("text may not contain the NUL character (\\u0000)")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("text may not contain half of a surrogate pair") from None


def _refuse_cursor(cursor: str) -> NoReturn:
    message = f"the cursor {cursor!r} is not one that this list gave out, or its item is gone; start without a cursor"
    raise Invalid(problems=[{"where": "query.cursor", "message": message}])
