"""Named faults of a turn: each ends the turn's run with its ``code`` and leaves the session as it was."""

from __future__ import annotations

from agents.core.runtime.errors import RuntimeFault


class MissingInput(RuntimeFault):
    """A required input of an agent has no source."""

    code = "missing_input"


class MergeFailed(RuntimeFault):
    """A value does not fit the merge rule of its context field."""

    code = "merge_failed"


class ContextTooLarge(RuntimeFault):
    """The accumulated context would pass the journey's limit."""

    code = "context_too_large"


class JourneyEnded(RuntimeFault):
    """The session has ended and takes no further message."""

    code = "journey_ended"


class VetoedStart(RuntimeFault):
    """A hook does not let the session begin; the message is its reason."""

    code = "vetoed"


class InvalidOutputs(RuntimeFault):
    """The agents' outputs do not fit the pathway's own signature."""

    code = "invalid_outputs"


class TakenOver(RuntimeFault):
    """A person has taken the conversation over: no agent answers in it."""

    code = "taken_over"
