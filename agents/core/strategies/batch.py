"""Batch: the same question for every item of a list, several at once; an item that fails does not take the others down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import InvalidAnswer, RuntimeFault, StepFailed
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, Frozen, ListType, OptionalType, TypeSpec
from agents.core.strategies.asking import STOPPED, ask_model
from agents.core.strategies.parts.answer import fill_outputs, in_order
from agents.core.strategies.parts.question import Job

HOW = "Do this for the one item you are given; it is one of many, and the others are done elsewhere."


class NotAList(RuntimeFault):
    """The agent has no list to take items from, or none to put results into."""

    code = "invalid_inputs"


class BatchParams(Frozen):
    max_concurrent: int = Field(default=10, ge=1, le=100, description="How many items are worked on at once.")
    items: str = Field(default="", description="The input with the items; empty: the first list among the inputs.")
    results: str = Field(default="", description="The output with the results; empty: the first list among the outputs.")
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools for one item.")


class Batch:
    """One question for each item. Results stand in the order of the items; null stands for an item that failed, where the
    output's type allows it, else it is left out. Other outputs than the results and those below must have a default."""

    title = "Batch"
    Params = BatchParams
    provides: dict[str, str] = {
        "failures": "Index, code and message of each item that failed",
        "total": "How many items there were",
        "succeeded": "How many of them succeeded",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: BatchParams) -> dict[str, Any]:
        items = _list_of(spec, spec.signature.inputs, params.items, "input")
        results = _list_of(spec, spec.signature.outputs, params.results, "output")
        one = _for_one(spec, items, results)
        rest = {name: value for name, value in values.items() if name != items.name}
        rounds = params.max_rounds if spec.tools else 0
        branches: list[Callable[[], Coroutine[Any, Any, tuple[Any, RuntimeFault | None]]]] = [
            partial(_answer, Job(ctx.child("item"), spec, {**rest, one.inputs[-1].name: item}), one, rounds)
            for item in values[items.name] or ()
        ]
        ended = await run_parallel(branches, at_most=params.max_concurrent)
        failures = [
            {"index": n, "code": fault.code, "message": str(fault)} for n, (_, fault) in enumerate(ended) if fault is not None
        ]
        keeps_null = isinstance(results.type, ListType) and isinstance(results.type.of, OptionalType)
        made = {
            results.name: [answer for answer, fault in ended if fault is None or keeps_null],
            "failures": failures,
            "total": len(ended),
            "succeeded": len(ended) - len(failures),
        }
        defaults = {field.name: field.default for field in spec.signature.outputs if not field.required}
        return in_order(spec.signature, {**defaults, **fill_outputs(spec.signature, made)})


async def _answer(job: Job, sig: SignatureSpec, rounds: int) -> tuple[Any, RuntimeFault | None]:
    try:
        answered = await ask_model(job.ctx, job.spec, job.values, signature=sig, rounds=rounds, shown=False)
        return answered[sig.outputs[0].name], None
    except (StepFailed, InvalidAnswer) as error:
        if error.code == STOPPED:
            raise
        return None, error


def _list_of(spec: AgentSpec, fields: tuple[FieldSpec, ...], name: str, side: str) -> FieldSpec:
    own = [field for field in fields if field.name not in Batch.provides]
    found = next((field for field in own if _items_type(field.type) and name in ("", field.name)), None)
    if found is None:
        lists = ", ".join(field.name for field in own if _items_type(field.type)) or "none"
        raise NotAList(f"agent {spec.name} has no {side} {name or 'that is a list'}; its lists are: {lists}")
    return found


def _items_type(type_: TypeSpec) -> TypeSpec | None:
    type_ = type_.of if isinstance(type_, OptionalType) else type_
    return type_.of if isinstance(type_, ListType) else None


def _for_one(spec: AgentSpec, items: FieldSpec, results: FieldSpec) -> SignatureSpec:
    """The agent's signature for one item of the list."""
    sig = spec.signature
    kept = tuple(field for field in sig.inputs if field is not items)
    item = FieldSpec(name=_one(items.name, {f.name for f in kept}), type=_bare(items), description=items.description)
    result = FieldSpec(name=_one(results.name, {item.name, *(f.name for f in kept)}), type=_bare(results))
    instructions = f"{sig.instructions}\n\n{HOW}".strip()
    described = result.model_copy(update={"description": results.description})
    return sig.model_copy(update={"instructions": instructions, "inputs": (*kept, item), "outputs": (described,)})


def _bare(field: FieldSpec) -> TypeSpec:
    type_ = _items_type(field.type)
    assert type_ is not None, f"{field.name} is a list"
    return type_.of if isinstance(type_, OptionalType) else type_


def _one(name: str, taken: set[str]) -> str:
    """The name of one of them: ``prompts`` is ``prompt``."""
    single = name[:-1] if name.endswith("s") and len(name) > 1 else f"one_{name}"
    return single if single not in taken else f"this_{single}"
