"""The expected refusals of every app. Owns classes and HTTP status; pages and the API make replies of them."""

from __future__ import annotations

from typing import ClassVar, TypedDict


class Problem(TypedDict):
    """One thing that is wrong: ``where`` (a path such as ``inputs.age``) and ``message`` (what, what is allowed)."""

    where: str
    message: str


class KaizenError(Exception):
    """A refusal that explains itself: the message says what, with which value, and what is allowed."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    @property
    def message(self) -> str:
        return str(self)


class Invalid(KaizenError):
    """What was sent cannot be used; ``problems`` lists every fault that was found."""

    code = "invalid"
    status = 422
    title = "That cannot be used as it is"

    def __init__(self, message: str = "", *, problems: list[Problem] | None = None) -> None:
        self.problems: list[Problem] = problems if problems is not None else []
        super().__init__(message or "; ".join(_line(problem) for problem in self.problems) or self.title)


class NotFound(KaizenError):
    """It does not exist, or not for the one who asks: a stranger never learns which."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(KaizenError):
    """Somebody or something was faster; look again and decide anew."""

    code = "conflict"
    status = 409
    title = "It changed in the meantime"


class Denied(KaizenError):
    """The asker's own key lacks a scope. Never used for what belongs to somebody else: that is NotFound."""

    code = "denied"
    status = 403
    title = "This key may not do that"


class TooMany(KaizenError):
    """A limit was reached; ``retry_after_s`` is the number of seconds to wait."""

    code = "too_many"
    status = 429
    title = "Too many attempts"

    def __init__(self, message: str = "", *, retry_after_s: int = 60) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message or f"Too many attempts. Try again in {retry_after_s} seconds.")


class CannotUnseal(KaizenError):
    """A stored secret does not open: it was changed, or the server's key that sealed it is gone."""

    code = "cannot_unseal"
    status = 409
    title = "A stored key can no longer be read"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "a stored key cannot be opened with the server's secret keys any more; enter the key again")


def _line(problem: Problem) -> str:
    return f"{problem['where']}: {problem['message']}" if problem["where"] else problem["message"]
