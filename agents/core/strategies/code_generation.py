"""Code that is written with its tests and, where that is asked for, run against them; a failure goes back with its output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from agents.core.runtime.calls import InvalidArguments, call_tool
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import CallRejected, PermissionRefused, RuntimeFault, StepFailed, UnknownTool
from agents.core.spec.agent import AgentSpec, ToolUse
from agents.core.spec.types import FieldSpec, Frozen
from agents.core.strategies.asking import STOPPED
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.question import Given, Job, text

TOOL = "run_python"
CODE, TESTS = "solution.py", "test_solution.py"
WRITE = "Write complete code that can be used as it is: no placeholders, no parts left out. Programming language: {language}."
WRITE_TESTS = f"Write test_cases as one unittest module that imports from solution (the code will be saved as {CODE})."
NO_TESTS = "Leave test_cases empty."
REPAIR = "An earlier version failed its tests; you are given it and the output. Find the cause and write everything anew."
SHOWN = 6000  # characters of output that go back: the end, where the failure is told


class CodeGenerationParams(Frozen):
    programming_language: str = Field(default="python", description="Unless an input named language says another one.")
    include_tests: bool = Field(default=True, description="Whether tests are written along with the code.")
    include_documentation: bool = Field(default=True, description="Whether documentation is written along with the code.")
    run_tests: bool = Field(
        default=False, description="Whether the code is run against its tests in the sandbox (Python only)."
    )
    max_repairs: int = Field(default=2, ge=0, le=10, description="How often failing code is sent back with the output.")
    timeout_s: float = Field(default=20.0, gt=0, le=300, description="How long one run of the tests may take, in seconds.")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of running the tests: ``status`` is passed, failed or not_run, ``reason`` why."""

    status: str
    reason: str
    output: str = ""


class CodeGeneration:
    """Write, run the tests, repair."""

    title = "Code generation"
    Params = CodeGenerationParams
    provides: dict[str, str] = {
        "lines_of_code": "Lines of the code that are not empty",
        "has_tests": "Whether there are tests",
        "has_documentation": "Whether there is documentation",
        "executed": "Whether the code was really run against its tests",
        "test_status": "passed, failed or not_run",
        "test_report": "Why it is so, and the output of the last run of the tests",
        "repairs": "How often failing code was sent back",
    }

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: CodeGenerationParams
    ) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        language = str(values.get("language") or params.programming_language)
        written = await self._write(job, params, language, {})
        trial = await _try(ctx, written, params, language)
        repairs = 0
        while trial.status == "failed" and repairs < params.max_repairs:
            repairs += 1
            await ctx.report_progress(f"The tests failed; repair {repairs} of {params.max_repairs}")
            earlier: Given = {
                "earlier_version": ("Your earlier version", {"code": written["code"], "test_cases": written["test_cases"]}),
                "test_output": ("What running its tests printed", trial.output[-SHOWN:]),
            }
            written = await self._write(job, params, language, earlier)
            trial = await _try(ctx, written, params, language)
        made = {**_facts(written), **_told(trial, repairs)}
        return in_order(spec.signature, {**written, **fill_outputs(spec.signature, made)})

    async def _write(self, job: Job, params: CodeGenerationParams, language: str, earlier: Given) -> dict[str, Any]:
        """The agent's own outputs, and always ``code`` and ``test_cases``."""
        how = [REPAIR] if earlier else []
        how += [WRITE.format(language=language), WRITE_TESTS if params.include_tests else NO_TESTS]
        how += [] if params.include_documentation else ["Leave documentation empty."]
        name = "repair" if earlier else "write"
        answered = await job.ask(name, "\n".join(how), _fields(job.spec), earlier, rounds=5, shown=True)
        return {**answered, "code": unfenced(answered["code"]), "test_cases": unfenced(answered["test_cases"])}


def unfenced(code: str) -> str:
    """``code`` without the fence of Markdown that models like to put around it."""
    body = code.strip()
    if not (body.startswith("```") and body.endswith("```") and "\n" in body):
        return code
    return body.partition("\n")[2].removesuffix("```").rstrip() + "\n"


async def _try(ctx: RunContext, written: dict[str, Any], params: CodeGenerationParams, language: str) -> Trial:
    if not params.run_tests:
        return Trial("not_run", "nobody asked for the code to be run (run_tests is off)")
    if language.lower() not in ("python", "python3", "py"):
        return Trial("not_run", f"only Python can be run here, and this is {language}")
    if not written["test_cases"].strip():
        return Trial("not_run", "there are no tests to run it against")
    files = {CODE: written["code"], TESTS: written["test_cases"]}
    arguments = {"files": files, "command": "unittest", "timeout_s": params.timeout_s}
    try:
        return _judge(await call_tool(ctx, ToolUse(name=TOOL), arguments), params)
    except (UnknownTool, PermissionRefused, CallRejected, InvalidArguments) as refused:
        return _not_run(refused)
    except StepFailed as failed:
        if failed.code == STOPPED:
            raise
        return _not_run(failed)


def _not_run(why: RuntimeFault) -> Trial:
    return Trial("not_run", f"the sandbox did not run it ({why.code}): {why}")


def _judge(result: dict[str, Any], params: CodeGenerationParams) -> Trial:
    """Passed means that tests ran and none failed: a module without tests proves nothing."""
    output = "\n".join(part for part in (result.get("stdout", ""), result.get("stderr", "")) if part.strip())
    if result.get("timed_out"):
        return Trial("failed", f"the tests did not end within {params.timeout_s:g} s", output)
    if "Ran 0 tests" in output:
        return Trial("failed", "the test module holds no test", output)
    if result.get("exit_code") != 0:
        return Trial("failed", f"the tests failed (exit code {result.get('exit_code')})", output)
    return Trial("passed", "every test passed", output)


def _fields(spec: AgentSpec) -> list[FieldSpec]:
    """What the model writes: the agent's outputs without those that are counted here, with code and tests in any case."""
    made = {**_facts({}), **_told(Trial("not_run", ""), 0)}
    fields = open_outputs(spec.signature, fill_outputs(spec.signature, made))
    names = {field.name for field in fields}
    more = [text("code", "The code"), text("test_cases", "The tests as one unittest module", "")]
    return [*fields, *(field for field in more if field.name not in names)]


def _facts(written: dict[str, Any]) -> dict[str, Any]:
    code = str(written.get("code", ""))
    return {
        "lines_of_code": sum(1 for line in code.splitlines() if line.strip()),
        "has_tests": bool(str(written.get("test_cases", "")).strip()),
        "has_documentation": bool(str(written.get("documentation", "")).strip()),
    }


def _told(trial: Trial, repairs: int) -> dict[str, Any]:
    report = f"{trial.reason}\n\n{trial.output[-SHOWN:]}".strip()
    return {"executed": trial.status != "not_run", "test_status": trial.status, "test_report": report, "repairs": repairs}
