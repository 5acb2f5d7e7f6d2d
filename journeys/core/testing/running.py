"""Runs one test case: its turns one after another, the person's decisions, the assertions. Touches nothing but models and
reads."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from agents.core.llm.port import ModelError
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.runtime.ports import Models, Ports, Tools
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies import run_agent_spec
from journeys.core.declare.session import TurnResult
from journeys.core.spec import JourneySpec
from journeys.core.testing.assertions.catalog import get_assertion
from journeys.core.testing.assertions.seen import Ask, Seen
from journeys.core.testing.case import CaseTurn, Expectation, TestCase
from journeys.core.testing.doubles import Doubles
from journeys.core.testing.session import CaseSession
from journeys.core.testing.trace import DecisionTrace, TurnTrace, tool_calls
from trust.core.errors import Invalid

MOST_DECISIONS = 20  # of one turn: a turn that asks without end fails


class Checked(Frozen):
    """One assertion and what became of it. ``turn`` counts from 1; 0: judged after the last turn."""

    turn: int
    check: str
    passed: bool
    expected: str
    got: str


class CaseResult(Frozen):
    """How a case went. ``problem`` says why it could not go on: no assertion failed, but the case itself did."""

    name: str
    passed: bool
    turns: tuple[TurnTrace, ...]
    checks: tuple[Checked, ...]
    problem: str = ""
    cost_microusd: int | None = 0
    tokens: int = 0
    duration_s: float = 0.0

    @property
    def reasons(self) -> list[str]:
        """Why it failed, a line for each reason."""
        failed = [c for c in self.checks if not c.passed]
        lines = [f"{_place(c.turn)}: {c.check}: expected {c.expected}; got {c.got}" for c in failed]
        return [*([self.problem] if self.problem else []), *lines]


class Broken(Exception):
    """The case cannot go on; the message says why."""


async def run_case(
    spec: JourneySpec, case: TestCase, *, models: Models, tools: Tools, around: Ports | None = None
) -> CaseResult:
    """Runs ``case`` on a session of its own. ``around``: the ports of the run that it is part of."""
    return await _Running(spec, case, models, tools, around).run()


class _Running:
    def __init__(self, spec: JourneySpec, case: TestCase, models: Models, tools: Tools, around: Ports | None):
        self.spec, self.case, self.models = spec, case, models
        self.doubles = Doubles(tools, case.tools)
        self.session = CaseSession(spec, models=models, doubles=self.doubles, around=around, session_id="test")
        self.turns: list[TurnTrace] = []
        self.checks: list[Checked] = []
        self.judge_cost: list[int | None] = []
        self.judge_tokens = 0

    async def run(self) -> CaseResult:
        began, problem = perf_counter(), ""
        try:
            await self.session.open(self.case.context, self.case.variables)
            for number, turn in enumerate(self.case.turns, 1):
                await self._turn(number, turn)
            await self._judge(0, self.case.expect, self.turns)
        except Broken as broken:
            problem = str(broken)
        except Invalid as refused:  # variables that the journey does not declare
            problem = "; ".join(f"{p['where']}: {p['message']}" for p in refused.problems)
        costs = [*(t.cost_microusd for t in self.turns), *self.judge_cost]
        known = [cost for cost in costs if cost is not None]
        return CaseResult(
            name=self.case.name,
            passed=not problem and all(c.passed for c in self.checks),
            turns=tuple(self.turns),
            checks=tuple(self.checks),
            problem=problem,
            cost_microusd=sum(known) if len(known) == len(costs) else None,
            tokens=sum(t.tokens for t in self.turns) + self.judge_tokens,
            duration_s=round(perf_counter() - began, 3),
        )

    async def _turn(self, number: int, turn: CaseTurn) -> None:
        trace = await self._say(number, turn)
        self.turns.append(trace)
        if self.doubles.undeclared:
            raise Broken(f"turn {number}: {'; '.join(self.doubles.undeclared)}; add it under tools")
        expected = turn.expect if number < len(self.case.turns) else (*turn.expect, *self.case.expect)
        if trace.code and not any(e.check == "failed" for e in expected):
            raise Broken(f"turn {number} failed with {trace.code}: {trace.error}")
        await self._judge(number, turn.expect, [trace])

    async def _say(self, number: int, turn: CaseTurn) -> TurnTrace:
        began = perf_counter()
        decided: list[DecisionTrace] = []
        code = error = ""
        result: TurnResult | None = None
        try:
            if turn.silence_s is not None:
                result = await self.session.keep_silent(turn.silence_s, turn.play)
            else:
                result = await self.session.process_message(turn.says, turn.play)
            while result.waiting_on is not None:
                result = await self._decide(number, turn, result, decided)
        except RuntimeFault as fault:
            code, error = fault.code, str(fault)
        if len(decided) < len(turn.decisions) and not code:
            unused = len(turn.decisions) - len(decided)
            raise Broken(f"turn {number}: {unused} of its decisions were never asked for")
        steps = await self.session.steps()
        costs = [step.total_microusd for step in steps]
        known = [cost for cost in costs if cost is not None]
        state = self.session.state
        return TurnTrace(
            says=turn.says,
            silence_s=turn.silence_s,
            simulate=turn.simulate,
            tool=turn.tool,
            reply=result.message if result and not code else "",
            summary=dict(result.metadata) if result and not code else {},
            context=dict(state.context) if state else {},
            tools=tool_calls(steps),
            decisions=tuple(decided),
            code=code,
            error=error,
            cost_microusd=sum(known) if len(known) == len(costs) else None,
            tokens=sum(step.input_tokens + step.output_tokens for step in steps),
            duration_s=round(perf_counter() - began, 3),
        )

    async def _decide(self, number: int, turn: CaseTurn, asked: TurnResult, decided: list[DecisionTrace]) -> TurnResult:
        waiting = asked.waiting_on or {}
        kind, title = str(waiting.get("on", "")), str(waiting.get("title", ""))
        if len(decided) >= min(len(turn.decisions), MOST_DECISIONS):
            raise Broken(f"turn {number} waits for a person ({kind}: {title}), and the case declares no decision for it")
        word = turn.decisions[len(decided)]
        decided.append(DecisionTrace(kind=kind, title=title, decision=word.decision, reason=word.reason, answer=word.answer))
        return await self.session.decide(word.decision, reason=word.reason, arguments=word.arguments, result=word.answer)

    async def _judge(self, number: int, expected: Sequence[Expectation], turns: Sequence[TurnTrace]) -> None:
        for each in expected:
            assertion = get_assertion(each.check)
            seen = Seen(self.spec, turns, tuple(self.turns), self._ask())
            verdict = await assertion.judge(assertion.Params.model_validate(each.params), seen)
            self.checks.append(
                Checked(turn=number, check=each.check, passed=verdict.passed, expected=verdict.expected, got=verdict.got)
            )

    def _ask(self) -> Ask:
        async def ask(agent: AgentSpec, values: dict[str, Any]) -> dict[str, Any]:
            try:
                provider, _ = self.models.get(agent.model)
            except ModelError as error:
                raise NoJudge(str(error)) from None
            if provider.name == "demo":
                raise NoJudge("the demo model is no AI and judges nothing; choose a model in Settings, or name one here")
            ports = memory_ports(models=self.models)
            outcome = await run_in_memory(run_agent_spec, agent, values, ports)
            self.judge_cost.append(int(getattr(ports.journal, "spent_microusd", 0)))
            self.judge_tokens += getattr(ports.journal, "tokens", 0)
            if outcome.status != "succeeded" or outcome.output is None:
                raise NoJudge(str(outcome.error.get("message") or "the judge gave no answer"))
            return outcome.output

        return ask


class NoJudge(RuntimeFault):
    """No model judged."""

    code = "not_judged"


def _place(turn: int) -> str:
    return f"turn {turn}" if turn else "at the end"
