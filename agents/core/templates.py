"""Agents to begin with: one for each way of working, ready to run on any model. The browser's "create from a template".

Each is a ready-made agent class, loaded when its spec is asked for; a new template is one line here.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

from agents.core.spec.agent import AgentSpec, DemoRule, ToolUse
from agents.core.spec.errors import InvalidSpec


@dataclass(frozen=True, slots=True)
class Template:
    """``when`` is one sentence on when to use it; ``agent`` the dotted place of its class; ``example`` inputs to try it with.

    ``tools``, ``params`` of the strategy and ``demo`` rules (before the class's own) are what the draft has beside the class's.
    """

    key: str
    title: str
    when: str
    agent: str
    example: dict[str, Any]
    takes_file: str = ""  # image or audio: what has to be uploaded before it can be tried
    tools: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    demo: tuple[DemoRule, ...] = ()

    @property
    def spec(self) -> AgentSpec:
        """What a draft begins with; named after the template."""
        if self.key not in _SPECS:
            _SPECS[self.key] = _build(self)
        return _SPECS[self.key]


_DECLARE = "agents.core.declare"
_DOCUMENTS = [
    {
        "id": "warranty",
        "title": "Warranty",
        "text": "The warranty of the kettle is three years from the day of purchase. Keep the receipt.",
    },
    {
        "id": "cleaning",
        "title": "Cleaning",
        "text": "Descale the kettle once a month with vinegar or citric acid, and rinse it twice.",
    },
    {
        "id": "safety",
        "title": "Safety",
        "text": "Never fill the kettle above the mark, and keep the cable away from the edge of the table.",
    },
]
_ALL = (
    Template(
        "simple_qa",
        "Question and answer",
        "One question, one answer with a confidence: the place to begin.",
        f"{_DECLARE}.simple_qa:SimpleQAAgent",
        {"question": "What is a signature?"},
    ),
    Template(
        "memory",
        "Conversation with memory",
        "When later questions build on what was said earlier in the conversation.",
        f"{_DECLARE}.memory:MemoryAgent",
        {"message": "My name is Ada."},
    ),
    Template(
        "streaming_chat",
        "Streaming chat",
        "When people should read the answer while it is written.",
        f"{_DECLARE}.streaming_chat:StreamingChatAgent",
        {"message": "Hello!"},
    ),
    Template(
        "chain_of_thought",
        "Chain of thought",
        "When the answer needs several steps of reasoning that somebody may want to check.",
        f"{_DECLARE}.chain_of_thought:ChainOfThoughtAgent",
        {"problem": "A train leaves at 9:40 and arrives at 11:05. How long does it take?"},
    ),
    Template(
        "react",
        "ReAct",
        "When it has to find things out by tools and decide what to do next by what it found.",
        f"{_DECLARE}.react:ReActAgent",
        {"task": "What time is it now?"},
        tools=("current_time", "list_directory", "read_file", "write_file", "ask_user_question"),
        demo=(
            DemoRule(when=(r"re:\b(time|date|day|today|now)\b",), call="current_time"),
            DemoRule(
                after="current_time",
                set={
                    "thought": "The clock has told the time.",
                    "action": "finish",
                    "confidence": 0.9,
                    "answer": "It is {current_time.utc}, a {current_time.weekday}.",
                },
            ),
        ),
    ),
    Template(
        "planning",
        "Planning",
        "When the work should be planned and checked before anything is done: research, compliance, reports.",
        f"{_DECLARE}.planning:PlanningAgent",
        {"task": "Prepare a report on our suppliers."},
    ),
    Template(
        "pev",
        "Plan, execute, verify",
        "When quality counts: the result is verified and refined until it passes.",
        f"{_DECLARE}.pev:PEVAgent",
        {"task": "Write a product description for a bicycle."},
    ),
    Template(
        "tree_of_thoughts",
        "Tree of thoughts",
        "When several different ways should be weighed against each other: strategy and creative work.",
        f"{_DECLARE}.tree_of_thoughts:ToTAgent",
        {"task": "Choose a go-to-market strategy for a small brewery."},
    ),
    Template(
        "self_reflection",
        "Self-reflection",
        "When a first attempt is rarely good enough and a critique would mend it.",
        f"{_DECLARE}.self_reflection:SelfReflectionAgent",
        {"task": "Write a haiku about autumn."},
    ),
    Template(
        "autonomous",
        "Autonomous loop",
        "When it should work on its own for many cycles, within limits, until the task is done.",
        f"{_DECLARE}.autonomous:BaseAutonomousAgent",
        {"task": "Find three names for a bakery."},
    ),
    Template(
        "rag_research",
        "Research over documents",
        "When answers must rest on documents of yours and name them as sources.",
        f"{_DECLARE}.rag_research:RAGResearchAgent",
        {"query": "How long is the warranty?"},
        params={"documents": _DOCUMENTS},
    ),
    Template(
        "code_generation",
        "Code generation",
        "When code is to be written with tests, and run against them in the sandbox if you switch that on.",
        f"{_DECLARE}.code_generation:CodeGenerationAgent",
        {"task_description": "A function that greets somebody by name."},
    ),
    Template(
        "vision",
        "Image analysis",
        "When questions are about images: photos, receipts, drawings. Needs a model that sees.",
        f"{_DECLARE}.vision:VisionAgent",
        {"question": "What is in this image?"},
        "image",
    ),
    Template(
        "transcription",
        "Transcription",
        "When speech in a recording is to become text. Needs a provider with a speech model.",
        f"{_DECLARE}.transcription:TranscriptionAgent",
        {},
        "audio",
    ),
    Template(
        "batch",
        "Batch",
        "When the same has to be done for many items, several at once.",
        f"{_DECLARE}.batch:BatchProcessingAgent",
        {"prompts": ["Name a fruit.", "Name a city."]},
    ),
    Template(
        "resilient",
        "Model fallback",
        "When there must be an answer even while a provider is down: further models are asked in turn.",
        f"{_DECLARE}.resilient:ResilientAgent",
        {"query": "Are you there?"},
    ),
    Template(
        "human_approval",
        "Answer with approval",
        "When a person must read the answer before it is given.",
        f"{_DECLARE}.human_approval:HumanApprovalAgent",
        {"prompt": "Draft a reply to a complaint about a late delivery."},
    ),
)
TEMPLATES: dict[str, Template] = {template.key: template for template in _ALL}


def list_templates() -> list[Template]:
    """In the order in which people are shown them: the simple ones first."""
    return list(TEMPLATES.values())


def get_template(key: str) -> Template:
    """Raises ``InvalidSpec`` that lists the known keys."""
    if key not in TEMPLATES:
        told = f"there is no template {key!r}; the templates are: {', '.join(TEMPLATES)}"
        raise InvalidSpec(problems=[{"where": "template", "message": told}])
    return TEMPLATES[key]


def _build(template: Template) -> AgentSpec:
    module, _, name = template.agent.partition(":")
    spec: AgentSpec = getattr(importlib.import_module(module), name)().spec
    return AgentSpec.model_validate(
        {
            **spec.__dict__,
            "name": template.title.replace(",", ""),
            "tools": (*spec.tools, *(ToolUse(name=tool) for tool in template.tools)),
            "strategy_params": {**spec.strategy_params, **template.params},
            "demo": (*template.demo, *spec.demo),
        }
    )


_SPECS: dict[str, AgentSpec] = {}
