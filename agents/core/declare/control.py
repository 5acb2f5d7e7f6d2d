"""What every agent has beside its run: a person to ask, interrupts, hooks and checkpoints. Each is made when it is first used;
an agent that uses none of them pays nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agents.core.autonomy.hook_registry import HookEvent, HookPriority, HookRegistry
from agents.core.declare.config import setting
from trust.core.canonical import digest

if TYPE_CHECKING:
    from agents.core.autonomy.checkpoints import CheckpointStore
    from agents.core.autonomy.interrupting import InterruptManager, InterruptReason
    from agents.core.control.protocol import ControlProtocol
    from agents.core.runtime.outcome import Outcome, Runner
    from agents.core.runtime.ports import Ports
    from agents.core.spec.agent import AgentSpec


class ControlSurface:
    """``control`` is a started ``ControlProtocol``; ``checkpoints`` a store, one in memory if none is given."""

    spec: AgentSpec
    config: Any
    control: ControlProtocol | None = None
    checkpoints: CheckpointStore | None = None
    _interrupts: InterruptManager | None = None
    _hooks: HookRegistry | None = None

    @property
    def interrupt_manager(self) -> InterruptManager:
        """Made on first use; from then on Ctrl+C is a graceful stop and a second one an immediate one."""
        if self._interrupts is None:
            from agents.core.autonomy.interrupting import InterruptManager

            grace = setting(self.config, "graceful_shutdown_timeout")
            self._interrupts = InterruptManager(grace_s=None if grace is None else float(grace))
        return self._interrupts

    @property
    def hooks(self) -> HookRegistry:
        if self._hooks is None:
            self._hooks = HookRegistry()
        return self._hooks

    _hook_manager = hooks

    def register_hook(
        self, event: HookEvent | str | Any, hook: Callable[..., Any] | None = None, priority: int = HookPriority.NORMAL
    ) -> None:
        """``register_hook(HookEvent.PRE_TOOL_USE, function)``, or an object with ``events`` and ``handle(context)``."""
        if hook is None:
            self.hooks.register_hook(event, priority)
        else:
            self.hooks.register(event, hook, priority)

    async def ask_user_question(
        self, question: str, options: list[str] | None = None, *, timeout_s: float | None = None
    ) -> str | None:
        """The person's answer, one of ``options`` where there are any; ``None`` when they decline."""
        return await self._person().ask_user_question(question, options, timeout_s=timeout_s)

    async def request_approval(
        self, title: str, details: dict[str, Any] | None = None, *, risk: str = "medium", timeout_s: float | None = None
    ) -> bool:
        """Whether the person approves ``title``, seeing ``details`` in full."""
        return await self._person().request_approval(title, details, risk=risk, timeout_s=timeout_s)

    async def report_progress(self, message: str, percentage: float | None = None) -> None:
        """Tells who watches, if anybody does; ``percentage`` is 0 to 100."""
        if self.control is not None:
            await self.control.report_progress(message, percentage)
        elif percentage is not None and not 0 <= percentage <= 100:
            raise ValueError(f"a percentage is between 0 and 100, got {percentage}")

    def _person(self) -> ControlProtocol:
        if self.control is None:
            raise RuntimeError(
                f"agent {self.spec.name} has nobody to ask: give it control=ControlProtocol(CLITransport()), started"
            )
        return self.control

    async def _drive(
        self, runner: Runner, spec: AgentSpec, values: dict[str, Any], ports: Ports, *, resume_from: str = ""
    ) -> Outcome:
        """One run under all of it. Raises ``InterruptedError`` with the checkpoint from which it can go on."""
        interrupts = self._wanted_interrupts()
        if not (interrupts or self._hooks or self.control or resume_from):
            from agents.core.runtime.memory import run_in_memory

            return await run_in_memory(runner, spec, values, ports)
        from dataclasses import replace

        from agents.core.control.driver import run_with_control

        if self.control is not None and not self.control.is_running:
            await self.control.start()
        ports = replace(ports, hooks=self._hooks)
        run_id = await self._restore(resume_from, values, ports) if resume_from else uuid4().hex
        async with self._interrupt_hooks(run_id):
            outcome = await run_with_control(
                runner, spec, values, ports, self.control, run_id=run_id, interrupts=self._wanted_interrupts()
            )
            if outcome.status in ("stopped", "interrupted") and interrupts is not None and interrupts.reason is not None:
                raise await self._interrupted(interrupts.reason, run_id, values, ports)
        return outcome

    def _hearing_ctrl_c(self) -> contextlib.AbstractContextManager[None]:
        """For a plain call, which waits on the main thread while the run is on another."""
        from agents.core.autonomy.interrupting import ctrl_c

        interrupts = self._wanted_interrupts()
        return contextlib.nullcontext() if interrupts is None else ctrl_c(interrupts)

    def _wanted_interrupts(self) -> InterruptManager | None:
        """There is one as soon as anybody asked for it: code, the config, a hook that may stop, or an outer run."""
        if self._interrupts is None:
            from agents.core.autonomy.interrupting import CURRENT

            if self._hooks or CURRENT.get() is not None or setting(self.config, "enable_interrupts"):
                return self.interrupt_manager
        return self._interrupts

    async def _interrupted(
        self, reason: InterruptReason, run_id: str, values: dict[str, Any], ports: Ports
    ) -> InterruptedError:
        from agents.core.autonomy.interrupting import InterruptedError as Interrupted

        if setting(self.config, "checkpoint_on_interrupt") is not False:
            reason = reason.having(checkpoint_id=await self._save_checkpoint(reason, run_id, values, ports))
            self.interrupt_manager.reason = reason
        return Interrupted(reason)

    async def _save_checkpoint(self, reason: InterruptReason, run_id: str, values: dict[str, Any], ports: Ports) -> str:
        from agents.core.autonomy.checkpoints import Checkpoint, dump_events, new_id

        checkpoint = Checkpoint(
            id=new_id(),
            run_id=run_id,
            agent=self.spec.name,
            spec_digest=self._digest(),
            inputs=values,
            events=dump_events(await ports.journal.load()),
            reason=reason.as_stop().as_data(),
            made_at=ports.clock.now(),
        )
        about = {"checkpoint_id": checkpoint.id, "events": len(checkpoint.events)}
        await self._tell(HookEvent.PRE_CHECKPOINT_SAVE, run_id, about)
        await self._store().save(checkpoint)
        await self._tell(HookEvent.POST_CHECKPOINT_SAVE, run_id, about)
        return checkpoint.id

    async def _restore(self, checkpoint_id: str, values: dict[str, Any], ports: Ports) -> str:
        """Fills the empty journal with the checkpoint's; the id of its run."""
        from agents.core.autonomy.checkpoints import load_events
        from agents.core.runtime.memory import MemoryJournal

        checkpoint = await self._store().load(checkpoint_id)
        if checkpoint.spec_digest != self._digest():
            raise ValueError(
                f"checkpoint {checkpoint_id} was made with another version of agent {checkpoint.agent}"
                f" ({checkpoint.spec_digest}, not {self._digest()}); resume it with that one"
            )
        values.clear()
        values.update(checkpoint.inputs)
        journal = ports.journal
        if not isinstance(journal, MemoryJournal):
            raise TypeError(f"a checkpoint is resumed over a journal in memory, not over {type(journal).__name__}")
        journal.events = load_events(checkpoint.events)
        usages = [e.payload.get("usage") or {} for e in journal.events]
        journal.spent_microusd = sum(usage.get("cost_microusd") or 0 for usage in usages)
        journal.tokens = sum(usage.get("input_tokens", 0) + usage.get("output_tokens", 0) for usage in usages)
        return checkpoint.run_id

    def _store(self) -> CheckpointStore:
        if self.checkpoints is None:
            from agents.core.autonomy.checkpoints import MemoryCheckpoints

            self.checkpoints = MemoryCheckpoints()
        return self.checkpoints

    def _digest(self) -> str:
        return digest(self.spec.model_dump(mode="json"))

    @contextlib.asynccontextmanager
    async def _interrupt_hooks(self, run_id: str) -> AsyncIterator[None]:
        """PRE_INTERRUPT when a stop is asked for, from whatever thread; POST_INTERRUPT when it is done. Neither holds it up."""
        hooks, interrupts = self._hooks, self._interrupts
        if hooks is None or interrupts is None:
            yield
            return
        loop, told = asyncio.get_running_loop(), set[asyncio.Task[None]]()

        def start(about: dict[str, Any]) -> None:
            told.add(loop.create_task(self._tell(HookEvent.PRE_INTERRUPT, run_id, about)))

        def tell(reason: InterruptReason) -> None:
            loop.call_soon_threadsafe(start, reason.as_stop().as_data())

        interrupts.on_request.append(tell)
        try:
            yield
        finally:
            interrupts.on_request.remove(tell)
            await asyncio.gather(*told, return_exceptions=True)
            if told and interrupts.reason is not None:
                about = interrupts.reason.as_stop().as_data()
                await self._tell(HookEvent.POST_INTERRUPT, run_id, {**about, **interrupts.reason.metadata})

    async def _tell(self, event: HookEvent, run_id: str, data: dict[str, Any]) -> None:
        if self._hooks is not None:
            await self._hooks.trigger(event, run_id=run_id, agent=self.spec.name, data=data)


def resume_point(spec: AgentSpec, inputs: dict[str, Any]) -> str:
    """Takes ``resume_from`` out of the inputs of a run, unless the signature has an input of that name."""
    if any(field.name == "resume_from" for field in spec.signature.inputs):
        return ""
    return str(inputs.pop("resume_from", None) or "")
