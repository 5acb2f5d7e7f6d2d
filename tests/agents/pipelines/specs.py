"""Small agents and pipelines of them on the scripted model."""

from __future__ import annotations

from typing import Any

from agents.core.pipelines import run_pipeline_spec
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import MemberSpec, PipelineSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ListType, ScalarType
from tests.agents.strategies.resume import Scene

TEXT = ScalarType(kind="str")


def agent(name: str, *outputs: str, inputs: tuple[str, ...] = ("message",), **more: Any) -> AgentSpec:
    """An agent whose prompt can be told by its name; outputs that end in ``s`` are lists."""
    signature = SignatureSpec(
        name=name,
        instructions=f"You are the {name}.",
        inputs=tuple(FieldSpec(name=field, type=TEXT) for field in inputs),
        outputs=tuple(
            FieldSpec(name=field, type=ListType(of=TEXT) if field.endswith("s") else TEXT) for field in outputs or ("answer",)
        ),
    )
    return AgentSpec.model_validate({"name": name, "signature": signature, "model": {"provider": "scripted"}, **more})


def pipeline(pattern: str, *members: AgentSpec | PipelineSpec | MemberSpec, **more: Any) -> PipelineSpec:
    params = {name: more.pop(name) for name in list(more) if name not in PipelineSpec.model_fields}
    listed = tuple(m if isinstance(m, MemberSpec) else MemberSpec(name=m.name, spec=m) for m in members)
    return PipelineSpec(name="Desk", pattern=pattern, params=params, members=listed, **more)


def scene(spec: PipelineSpec, *replies: dict[str, Any], **inputs: Any) -> Scene:
    return Scene(spec, inputs or {"message": "hello"}, replies, runner=run_pipeline_spec)


def said(name: str, **values: Any) -> dict[str, Any]:
    """What the agent ``name`` answers whenever it is asked."""
    return {"match": f"You are the {name}.", "json": values}
