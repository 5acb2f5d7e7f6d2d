"""Incident response: how bad it is decides the way; a look at the service finds the cause; a person approves the way back."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField, ToolUse
from journeys import (
    AlwaysTrigger,
    Append,
    ClarifyPattern,
    ConditionTrigger,
    Copy,
    CorrectionPattern,
    DigressionPattern,
    ErrorRecovery,
    EventTrigger,
    HandOverPattern,
    HookUse,
    IntentTrigger,
    Journey,
    JourneyConfig,
    Pathway,
    Patterns,
    ReturnToEntry,
    ReturnToPrevious,
    Set,
    Transition,
    Variable,
)
from journeys.gallery.writing import HELLO, HUMAN, NO, Talk, bye, corrected, heard, note, say, use

_SERVICE = r"\b(?P<service>shop|payments|search)\b"
_LEAK = "message.matches('(?i)\\\\b(leak|breach|stolen|hacked)')"


class ReportSignature(Talk):
    """You take an incident down: which service (shop, payments, search), what is seen, and how bad it is."""

    __intent__ = "Learn the service, what is seen, and how bad it is"
    __guidelines__ = ["Stay calm and short", "One question at a time"]

    service: str | None = OutputField(desc="shop, payments or search, if named", default=None)
    symptom: str | None = OutputField(desc="What is seen, in the person's words", default=None)
    severity: int | None = OutputField(desc="1 small, 2 some people, 3 everybody; null if not said", default=None, ge=1, le=3)


class DiagnoseSignature(Talk):
    """You look at the service with check_service and say what you see, and whether a way back may help."""

    __intent__ = "Find the cause"

    service: str = InputField(desc="The service")
    healthy: bool | None = OutputField(desc="As check_service said; null before", default=None)
    cause: str | None = OutputField(desc="What was found; null before", default=None)
    good_release: str | None = OutputField(desc="The release before; null if not known", default=None)


class MitigateSignature(Talk):
    """You put the service back with roll_back_release. A person approves it; say honestly what they decided."""

    __intent__ = "Stop the harm"

    service: str = InputField(desc="The service")
    good_release: str = InputField(desc="The release to go back to", default="")
    change: str | None = OutputField(desc="As roll_back_release returned it; null before", default=None)


class StatusSignature(Talk):
    """You write a status message of two sentences for everybody: what is affected and what is done. No guesses, no blame."""

    __intent__ = "Write a status message"

    service: str = InputField(desc="The service", default="the service")
    severity: int = InputField(desc="How bad it is", default=1)
    cause: str = InputField(desc="What is known", default="the cause is being looked for")
    status_message: str = OutputField(desc="The message", default="")


class SecuritySignature(Talk):
    """It may be a breach. Tell the person to touch nothing, to write down what they saw; the security officer calls."""

    __intent__ = "Secure what is known for the security officer"

    witness: str | None = OutputField(desc="What the person saw; null if not said in this message", default=None)
    safe: bool = OutputField(desc="True once it is written down", default=False)


class ReviewSignature(Talk):
    """The harm is stopped. Collect lessons without blame, one at a time, until the person has no more."""

    __intent__ = "Collect lessons"

    change: str = InputField(desc="The change that helped", default="")
    lessons: list[str] = OutputField(desc="Lessons that this message names", default=[])
    finished: bool = OutputField(desc="True once the person has no more", default=False)


class ByHandSignature(Talk):
    """The desk cannot do it now. Say how to go on by hand: who to call, which page of the handbook, what to write down."""

    __intent__ = "Keep the person able to act without the desk's tools"

    service: str = InputField(desc="The service", default="the service")


class ReminderSignature(Talk):
    """Nobody has written for a while and the incident is open. Ask kindly in one sentence whether the person is still there."""

    __intent__ = "Find out whether anybody is still there"


class IncidentReport(Agent):
    """Takes the incident down."""

    __signature__ = ReportSignature
    __demo__ = [
        note(_SERVICE, service="{service}", symptom="{message}"),
        note(r"\b(?:everybody|everyone|down|all (?:people|customers|users)|nobody)\b", severity=3),
        note(r"\b(?:some|slow|several|many)\b", severity=2),
        note(r"\b(?:one|single|small|few|typo)\b", severity=1),
        note(known=("service",), place="{service}"),
        note(known=("context.service",), place="{context.service}"),
        say("Noted: {place}, severity {severity}. Shall I look at it?", known=("place", "severity")),
        say("Thank you. How many are affected by the trouble with {place}: one, some, or everybody?", known=("place",)),
        say("I am here. Which service has trouble, and what do you see?", HELLO),
        say("Which service is it: shop, payments or search? And what do you see?"),
    ]


class IncidentDiagnosis(Agent):
    """Looks at the service."""

    __signature__ = DiagnoseSignature
    __tools__ = ("check_service",)
    __demo__ = [
        note(after="check_service", cause="{check_service.finding}", good_release="{check_service.before}"),
        note(after="check_service", known=("check_service.healthy",), healthy=True),
        note(after="check_service", unless=("check_service.healthy",), healthy=False),
        say(
            "I looked at {service}: {cause}. Release {good_release} was fine. Shall we go back to it?",
            after="check_service",
            unless=("check_service.healthy",),
        ),
        say(
            "I looked at {service}: {cause}. That is a false alarm, so we are back at the start. What else do you see?",
            after="check_service",
        ),
        say("All right. Say “look at it” when I may.", NO),
        use("check_service", service="{service}"),
    ]


class IncidentMitigation(Agent):
    """Goes back to a good release once a person has approved it."""

    __signature__ = MitigateSignature
    __tools__ = (ToolUse(name="roll_back_release", ask=True),)
    __demo__ = [
        say(
            "The way back was not approved (“{roll_back_release.error.message}”). Say “try again” or ask for a person.",
            after="roll_back_release",
            rejected=True,
        ),
        say(
            "Done: {service} is back on release {good_release}, change {roll_back_release.change}. What did we learn?",
            after="roll_back_release",
            change="{roll_back_release.change}",
        ),
        say("All right, nothing is changed. Say “go back” when you decide.", NO),
        use("roll_back_release", service="{service}", release="{good_release}"),
    ]


class IncidentStatus(Agent):
    """Writes for everybody."""

    __signature__ = StatusSignature
    __demo__ = [
        note(status_message="There is trouble with {service} (severity {severity}): {cause}. We are working on it."),
        say("For everybody: “{status_message}”"),
    ]


class IncidentSecurity(Agent):
    """Secures what is known of a breach."""

    __signature__ = SecuritySignature
    __demo__ = [
        say(
            "Thank you, that is written down and the security officer calls you. Please leave everything as it is.",
            r"\bi (?:saw|found|got|noticed)\b",
            witness="{message}",
            safe=True,
        ),
        say("This may be a breach. Please touch nothing and tell nobody yet. What exactly did you see? Begin with “I saw”."),
    ]


class IncidentReview(Agent):
    """Collects lessons."""

    __signature__ = ReviewSignature
    __demo__ = [
        bye("Thank you, everybody. The change was {change}; the lessons are kept.", finished=True),
        say("Written down. What else did we learn?", lessons=["{message}"]),
    ]


class IncidentByHand(Agent):
    """Says how to go on without the desk's tools."""

    __signature__ = ByHandSignature
    __demo__ = [say("By hand: open page 7 of the handbook for {service}, call the engineer on duty, and note what you change.")]


