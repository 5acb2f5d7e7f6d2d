"""A journey's Python source as its spec, read and never run: the same words, a closed set of constructs, every fault told.

What ``print_journey`` writes comes back as an equal spec; what a person makes of it by hand is read too, as long as it
needs no running: constants, inheritance, texts put together, another order.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from agents.core.reading.bodies import Body
from agents.core.reading.classes import ClassReader
from agents.core.reading.module import Module, read_module
from agents.core.reading.problems import Refused, Skipped, SourceProblem, problem_at
from agents.core.reading.values import Names
from agents.core.reading.words import AGENT_WORDS, CALLED, Words
from journeys import __all__ as JOURNEY_WORDS  # noqa: N812 - the words of the language
from journeys.core.declare.journey import Journey, Pathway, pathway_id
from journeys.core.spec import JourneySpec

_NOT_WORDS = {"JourneySpec", "TurnFailed", "TurnResult"}
_WORDS = Words(
    {"agents": AGENT_WORDS, "journeys": [word for word in JOURNEY_WORDS if word not in _NOT_WORDS]},
    [*CALLED, *(word for word in JOURNEY_WORDS if word not in {*_NOT_WORDS, "Journey", "Pathway"})],
)
_SENTENCE = re.compile(r"; (?=transition \d|pathway '|the pathway '|the entry pathway|the model that)")


@dataclass
class ReadJourney:
    """The journey of a text, or everything that keeps it from being read."""

    spec: JourneySpec | None = None
    problems: list[SourceProblem] = field(default_factory=list)


def read_journey(source: str) -> ReadJourney:
    """The one journey that ``source`` declares."""
    module = read_module(source, _WORDS, _JourneyReader)
    if module.problems:
        return ReadJourney(problems=module.problems)
    found = _journeys(module)
    if len(found) == 1:
        return ReadJourney(found[0][0].spec)
    if not found:
        told = "the text declares no journey: write class MyJourney(Journey) with at least one Pathway class in it"
        return ReadJourney(problems=[SourceProblem(0, 0, told)])
    names = ", ".join(made.__name__ for made, _ in found)
    return ReadJourney(problems=[problem_at(found[1][1], f"the text declares several journeys: {names}; keep one")])


def _journeys(module: Module) -> list[tuple[type[Journey], ast.ClassDef]]:
    """The journeys that have pathways and that no other one derives from."""
    made = [(cls, node) for cls, node in module.classes.values() if issubclass(cls, Journey) and cls._pathways]
    return [(cls, node) for cls, node in made if not any(other is not cls and issubclass(other, cls) for other, _ in made)]


class _JourneyReader(ClassReader):
    def families(self) -> dict[type, Any]:
        return {Journey: self.journey, Pathway: self.pathway, **super().families()}

    def pathway(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, Pathway)
        self.only_words(body, Pathway)
        return self.declared(node, bases, body, {})

    def journey(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, Journey, inner=True)
        for name, value in body.plain.items():
            if value is not None and not (isinstance(value, type) and issubclass(value, Pathway)):
                raise Refused(body.places.get(name, node), f"{name} is no Pathway class; a journey holds words and pathways")
        if body.fields:
            raise Refused(body.places[next(iter(body.fields))], "a journey holds words and pathways, no fields")
        try:
            return self.declared(node, bases, body, body.plain)
        except Refused as refusal:
            self.problems += _placed(refusal.problem, node, body)
            raise Skipped from None


def _placed(problem: SourceProblem, node: ast.ClassDef, body: Body) -> list[SourceProblem]:
    """What a journey's check says, each sentence at the pathway or the transition that it names."""
    message = problem.message.removeprefix(f"{node.name}: ")
    return [_place(sentence, problem, node, body) for sentence in _SENTENCE.split(message) if sentence]


def _place(sentence: str, problem: SourceProblem, node: ast.ClassDef, body: Body) -> SourceProblem:
    transition = re.search(r"^transition (\d+) ", sentence)
    listed = body.places.get("__transitions__")
    if transition and isinstance(listed, ast.Assign | ast.AnnAssign) and isinstance(listed.value, ast.List):
        calls = listed.value.elts
        number = int(transition[1]) - 1
        if number < len(calls):
            return problem_at(calls[number], sentence)
    named = re.search(r"^pathway '([^']+)'", sentence) or re.search(rf"^{node.name}\.(\w+)", sentence)
    for inner in node.body:
        if named and isinstance(inner, ast.ClassDef) and named[1] in (inner.name, _id_of(body.plain.get(inner.name))):
            return problem_at(inner, sentence)
    if sentence.startswith("the entry pathway") and "__entry_pathway__" in body.places:
        return problem_at(body.places["__entry_pathway__"], sentence)
    return SourceProblem(problem.line, problem.column, sentence)


def _id_of(made: Any) -> str:
    return pathway_id(made) if isinstance(made, type) and issubclass(made, Pathway) else ""
