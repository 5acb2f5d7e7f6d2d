"""Every example of the docs runs as it stands: in a process of its own, without keys, with a clean data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").rglob("*.py"))
SAID = {
    "chain_of_thought": "Answer: 155 minutes (confidence 0.95, verified: True)",
    "react": "count_stock({'article': 'lamp'}) said 3\nThere are 3 lamps in stock. (2 of 5 cycles)",
    "planning": "The plan is valid.\n1. Find a source: completed\n2. Write the report: completed\nThe report:",
    "pev": "Attempt 1 did not pass: no type hints\nJudgement: 0.95\ndef add(a: float, b: float) -> float: return a + b",
    "tree_of_thoughts": "3. Partners, from this angle: the cheapest and smallest thing that works: 0.7",
    "simple_qa": "Hello, Alice!\nYou said: My name is Alice\nI do not know. The confidence 0.2 is below 0.5.",
    "memory": "After forgetting: 0 turns\nEarlier you said: “I am Grace.”",
    "rag_research": "Sources: warranty",
    "code_generation": "3 lines of python, tests: True\nExecuted: ",
    "vision": "a PNG image of 320 by 200 pixels, mostly red",
    "transcription": "1.5 s, 0 segments, confidence None, by demo:rules",
    "batch": "Paris, Tokyo, Lima\n3 of 3 succeeded, failures: []",
    "resilient": "Answered by demo:rules; a fallback was used: True\n  openai:gpt-4o-mini: not_configured",
    "streaming_chat": "pieces)",
    "self_reflection": "Autumn moon at dawn / a heron leaves the water / rings go out, and out\nQuality 0.9 after 2 attempts.",
    "human_approval": "approved after 1 revision: We are sorry: your parcel is late. It comes on Friday.",
    "customer_support": "(to approve: Refund order A1002: damaged)\n> I want a refund\nDone: order A1002 is refunded",
    "employee_onboarding": "Equipment: ['laptop', 'headset'] 3 March",
    "healthcare_referral": "-000001\n",
    "incident_response": "State: stopped ['Test releases with real traffic']",
    "invoice_approval": "Trail: ['it matches its order', 'a person approved the payment']",
    "it_service_desk": "Urgency: 3 ticket",
    "research_brief": "Wishes: ['Make it shorter'] True",
    "sales_qualification": "Grade: hot True",
    "autonomous": "In summer 9, 12 and 9 pieces were sold. (2 cycles, stopped by finish)",
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_without_keys(example: Path, tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "KAIZEN_DATA": str(tmp_path),
        "KAIZEN_LOCAL_MODELS": "0",
        "KAIZEN_DEMO_TOKENS_PER_S": "0",
    }
    done = subprocess.run(
        [sys.executable, str(example)], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "an example shows what came of it"
    assert SAID.get(example.stem, "") in done.stdout