class IncidentReminder(Agent):
    """Asks whether anybody is still there."""

    __signature__ = ReminderSignature
    __demo__ = [say("Are you still there? The incident is open, and I wait for your answer.")]


class IncidentResponse(Journey):
    """Leads from a report to the cause, a way back that a person approves, news for everybody, and the lessons."""

    __title__ = "Incident response"
    __greeting__ = "Incident desk. Which service has trouble, and what do you see?"
    __end_message__ = "This incident is closed. Thank you for your calm."
    __config__ = JourneyConfig(budget_microusd=500_000, session_ttl_seconds=604_800)
    __variables__ = {"on_call": Variable(bool, "Whether the person is on call", default=True)}
    __context__ = {
        "state": Variable(Literal["open", "small", "stopped", "security"], "How the incident stands", default="open"),
        "timeline": Variable(list[str], "What happened, in order", default=[]),
    }
    __patterns__ = Patterns(
        hand_over=HandOverPattern(enabled=True, demo_patterns=(HUMAN,), message="I am calling the engineer on call."),
        correction=CorrectionPattern(enabled=True, fields=("service",), demo_patterns=corrected(_SERVICE)),
        digression=DigressionPattern(resume="We go on: {title}."),
        clarify=ClarifyPattern(enabled=True, margin=0.12, question="I can do one at a time: {options}?"),
    )
    __hooks__ = [
        HookUse(event="post_transition", hook="note", params={"text": "The incident goes from {pathway} to {target}"}),
        HookUse(event="session_error", hook="note", params={"text": "A turn failed: {error}"}),
    ]
    __transitions__ = [
        Transition(
            id="breach",
            label="The message speaks of a breach",
            trigger=ConditionTrigger(_LEAK, on="message"),
            from_pathway=["report", "diagnose", "mitigate"],
            to_pathway="security",
            priority=30,
            push=False,
            context_update=[Set("state", "security"), Append("timeline", source="message")],
        ),
        Transition(
            id="asks_status",
            label="a status message",
            trigger=IntentTrigger(
                ["status"],
                "The person wants a status message for others",
                ["Write a status message", "What do I tell the customers?"],
                demo_patterns=heard(r"\bstatus\b", r"\bwhat (?:do|shall|should) (?:i|we) tell\b"),
            ),
            from_pathway=["report", "diagnose", "mitigate", "review"],
            to_pathway="status",
            priority=20,
        ),
        Transition(
            id="asks_by_hand",
            label="the steps by hand",
            trigger=IntentTrigger(
                ["by_hand"],
                "The person wants to know what to do by hand",
                ["Write down the steps by hand", "How do I do it by hand?"],
                demo_patterns=heard(r"\bhow\b.*\bby hand\b"),
            ),
            from_pathway=["diagnose", "mitigate"],
            to_pathway="by_hand",
            priority=18,
        ),
        Transition(
            id="slow",
            label="The look takes too long",
            trigger=EventTrigger("timeout"),
            from_pathway="diagnose",
            to_pathway="by_hand",
        ),
        Transition(
            id="quiet",
            label="Nobody has written for a quarter of an hour",
            trigger=EventTrigger("inactivity", after_s=900),
            from_pathway=["report", "diagnose", "mitigate"],
            to_pathway="reminder",
        ),
        Transition(
            id="small",
            label="Too small for the desk",
            trigger=ConditionTrigger("severity == 1 && has(service)"),
            from_pathway="report",
            to_pathway="review",
            priority=10,
            push=False,
            context_update=[Set("state", "small")],
        ),
        Transition(
            id="cause_found",
            trigger=ConditionTrigger("healthy == false"),
            guard="user.on_call",
            from_pathway="diagnose",
            to_pathway="mitigate",
            push=False,
            context_update=[Append("timeline", source="cause")],
        ),
        Transition(
            id="not_on_call",
            label="Whoever is not on call may not go back: lessons only",
            trigger=AlwaysTrigger(),
            guard="healthy == false && !user.on_call",
            from_pathway="diagnose",
            to_pathway="review",
            push=False,
        ),
        Transition(
            id="stopped",
            label="The harm is stopped",
            trigger=EventTrigger("tool_result", tool="roll_back_release"),
            guard="has(change)",
            from_pathway="mitigate",
            to_pathway="review",
            push=False,
            context_update=[Set("state", "stopped"), Copy("fixed_by", "change")],
        ),
    ]

    class ReportPath(Pathway):
        __title__ = "Report"
        __agents__ = [IncidentReport]
        __accumulate__ = ["service", "symptom", "severity"]
        __merge__ = {"severity": "max"}
        __complete_when__ = ["service", "severity"]
        __next__ = "diagnose"
        __suggestions__ = ["The shop is down for everybody", "Payments are slow", "I think our data was stolen"]

    class DiagnosePath(Pathway):
        __title__ = "Look for the cause"
        __agents__ = [IncidentDiagnosis]
        __accumulate__ = ["cause", "good_release"]
        __complete_when__ = ["healthy"]
        __return_behavior__ = ReturnToEntry()
        __timeout_s__ = 60
        __on_error__ = ErrorRecovery(mode="reply", reply="I cannot look now: {reason} Ask for a person, or try again.")
        __suggestions__ = ["Yes, look at it", "Write a status message"]

    class MitigatePath(Pathway):
        __title__ = "Go back"
        __agents__ = [IncidentMitigation]
        __accumulate__ = ["change"]
        __timeout_s__ = 120
        __on_error__ = ErrorRecovery(mode="pathway", pathway="by_hand")
        __suggestions__ = ["Yes, go back", "What do I tell the customers?"]

    class StatusPath(Pathway):
        __title__ = "News for everybody"
        __agents__ = [IncidentStatus]
        __accumulate__ = ["status_message"]
        __return_behavior__ = ReturnToPrevious()

    class ByHandPath(Pathway):
        __title__ = "By hand"
        __agents__ = [IncidentByHand]
        __return_behavior__ = ReturnToPrevious()

    class ReminderPath(Pathway):
        __title__ = "Still there?"
        __agents__ = [IncidentReminder]
        __return_behavior__ = ReturnToPrevious()

    class SecurityPath(Pathway):
        __title__ = "Security"
        __agents__ = [IncidentSecurity]
        __accumulate__ = ["witness"]
        __complete_when__ = ["safe"]
        __next__ = "end"
        __suggestions__ = ["I saw a list of customers on a strange page"]

    class ReviewPath(Pathway):
        __title__ = "Lessons"
        __agents__ = [IncidentReview]
        __accumulate__ = ["lessons"]
        __merge__ = {"lessons": "append"}
        __complete_when__ = ["finished"]
        __next__ = "end"
        __suggestions__ = ["Test releases with real traffic", "No, that is all"]
