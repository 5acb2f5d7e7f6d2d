"""From the start of a process to its first answer: our agent against a script with the bare OpenAI client."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.bench.measure import report
from tests.bench.stub import ROOT, stub_model

pytestmark = pytest.mark.bench
OURS = """
import asyncio, sys
from agents.adapters.llm.providers import Providers
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.strategies import run_agent_spec
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
text = ScalarType(kind="str")
question, answer = FieldSpec(name="question", type=text), FieldSpec(name="answer", type=text)
signature = SignatureSpec(name="A", inputs=(question,), outputs=(answer,))
spec = AgentSpec(name="a", signature=signature, model=ModelSpec(provider="openai"))
models = Providers({"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": sys.argv[1]})
print(asyncio.run(run_in_memory(run_agent_spec, spec, {"question": "Open?"}, memory_ports(models=models))).output["answer"])
"""
FLOOR = """
import sys
from openai import OpenAI
client = OpenAI(api_key="sk-bench", base_url=sys.argv[1])
reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Open?"}])
print(reply.choices[0].message.content)
"""


def test_a_process_gives_its_first_answer_soon() -> None:
    with stub_model() as url:
        ours, floor = (min(_seconds(script, url) for _ in range(4)) for script in (OURS, FLOOR))
    report("process start to first answer, wall clock", ours, floor, "below 1", "s")


def _seconds(script: str, url: str) -> float:
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "yes" in done.stdout
    return time.monotonic() - started
