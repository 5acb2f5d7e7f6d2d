"""What control costs: a permission decision over 100 rules, a hook on an event, and the import of ``agents``."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from agents.core.autonomy.permissions import Layer, ToolFacts, decide
from agents.core.runtime.effects import Effect
from agents.core.spec.permissions import PermissionPolicy, PermissionRule
from tests.bench.measure import report
from tests.bench.stub import ROOT

pytestmark = pytest.mark.bench
IMPORTS = """
import sys, time
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))
before, started = resident(), time.perf_counter()
{code}
took = time.perf_counter() - started
print(took, resident() - before, "litellm" in sys.modules)
"""


def test_a_permission_decision_over_100_rules() -> None:
    rules = tuple(
        PermissionRule.model_validate({"pattern": f"(a|b){n}_.*", "permission_type": "ask", "priority": n}) for n in range(100)
    )
    layer = Layer("agent", PermissionPolicy(rules=rules))
    tool = ToolFacts("write_file", Effect.KEYED, "medium", True)
    patterns = [rule.pattern for rule in rules]
    decide(tool, [layer])

    import re

    compiled = [re.compile(pattern) for pattern in patterns]

    def floor() -> None:
        for pattern in compiled:
            pattern.fullmatch("write_file")

    fresh = _best(lambda: decide(tool, [Layer("agent", PermissionPolicy.model_construct(rules=rules))]), times=200)
    report(
        "permission decision over 100 rules, a tool called again", _best(lambda: decide(tool, [layer])), _best(floor), "below 2"
    )
    report("permission decision over 100 rules, for the first time", fresh, _best(floor), "printed")


def test_the_import_of_agents_is_light() -> None:
    ours = [_import("import agents; agents.SimpleQAAgent") for _ in range(4)]
    floor = [_import("import openai; openai.AsyncOpenAI") for _ in range(4)]
    assert not any(litellm for _, _, litellm in ours)
    report("import of agents, wall clock", min(t for t, _, _ in ours), min(t for t, _, _ in floor), "below 1", "s")
    memory = [min(m for _, m, _ in found) / 1024 for found in (ours, floor)]
    report("import of agents, memory", memory[0], memory[1], "below 1", "MiB")


def _import(code: str) -> tuple[float, int, bool]:
    command = [sys.executable, "-c", IMPORTS.format(code=code)]
    took, memory, litellm = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return float(took), int(memory), litellm == "True"


def _best(call: object, times: int = 2000) -> float:
    assert callable(call)
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(times):
            call()
        best = min(best, (time.perf_counter() - started) / times)
    return best
