"""Control in a terminal: messages as lines, questions as prompts. A lone letter decides nothing dangerous: "y" is typed and
confirmed by Enter, and lines that were typed before a question was shown do not answer it."""

from __future__ import annotations

import json
import sys
import textwrap
import unicodedata
from typing import Any, TextIO

from agents.core.autonomy.budgets import in_words
from agents.core.control.messages import (
    ApprovalRequest,
    BudgetRequest,
    Decided,
    Ended,
    Message,
    OutcomeRequest,
    Problem,
    Progress,
    Question,
    Reply,
    Request,
    Text,
)
from agents.core.control.port import ControlClosed
from agents.core.control.typed import TypedLines

_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "36"}
_RISKS = {"high": "red", "critical": "red", "unknown": "red", "medium": "yellow"}
_CHOICES = {
    "y": ("approve", "yes"),
    "e": ("edit", "edit the arguments"),
    "n": ("reject", "no, with a reason"),
    "b": ("ask_back", "ask back"),
}
BAR = 24


class CLITransport:
    """Over standard input and output, or any two text streams. Colours only where somebody sees them."""

    def __init__(self, read: TextIO | None = None, write: TextIO | None = None, *, colours: bool | None = None):
        self._read = read or sys.stdin
        self._write = write or sys.stdout
        self._is_tty = _is_tty(self._read)
        self._colours = _is_tty(self._write) if colours is None else colours
        self._lines = TypedLines(self._read)
        self._closed = ""
        self._shown: dict[str, str] = {}
        self._open_line = False

    async def start(self) -> None:
        if self._closed:
            raise ControlClosed(self._closed)

    async def stop(self) -> None:
        self._closed = self._closed or "the terminal was let go"
        self._lines.end()

    async def show(self, message: Message) -> None:
        if isinstance(message, Text):
            self._stream(message)
        elif isinstance(message, Progress):
            self._say(self._progress(message))
        elif isinstance(message, Decided):
            by = f" by {message.by}" if message.by else ""
            said = f": {message.reason}" if message.reason else ""
            self._say(self._paint("dim", f"  {message.decision}{by}{said}"))
        elif isinstance(message, Problem):
            self._say(self._paint("red", f"  {message.message}"))
        elif isinstance(message, Ended):
            self._end(message)
        else:
            self._say(self._card(message))

    async def ask(self, request: Request) -> Reply:
        if self._closed:
            raise ControlClosed(self._closed)
        if self._is_tty:
            self._lines.forget()
        await self.show(request)
        if isinstance(request, Question):
            return await self._ask_question(request)
        if isinstance(request, ApprovalRequest):
            return await self._ask_approval(request)
        if isinstance(request, BudgetRequest):
            return await self._ask_budget(request)
        return await self._ask_outcome(request)

    async def read_line(self, prompt: str) -> str:
        """A line that answers no request. Raises ``ControlClosed`` at the end of the input."""
        return await self._line(prompt)

    def say(self, text: str) -> None:
        """A line that belongs to no run."""
        self._say(text)

    # --- questions

    async def _ask_question(self, request: Question) -> Reply:
        while True:
            line = (await self._line("Answer: ")).strip()
            if request.options and line.isdecimal() and 1 <= int(line) <= len(request.options):
                line = request.options[int(line) - 1]
            if line and (not request.options or line in request.options):
                return Reply(id=request.id, decision="answer", result=line)
            self._say(f"  One of 1 to {len(request.options)}, please." if request.options else "  Some text, please.")

    async def _ask_approval(self, request: ApprovalRequest) -> Reply:
        offered = {key: told for key, told in _CHOICES.items() if key != "e" or request.editable}
        told = ", ".join(f"{key} = {words}" for key, (_, words) in offered.items())
        while True:
            line = (await self._line(f"Approve? ({told}) ")).strip().lower()
            key = {"yes": "y", "no": "n", "approve": "y", "reject": "n", "edit": "e"}.get(line, line)
            if key not in offered:
                self._say(f"  Type one of: {', '.join(offered)}.")
                continue
            decision = offered[key][0]
            if decision == "approve":
                return Reply(id=request.id, decision="approve", seen_digest=request.digest)
            if decision == "edit":
                return await self._edit(request)
            reason = await self._words("Reason, which the agent is told: " if decision == "reject" else "Your question: ")
            return Reply.model_validate({"id": request.id, "decision": decision, "reason": reason})

    async def _edit(self, request: ApprovalRequest) -> Reply:
        while True:
            line = await self._line("Arguments, as one line of JSON: ")
            try:
                arguments = json.loads(line)
            except ValueError as error:
                self._say(f"  This is not JSON: {error}.")
                continue
            if isinstance(arguments, dict):
                return Reply(id=request.id, decision="edit", arguments=arguments, seen_digest=request.digest)
            self._say("  The arguments must be a JSON object.")

    async def _ask_budget(self, request: BudgetRequest) -> Reply:
        unit = "dollars" if request.measure == "microusd" else request.measure
        while True:
            line = (await self._line(f"Raise by how many {unit}? (a number, or s = stop) ")).strip().lower()
            if line in ("s", "stop"):
                return Reply(id=request.id, decision="stop", reason="stopped at its budget, in the terminal")
            try:
                amount = int(float(line) * (1_000_000 if request.measure == "microusd" else 1))
            except (ValueError, OverflowError):
                amount = 0
            if amount > 0:
                return Reply.model_validate({"id": request.id, "decision": "raise", "raise_by": amount})
            self._say("  A number above 0, please.")

    async def _ask_outcome(self, request: OutcomeRequest) -> Reply:
        while True:
            line = (await self._line("r = it did not happen, try again; d = it happened; s = stop: ")).strip().lower()
            if line in ("r", "retry"):
                return Reply(id=request.id, decision="retry")
            if line in ("d", "done"):
                return Reply(id=request.id, decision="done", result=await self._words("What did it return? "))
            if line in ("s", "stop"):
                return Reply(id=request.id, decision="stop", reason=await self._words("Reason: "))

    async def _words(self, prompt: str) -> str:
        while not (line := (await self._line(prompt)).strip()):
            self._say("  Some words, please.")
        return line

    async def _line(self, prompt: str) -> str:
        self._end_line()
        self._put(self._paint("bold", prompt))
        self._lines.start()
        line = await self._lines.next()
        if self._closed:
            raise ControlClosed(self._closed)
        if not self._is_tty:
            self._put("\n")
        return line

    # --- what is shown

    def _card(self, request: Request) -> str:
        kind = {"question": "Question", "approval": "Approval", "outcome": "Unknown outcome", "budget": "Budget"}[request.type]
        risk = request.risk if isinstance(request, ApprovalRequest) else ""
        asker = f" from {request.agent}" if request.agent else ""
        head = self._paint("bold", f"{kind}{asker}: ") + plain(request.title)
        lines = [head + (self._paint(_RISKS.get(risk, "green"), f"  [{risk} risk]") if risk else "")]
        if isinstance(request, Question):
            lines += [f"  {n}. {plain(option)}" for n, option in enumerate(request.options, 1)]
        if isinstance(request, ApprovalRequest | OutcomeRequest) and request.arguments:
            told = json.dumps(request.arguments, indent=2, ensure_ascii=False)
            lines += [f"  {plain(request.tool)}" if request.tool else "", textwrap.indent(plain(told), "  ")]
        if isinstance(request, ApprovalRequest) and request.why:
            lines.append(self._paint("dim", f"  asked because {plain(request.why)}"))
        if isinstance(request, BudgetRequest):
            limit, used = in_words(request.measure, request.limit), in_words(request.measure, request.used)
            lines.append(f"  limit {limit}, used {used}, the next call may need {in_words(request.measure, request.needed)}")
        return "\n".join(filter(None, lines))

    def _progress(self, message: Progress) -> str:
        if message.percentage is None:
            return self._paint("blue", f"  {plain(message.message)}")
        done = round(BAR * message.percentage / 100)
        bar = "█" * done + "░" * (BAR - done)
        return self._paint("blue", f"  {bar} {message.percentage:3.0f} %  {plain(message.message)}")

    def _end(self, message: Ended) -> None:
        colour = "green" if message.status == "succeeded" else "red"
        self._say(self._paint(colour, f"Run {message.status}."))
        if message.error:
            self._say(f"  {plain(str(message.error.get('message', message.error)))}")
        for name, value in (message.output or {}).items():
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            self._say(self._paint("bold", f"{name}: ") + plain(shown))

    def _stream(self, message: Text) -> None:
        """Only what is new is written. A text that starts over is written on a line of its own."""
        before = self._shown.get(message.path, "")
        if not message.text.startswith(before):
            self._end_line()
            before = ""
        self._put(plain(message.text[len(before) :]))
        self._shown[message.path] = message.text
        self._open_line = True

    def _end_line(self) -> None:
        if self._open_line:
            self._open_line = False
            self._put("\n")

    def _say(self, text: str) -> None:
        self._end_line()
        self._put(text + "\n")

    def _put(self, text: str) -> None:
        try:
            self._write.write(text)
            self._write.flush()
        except (OSError, ValueError) as error:
            self._closed = f"nothing can be written to the terminal any more: {error}"
            raise ControlClosed(self._closed) from error

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._colours else text


def plain(text: str) -> str:
    """Without what could steer or deceive a terminal: control and direction characters stand as escapes."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in _HIDDEN else json.dumps(c)[1:-1] for c in text)


_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _is_tty(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False
