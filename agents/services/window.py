"""The context windows of a run: what each of its model calls was shown, by share. The caller has authorized the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.inspect.labels import step_label
from agents.core.inspect.prompts import read_prompt
from agents.core.inspect.window import Segment, cut_window
from agents.services.runs import list_steps


@dataclass(frozen=True, slots=True)
class CallWindow:
    """One model call: ``tokens`` as the provider counted them, or the sum of the estimates while it has not answered."""

    path: str
    label: str
    agent: str
    model: str
    tokens: int
    segments: tuple[Segment, ...]


def list_windows(run: Any) -> list[CallWindow]:
    """Every model call of ``run``, in order."""
    steps = list_steps(run)
    found = []
    for step in steps:
        prompt = read_prompt(step, steps, run.inputs)
        if prompt is None:
            continue
        segments = cut_window(prompt, step.input_tokens)
        model = str(prompt.model.get("model") or prompt.model.get("provider") or "")
        tokens = sum(segment.tokens for segment in segments)
        found.append(CallWindow(step.path, step_label(step), step.agent, model, tokens, segments))
    return found
