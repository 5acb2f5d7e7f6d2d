"""Scripts of the scripted model for whole runs of strategies: for tests in memory and, as ``KAIZEN_SCRIPTED``, in a browser.

Every reply matches its own moment of the run, so a script can be played any number of times.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = "<a href='https://one.example/'>One</a> <a href='https://two.example/'>Two</a>"


@dataclass(frozen=True)
class Script:
    """What to run and what the model says. ``replies`` are in the JSON form of ``ScriptedReply``."""

    task: str
    replies: list[dict[str, Any]]
    tools: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    permissions: dict[str, Any] = field(default_factory=lambda: {"mode": "accept_edits"})

    def write(self, path: Path, *more: Script) -> Path:
        """The file for ``KAIZEN_SCRIPTED``; ``more`` scripts answer from the same file."""
        replies = [reply for script in (self, *more) for reply in script.replies]
        path.write_text(json.dumps({"replies": replies}))
        return path


def react_with_five_tools(answer: str = "answer") -> Script:
    """Five cycles with a tool each, then the end. ``answer``: the agent's text output."""
    steps = [
        _calls("Collect the links", "write_file", {"path": "page.html", "content": PAGE}, "I write the page down first."),
        _decides('{"path": "page.html", "size"', "list_directory", {"path": "."}, "The page is written; what is there now?"),
        _calls('"files": ["page.html"]', "file_exists", {"path": "page.html"}, "Is it a file?"),
        _calls('"is_file": true, "path": "page.html"', "read_file", {"path": "page.html"}, "It is; I read it."),
        _calls('"content": "<a href=\'', "extract_links", {"html": PAGE}, "Now for its links."),
        {"match": "unique_links", "json": _decision("finish", "Both links are known.", confidence=0.95)},
        {"match": "Now give the final answer", "json": {answer: "The links lead to one.example and two.example."}},
    ]
    tools = ("write_file", "list_directory", "file_exists", "read_file", "extract_links")
    return Script("Collect the links of the page.", steps[::-1], tools, {"max_cycles": 8})


def planning_with_a_dependency_and_a_replan(result: str = "final_result") -> Script:
    """The first plan depends on a step that does not exist; the second holds: write, read what was written, summarize."""
    write = {"path": "report.txt", "content": "Qubits hold two states at once."}
    good = [
        plan_step(1, "Write the draft", tool="write_file", arguments=write),
        plan_step(2, "Read it back", tool="read_file", arguments={"path": "{step1.path}"}, dependencies=[1]),
        plan_step(3, "Summarize it", dependencies=[2]),
    ]
    bad = [good[0], plan_step(2, "Summarize the sources", dependencies=[7])]
    replies = [
        {"match": "Make a plan for the task", "json": {"plan": bad}},
        {"match": "Your earlier plan did not hold", "json": {"plan": good}},
        {"match": "You do one step of a plan", "json": {"result": "Qubits: two states.", "problem": ""}},
        {"match": "A plan was made for the task", "json": {result: "In short: a qubit holds two states at once."}},
    ]
    return Script("Create a research report on quantum computing.", replies[::-1], ("write_file", "read_file"))


def pev_with_two_refinements(result: str = "final_result") -> Script:
    """Two drafts are sent back, the third passes."""
    judged = [
        ("Draft one", _judgement(0.4, ["no price"], "Name the price.")),
        ("Draft two", _judgement(0.6, ["no date"], "Name the date.")),
        ("Draft three", _judgement(0.92, [], "")),
    ]
    verify = [{"match": f'result_to_judge: {{"{result}": "{draft}', "json": judgement} for draft, judgement in judged]
    execute = [
        {"match": '"feedback": "Name the date."', "json": {result: "Draft three: 5 euros from Monday on."}},
        {"match": '"feedback": "Name the price."', "json": {result: "Draft two: 5 euros."}},
        {"match": "Do the task by the plan", "json": {result: "Draft one."}},
    ]
    plan = {"match": "Before any work", "json": {"plan": ["Say what it costs", "Say from when on"]}}
    return Script("Write the notice about tickets.", [*verify, *execute, plan])


def tot_with_four_paths(result: str = "final_result") -> Script:
    """Four ways; the third is the best by both criteria together."""
    ways = [("Open a shop", 0.5, 0.4), ("Sell by post", 0.6, 0.6), ("Go by partners", 0.7, 0.9), ("Wait a year", 0.8, 0.1)]
    replies: list[dict[str, Any]] = [
        {"match": 'way_to_go: {"approach": "Go by partners"', "json": {result: "Partners carry the product."}},
    ]
    for number, (approach, cost, speed) in enumerate(ways, 1):
        scores = {"cost": cost, "speed": speed}
        told = {"reasons": f"{approach}: judged.", "scores": scores}
        thought = {"approach": approach, "steps": [f"Begin to {approach.lower()}"], "reasoning": "It may work."}
        replies.append({"match": f'way: {{"approach": "{approach}"', "json": told})
        replies.append({"match": f"you are number {number} of 4", "json": thought})
    params = {"num_paths": 4, "evaluation_criteria": ["cost", "speed"]}
    return Script("Choose how to go to market.", replies, params=params)


def plan_step(step: int, action: str, **more: Any) -> dict[str, Any]:
    """A step as a model gives it."""
    usual: dict[str, Any] = {"description": f"{action}.", "tool": None, "arguments": None, "dependencies": []}
    return {"step": step, "action": action, **usual, **more}


def _calls(match: str, tool: str, arguments: dict[str, Any], thought: str) -> dict[str, Any]:
    call = {"id": f"call_{tool}", "name": tool, "arguments": arguments}
    return {"match": match, "text": thought, "tool_calls": [call]}


def _decides(match: str, tool: str, arguments: dict[str, Any], thought: str) -> dict[str, Any]:
    """The call as a typed decision, as models without tool calls of their own give it."""
    return {"match": match, "json": {**_decision("tool_use", thought), "tool": tool, "action_input": arguments}}


def _decision(action: str, thought: str, *, confidence: float = 0.3) -> dict[str, Any]:
    return {"thought": thought, "action": action, "tool": None, "action_input": None, "confidence": confidence}


def _judgement(score: float, issues: list[str], feedback: str) -> dict[str, Any]:
    return {"issues": issues, "feedback": feedback, "score": score, "passed": not issues}
