"""IT service desk: sorts a problem, helps at once where it can, and opens a ticket with the device that it asks for."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField
from journeys import (
    AlwaysTrigger,
    Append,
    CancelPattern,
    ConditionTrigger,
    ErrorRecovery,
    EventTrigger,
    HandOverPattern,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    Remove,
    ReturnToPrevious,
    Transition,
)
from journeys.gallery.writing import CONFIG, HELLO, HUMAN, NO, STOP, STOPS, THANKS, YES, Talk, heard, note, say, use

_DEVICE = r"\b(?P<device>[A-Z]{2}-\d{4})\b"
_BROKEN = r"\b(?:still|did(?:n'?t| not) (?:help|work)|no luck|same (?:problem|error))\b"
_CATEGORIES = {
    "password": r"\b(?:password|locked out|log ?in|sign in|account)\b",
    "service": r"\b(?:wi-?fi|wireless|network|internet|e-?mail|mails?|vpn|printer)\b",
    "device": r"\b(?:laptop|screen|monitor|keyboard|mouse|battery|dock|computer|phone)\b",
}
_SERVICES = {
    "wifi": r"\b(?:wi-?fi|wireless|network|internet)\b",
    "email": r"\be-?mail|\bmails?\b",
    "vpn": r"\bvpn\b",
    "printer": r"\bprinter\b",
}


class ReportSignature(Talk):
    """You sort the problems of an IT service desk: passwords, services (wifi, email, vpn, printer), or a device."""

    __intent__ = "Find out what kind of problem it is and how urgent"

    problem: str | None = OutputField(desc="The problem in one sentence; null if this message tells none", default=None)
    category: Literal["password", "service", "device"] | None = OutputField(desc="Its kind; null if unclear", default=None)
    service: str | None = OutputField(desc="wifi, email, vpn or printer, if it is one of these", default=None)
    device: str | None = OutputField(desc="The tag of the device, such as PC-0421, if named", default=None)
    urgency: int | None = OutputField(
        desc="1 can wait, 2 slows work down, 3 stops work; null if not said", ge=1, le=3, default=None
    )


class PasswordSignature(Talk):
    """You help somebody who cannot sign in: the reset page, caps lock, the second factor. Never ask for a password."""

    __intent__ = "Get the person signed in again"

    solved: bool = OutputField(desc="True once they say that they are in", default=False)


class OutageSignature(Talk):
    """You look with service_status whether a service has an outage, and say what is known."""

    __intent__ = "Tell what is known about the service"

    service: str = InputField(desc="The service", default="wifi")
    outage: str = OutputField(desc="The known outage; empty if there is none", default="")
    solved: bool = OutputField(desc="True once the person says that this answers it", default=False)


class TicketSignature(Talk):
    """You open a ticket with open_ticket and say its number and when somebody answers."""

    __intent__ = "Open one ticket"

    device: str = InputField(desc="The tag of the device")
    problem: str = InputField(desc="What is wrong", default="not said")
    urgency: int = InputField(desc="How urgent", default=1)
    ticket: str | None = OutputField(desc="The ticket's number; null before", default=None)


class DeviceSignature(Talk):
    """You ask for the tag of the device: two letters and four digits on a sticker at its back."""

    __intent__ = "Get the tag of the device"

    device: str | None = OutputField(desc="Such as PC-0421; null if not named", default=None)


class FeedbackSignature(Talk):
    """A ticket is open. Thank the person, answer what they still ask, and take down how the help was."""

    __intent__ = "Close the conversation kindly"

    ticket: str = InputField(desc="The ticket's number")
    goodbye: bool = OutputField(desc="True once the person has nothing more to ask", default=False)


class DeskReport(Agent):
    """Sorts the problem."""

    __signature__ = ReportSignature
    __demo__ = [
        note(_DEVICE, device="{device}"),
        *(note(pattern, category=name, problem="{message}") for name, pattern in _CATEGORIES.items()),
        *(note(pattern, service=name) for name, pattern in _SERVICES.items()),
        note(r"\b(?:urgent|at once|cannot work|can'?t work|now)\b", urgency=3),
        note(r"\b(?:slow|sometimes|annoying)\b", urgency=2),
        say(
            "Sorry that you cannot get in. Please try “Reset password” on the sign-in page, with caps lock off. Are you in?",
            _CATEGORIES["password"],
        ),
        say("Thank you. Shall I look whether the {service} has an outage?", known=("service",)),
        say("Thank you, that sounds like the device. Shall I open a ticket for it?", known=("category",)),
        say("Hello! What does not work: a password, a service such as the wifi, or a device?", HELLO),
        say("Tell me a little more: is it a password, a service such as wifi or email, or a device such as the laptop?"),
    ]


class DeskPasswords(Agent):
    """Helps with signing in."""

    __signature__ = PasswordSignature
    __demo__ = [
        say("Good to hear. Have a nice day!", YES, THANKS, r"\b(?:works|i am in|i'?m in)\b", solved=True),
        say("Then it takes a colleague. Just say “open a ticket”.", NO),
        say("The reset page sends a link to your phone; it works for ten minutes. Are you in now?"),
    ]


class DeskOutages(Agent):
    """Looks for outages."""

    __signature__ = OutageSignature
    __tools__ = ("service_status",)
    __demo__ = [
        say(
            "There is a known outage: {service_status.outage}. We are on it. Is that all?",
            after="service_status",
            known=("service_status.outage",),
            outage="{service_status.outage}",
        ),
        say(
            "No outage of the {service_status.service} is known, so it is something with your device. Shall I open a ticket?",
            after="service_status",
        ),
        say("Thank you for your patience!", THANKS, YES, known=("context.outage",), solved=True),
        say("All right. You can ask for a ticket at any time.", NO, solved=True),
        use("service_status", service="{service}"),
    ]


class DeskTickets(Agent):
    """Opens a ticket."""

    __signature__ = TicketSignature
    __tools__ = ("open_ticket",)
    __demo__ = [
        say(
            "Ticket {open_ticket.ticket} is open for {open_ticket.device}. Somebody answers within "
            "{open_ticket.answer_within_hours} hours. How did I do?",
            after="open_ticket",
            ticket="{open_ticket.ticket}",
        ),
        use("open_ticket", known=("context.urgency",), device="{device}", problem="{problem}", urgency="{context.urgency}"),
        use("open_ticket", device="{device}", problem="{problem}", urgency=1),
    ]


class DeskDevices(Agent):
    """Asks for the tag of the device."""

    __signature__ = DeviceSignature
    __demo__ = [
        say("Thank you, {device}. Shall I open the ticket now?", _DEVICE, device="{device}"),
        say("For a ticket I need the tag of your device. It is on the sticker at the back and looks like PC-0421."),
    ]


class DeskFeedback(Agent):
    """Says goodbye."""

    __signature__ = FeedbackSignature
    __demo__ = [
        say(
            "Thank you for telling us! Keep {ticket} at hand. Goodbye.",
            THANKS,
            YES,
            r"\b(?:good|great|well|bad|poor)\b",
            goodbye=True,
        ),
        say("I wrote that on ticket {ticket}. Is there anything else?"),
    ]


class ITServiceDesk(Journey):
    """Helps with passwords, outages and devices, and opens a ticket for what it cannot solve."""

    __title__ = "IT service desk"
    __greeting__ = "Hello, this is the IT service desk. What does not work?"
    __end_message__ = "The service desk wishes you a good day."
    __config__ = CONFIG
    __patterns__ = Patterns(
        cancel=CancelPattern(
            enabled=True,
            to="entry",
            confirm=True,
            question="Shall we drop this and start again?",
            examples=STOPS,
            demo_patterns=(STOP,),
        ),
        hand_over=HandOverPattern(enabled=True, demo_patterns=(HUMAN,)),
    )
    __hooks__ = [
        HookUse(
            event="pre_transition",
            hook="require_fields",
            params={"fields": ["problem"], "to": ["ticket"], "reply": "Before I open a ticket: what does not work?"},
        ),
        HookUse(event="post_transition", hook="note", params={"text": "The desk goes from {pathway} to {target}"}),
    ]
    __transitions__ = [
        Transition(
            id="wants_ticket",
            trigger=IntentTrigger(
                ["open_ticket"],
                "The person asks for a ticket",
                ["Please open a ticket", "Make a ticket for this"],
                demo_patterns=heard(r"\b(?:open|create|need|want|make)\b.*\bticket\b"),
            ),
            from_pathway=["report", "password", "outage"],
            to_pathway="ticket",
            priority=10,
        ),
        Transition(
            id="not_solved",
            trigger=IntentTrigger(
                ["not_solved"],
                "The person says that the help did not work",
                ["That did not help", "It is still broken"],
                demo_patterns=heard(_BROKEN),
            ),
            from_pathway=["password", "outage"],
            to_pathway="ticket",
            priority=10,
            context_update=[Append("tried", source="pathway")],
        ),
        Transition(
            id="no_outage",
            label="No outage is known and the person wants a ticket",
            trigger=ConditionTrigger('outage == "" && message.matches("(?i)^\\\\W*(yes|sure|ok|please)")', on="message"),
            from_pathway="outage",
            to_pathway="ticket",
            priority=5,
            guard="has(outage)",
        ),
        Transition(
            id="about_password",
            trigger=ConditionTrigger('category == "password"'),
            from_pathway="report",
            to_pathway="password",
        ),
        Transition(
            id="about_service",
            trigger=ConditionTrigger('category == "service" && has(service)'),
            from_pathway="report",
            to_pathway="outage",
        ),
        Transition(
            id="about_device",
            trigger=ConditionTrigger('category == "device"'),
            from_pathway="report",
            to_pathway="ticket",
        ),
        Transition(
            id="no_device",
            label="The tag of the device is not known",
            trigger=EventTrigger("error", code="missing_input"),
            from_pathway="ticket",
            to_pathway="device",
        ),
        Transition(
            id="ticket_is_open",
            label="The ticket is open: what comes now is feedback",
            trigger=AlwaysTrigger(on="message"),
            guard="has(ticket)",
            from_pathway="ticket",
            to_pathway="feedback",
            push=False,
            context_update=[Remove("urgency")],
        ),
    ]

    class ReportPath(Pathway):
        __title__ = "What does not work"
        __agents__ = [DeskReport]
        __accumulate__ = ["problem", "service", "device", "urgency"]
        __merge__ = {"urgency": "max"}
        __on_error__ = ErrorRecovery(mode="retry", retries=1)
        __suggestions__ = ["I am locked out of my account", "The wifi does not work", "My laptop PC-0421 is slow"]

    class PasswordPath(Pathway):
        __title__ = "Password"
        __agents__ = [DeskPasswords]
        __complete_when__ = ["solved"]
        __next__ = "end"
        __suggestions__ = ["Yes, I am in", "That did not help", "Open a ticket, please"]

    class OutagePath(Pathway):
        __title__ = "Outage"
        __agents__ = [DeskOutages]
        __accumulate__ = ["outage"]
        __complete_when__ = ["solved"]
        __next__ = "end"
        __timeout_s__ = 60
        __on_error__ = ErrorRecovery(
            mode="reply", reply="I cannot look that up now. Say “open a ticket”, and a colleague looks."
        )
        __suggestions__ = ["Yes please", "Open a ticket, please", "Thanks, that is all"]

    class TicketPath(Pathway):
        __title__ = "Ticket"
        __agents__ = [DeskTickets]
        __accumulate__ = ["ticket"]
        __suggestions__ = ["Yes please", "It is urgent, please open it now"]

    class DevicePath(Pathway):
        __title__ = "Which device"
        __agents__ = [DeskDevices]
        __accumulate__ = ["device"]
        __complete_when__ = ["device"]
        __return_behavior__ = ReturnToPrevious()
        __suggestions__ = ["It is PC-0421"]

    class FeedbackPath(Pathway):
        __title__ = "Feedback"
        __agents__ = [DeskFeedback]
        __complete_when__ = ["goodbye"]
        __next__ = "end"
        __suggestions__ = ["That was good, thank you"]
