"""Employee onboarding: first day, equipment, delivery for those at home, accounts that a person approves, the first week."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField, ToolUse
from journeys import (
    CancelPattern,
    ConditionTrigger,
    Copy,
    CorrectionPattern,
    DigressionPattern,
    EventTrigger,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    Remove,
    ReturnToEntry,
    ReturnToPrevious,
    Transition,
    Variable,
)
from journeys.gallery.writing import CONFIG, HELLO, NO, STOP, STOPS, THANKS, YES, Talk, bye, corrected, heard, note, say, use

_DAY = (
    r"\b(?P<start_date>\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december)|next monday|\d{4}-\d\d-\d\d)\b"
)
_THINGS = {
    "laptop": r"\blaptop\b|\bnotebook\b",
    "screen": r"\bscreen\b|\bmonitor\b",
    "headset": r"\bheadset\b",
    "phone": r"\bphone\b",
}
_TOPICS = r"holidays?|vacation|lunch|parking|dress|pay|salary|hours|sick"
_LATER = r"\b(?:start|begin) (?:later|earlier|on another day)\b|\b(?:change|move) (?:my )?(?:start|first day)\b"


class WelcomeSignature(Talk):
    """You welcome a new colleague warmly and ask for the first day."""

    __intent__ = "Learn the first day"

    start_date: str | None = OutputField(desc="The first day in the person's words; null if not said", default=None)


class EquipmentSignature(Talk):
    """You take down what a new colleague needs to work: laptop, screen, headset, phone. They may choose several."""

    __intent__ = "Learn which equipment is needed"

    equipment: list[str] = OutputField(desc="Things that this message asks for", default=[])
    enough: bool = OutputField(desc="True once the person wants nothing more", default=False)


class DeliverySignature(Talk):
    """The colleague works at home. Ask for the address that the equipment is sent to."""

    __intent__ = "Learn the address"

    address: str | None = OutputField(desc="Street, number and town; null if not said", default=None)


class AccountsSignature(Talk):
    """You request the accounts of a new colleague with request_accounts. A person approves it; say what they decided."""

    __intent__ = "Request the accounts"

    department: str = InputField(desc="The colleague's department", default="office")
    start_date: str = InputField(desc="The first day", default="your first day")
    accounts_reference: str | None = OutputField(desc="As request_accounts returned it; null before", default=None)


class WeekSignature(Talk):
    """Everything is arranged. Sum it up, say how the first day goes (9:00 at the reception), and wish a good start."""

    __intent__ = "Sum up and wish a good start"

    start_date: str = InputField(desc="The first day", default="your first day")
    equipment: list[str] = InputField(desc="What was ordered", default=[])
    accounts_reference: str = InputField(desc="The reference of the accounts", default="")
    finished: bool = OutputField(desc="True once the person has nothing more to ask", default=False)


class QuestionsSignature(Talk):
    """You answer from these facts only. Holidays: 30 days. Lunch: canteen from 12 to 14. Parking: behind the house. Pay: on the
    25th. Hours: core time from 10 to 15. Illness: call before 9."""

    __intent__ = "Answer a question of a new colleague"

    answered: bool = OutputField(desc="Whether the facts held the answer", default=False)


class NewDaySignature(Talk):
    """The colleague wants another first day. Confirm that the old one is forgotten; it is asked for again."""

    __intent__ = "Let go of the first day"

    forgotten: bool = OutputField(desc="True", default=True)


class OnboardingWelcome(Agent):
    """Asks for the first day."""

    __signature__ = WelcomeSignature
    __demo__ = [
        say(
            "Wonderful, see you on {start_date}! What do you need to work: a laptop, a screen, a headset, a phone?",
            _DAY,
            start_date="{start_date}",
        ),
        say("Hello and welcome! When is your first day?", HELLO),
        say("I am glad that you join us. Which is your first day? For example 1 March, or next Monday."),
    ]


class OnboardingEquipment(Agent):
    """Takes down the equipment."""

    __signature__ = EquipmentSignature
    __demo__ = [
        *(note(pattern, equipment=[name], chosen=name) for name, pattern in _THINGS.items()),
        say("Noted: {equipment}. Anything else?", known=("chosen",)),
        say(
            "Good: {context.equipment}. Next come the practical things; shall we go on?",
            NO,
            THANKS,
            YES,
            known=("context.equipment",),
            enough=True,
        ),
        say("You can choose a laptop, a screen, a headset and a phone. What do you need?"),
    ]


class OnboardingDelivery(Agent):
    """Asks for the address."""

    __signature__ = DeliverySignature
    __demo__ = [
        say(
            "Thank you, it goes to {address}. Shall I request your accounts now?",
            r"(?P<address>[A-Z][\w ]+ \d+\w?,? [A-Z]\w+)",
            address="{address}",
        ),
        say("You work at home, so we send it to you. To which address? For example: Garden Street 5, Berlin."),
    ]


class OnboardingAccounts(Agent):
    """Requests accounts once a person has approved it."""

    __signature__ = AccountsSignature
    __tools__ = (ToolUse(name="request_accounts", ask=True),)
    __demo__ = [
        say(
            "Your accounts were not approved yet (“{request_accounts.error.message}”). Say “try again” when that is settled.",
            after="request_accounts",
            rejected=True,
        ),
        say(
            "Your accounts are requested, reference {request_accounts.reference}. Shall I sum everything up?",
            after="request_accounts",
            accounts_reference="{request_accounts.reference}",
        ),
        say("All right, tell me when I may request your accounts.", NO),
        use("request_accounts", department="{department}", systems=["mail", "calendar", "files"], start_date="{start_date}"),
    ]


class OnboardingWeek(Agent):
    """Sums up."""

    __signature__ = WeekSignature
    __demo__ = [
        bye("Have a wonderful start, see you on {start_date}!", finished=True),
        say(
            "On {start_date} we meet at 9:00 at the reception. Ready for you: {equipment}, and your accounts "
            "({accounts_reference}). Do you have any question?"
        ),
    ]


class OnboardingQuestions(Agent):
    """Answers questions."""

    __signature__ = QuestionsSignature
    __demo__ = [
        say("You have 30 days of holiday.", r"\bholiday|\bvacation", answered=True),
        say("The canteen is open from 12 to 14.", r"\blunch", answered=True),
        say("You can park behind the house.", r"\bpark", answered=True),
        say("The pay comes on the 25th.", r"\bpay|\bsalary", answered=True),
        say("The core time is from 10 to 15.", r"\bhours", answered=True),
        say("I do not have that in my notes; your manager will gladly tell you."),
    ]


class OnboardingNewDay(Agent):
    """Lets go of the first day."""

    __signature__ = NewDaySignature
    __demo__ = [say("No problem, I have forgotten the old day. Which day is it now?", forgotten=True)]


class EmployeeOnboarding(Journey):
    """Prepares everything for a new colleague: first day, equipment, accounts with an approval, and the first week."""

    __title__ = "Employee onboarding"
    __greeting__ = "Welcome aboard! I prepare your start with you. When is your first day?"
    __end_message__ = "Until soon! You can write here again at any time."
    __config__ = CONFIG
    __variables__ = {
        "department": Variable(Literal["office", "sales", "workshop"], "Where the colleague works", default="office"),
        "remote": Variable(bool, "Whether the colleague works at home", default=False),
    }
    __context__ = {"old_start": Variable(str, "The first day that was given up", default="")}
    __patterns__ = Patterns(
        cancel=CancelPattern(
            enabled=True, confirm=True, question="Shall we stop for today?", examples=STOPS, demo_patterns=(STOP,)
        ),
        correction=CorrectionPattern(enabled=True, fields=("start_date", "address"), demo_patterns=corrected(_DAY)),
        digression=DigressionPattern(resume="Where were we? {title}."),
    )
    __hooks__ = [
        HookUse(
            event="pre_transition",
            hook="require_fields",
            params={"fields": ["start_date"], "to": ["accounts"], "reply": "For your accounts I need to know: {fields}."},
        )
    ]
    __transitions__ = [
        Transition(
            id="asks",
            trigger=IntentTrigger(
                ["question"],
                "A question about holidays, lunch, parking, pay, hours or illness",
                ["How many holidays do I have?", "Where can I park?"],
                demo_patterns=heard(rf"\b(?:how|what|where|when|do|is|can)\b.*\b(?:{_TOPICS})\b.*\?", r"\bwhere can i park\b"),
            ),
            to_pathway="questions",
            priority=10,
        ),
        Transition(
            id="another_day",
            trigger=IntentTrigger(
                ["another_day"],
                "The person wants another first day",
                ["I must start later", "Please change my first day"],
                demo_patterns=heard(_LATER),
            ),
            guard="has(start_date)",
            from_pathway=["equipment", "delivery", "accounts"],
            to_pathway="new_day",
            priority=9,
            context_update=[Copy("old_start", "start_date"), Remove("start_date")],
        ),
        Transition(
            id="works_at_home",
            label="At home: the equipment is sent",
            trigger=ConditionTrigger("enough"),
            guard="user.remote && size(equipment) > 0",
            from_pathway="equipment",
            to_pathway="delivery",
            push=False,
        ),
        Transition(
            id="accounts_requested",
            trigger=EventTrigger("tool_result", tool="request_accounts"),
            guard="has(accounts_reference)",
            from_pathway="accounts",
            to_pathway="first_week",
            push=False,
        ),
    ]

    class WelcomePath(Pathway):
        __title__ = "First day"
        __agents__ = [OnboardingWelcome]
        __accumulate__ = ["start_date"]
        __next__ = "equipment"
        __suggestions__ = ["I start on 1 March", "Next Monday", "How many holidays do I have?"]

    class EquipmentPath(Pathway):
        __title__ = "Equipment"
        __agents__ = [OnboardingEquipment]
        __accumulate__ = ["equipment"]
        __merge__ = {"equipment": "union"}
        __complete_when__ = ["enough"]
        __next__ = "accounts"
        __suggestions__ = ["A laptop and a headset", "No, that is all", "I must start later"]

    class DeliveryPath(Pathway):
        __title__ = "Delivery"
        __agents__ = [OnboardingDelivery]
        __accumulate__ = ["address"]
        __next__ = "accounts"
        __suggestions__ = ["Garden Street 5, Berlin"]

    class AccountsPath(Pathway):
        __title__ = "Accounts"
        __agents__ = [OnboardingAccounts]
        __accumulate__ = ["accounts_reference"]
        __suggestions__ = ["Yes please", "Where can I park?"]

    class FirstWeekPath(Pathway):
        __title__ = "First week"
        __agents__ = [OnboardingWeek]
        __complete_when__ = ["finished"]
        __next__ = "end"
        __suggestions__ = ["Yes please", "Thank you, that is all"]

    class QuestionsPath(Pathway):
        __title__ = "Questions"
        __agents__ = [OnboardingQuestions]
        __return_behavior__ = ReturnToPrevious()

    class NewDayPath(Pathway):
        __title__ = "Another first day"
        __agents__ = [OnboardingNewDay]
        __complete_when__ = ["forgotten"]
        __return_behavior__ = ReturnToEntry()
