"""The templates that a new agent may begin as, drawn for the page; and what to try an agent with that began as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core import templates as catalog
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.runnable import canonical
from agents.core.spec.signature import SignatureSpec
from agents.core.strategies.catalog import get_strategy


def strategy_title(name: str) -> str:
    """What people call a strategy; a name that no catalog has stays as it is."""
    try:
        return get_strategy(name).title
    except RuntimeFault:
        return name


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    start: str
    title: str
    name: str
    when: str
    strategy: str
    tools: int
    takes_file: str


def list_templates() -> list[ShownTemplate]:
    return [
        ShownTemplate(
            start=f"template:{t.key}",
            title=t.title,
            name=t.spec.name,
            when=t.when,
            strategy=strategy_title(t.spec.strategy),
            tools=len(t.spec.tools),
            takes_file=t.takes_file,
        )
        for t in catalog.list_templates()
    ]


def find_draft(key: str) -> dict[str, Any] | None:
    """What a draft begins with that is made from the template ``key``; ``None`` when there is no such template."""
    found = next((template for template in catalog.list_templates() if template.key == key), None)
    return canonical(found.spec) if found else None


def find_example(signature: SignatureSpec) -> dict[str, Any]:
    """The example inputs of the template whose inputs are those of ``signature``; empty when there is none."""
    names = {field.name for field in signature.inputs}
    for template in catalog.list_templates():
        if {field.name for field in template.spec.signature.inputs} == names:
            return {name: value for name, value in template.example.items() if name in names}
    return {}
