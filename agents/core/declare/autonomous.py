"""BaseAutonomousAgent: works in cycles on its own until it is done, and can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature, as_spec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, OptionalType, ScalarType


@dataclass
class AutonomousConfig(BaseAgentConfig):
    """``enable_interrupts``: Ctrl+C and handlers can stop a run; a graceful stop that takes longer than
    ``graceful_shutdown_timeout`` seconds becomes an immediate one; ``checkpoint_on_interrupt`` keeps where it can go on."""

    max_cycles: int = 20
    planning_enabled: bool = True
    confidence_threshold: float = 0.9
    allow_clarify: bool = True
    enable_interrupts: bool = True
    graceful_shutdown_timeout: float = 5.0
    checkpoint_on_interrupt: bool = True


class AutonomousSignature(Signature):
    """Do the task."""

    task: str = InputField("The task to do", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    result: str = OutputField("The result of the task")


class Account(Signature):
    """What every autonomous agent tells of its work, beside the outputs of its signature."""

    plan: list[str] = OutputField("The milestones it set out with")
    cycles_used: int = OutputField("How many cycles it took")
    total_cycles: int = OutputField("How many cycles it could have taken")
    stopped_by: str = OutputField("What ended it: finish, no_tool_calls, confidence or max_cycles")


class BaseAutonomousAgent(BaseAgent):
    """Works on a task in cycles, with its tools, until it is done. Its results are the signature's outputs and ``plan``,
    ``cycles_used``, ``total_cycles`` and ``stopped_by``."""

    __strategy__ = "autonomous"
    __signature__: Any = AutonomousSignature

    def __init__(self, config: Any = None, signature: Any = None, **options: Any):
        own = as_spec(self.__signature__ if signature is None else signature)
        super().__init__(AutonomousConfig() if config is None else config, with_account(own), **options)

    async def run_autonomous(self, task: str = "", **inputs: Any) -> Result:
        """Works on ``task``: the input of that name, or else the signature's first text input. With ``resume_from`` alone it
        goes on where it was interrupted."""
        given = {task_input(self.spec.signature): task} if task else {}
        return await self.run_async(**given, **inputs)


def with_account(sig: SignatureSpec) -> SignatureSpec:
    """``sig`` and those outputs of ``Account`` whose names it does not use itself."""
    taken = {field.name for field in (*sig.inputs, *sig.outputs)}
    more = tuple(field for field in Account.spec.outputs if field.name not in taken)
    return sig.model_copy(update={"outputs": (*sig.outputs, *more)})


def task_input(sig: SignatureSpec) -> str:
    """The input that holds the task. Raises ``TypeError`` when there is none."""
    texts = [field.name for field in sig.inputs if _is_text(field)]
    if not texts:
        known = ", ".join(field.name for field in sig.inputs) or "none"
        raise TypeError(f"{sig.name} has no text input for a task; its inputs: {known}")
    return "task" if "task" in texts else texts[0]


def _is_text(field: FieldSpec) -> bool:
    type_ = field.type.of if isinstance(field.type, OptionalType) else field.type
    return isinstance(type_, ScalarType) and type_.kind == "str"
