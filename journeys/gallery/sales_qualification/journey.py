"""Sales qualification: seats, budget and needs decide who is offered a demo, who gets news, and who is sent on kindly."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField
from journeys import (
    Append,
    CancelPattern,
    ConditionTrigger,
    Copy,
    CorrectionPattern,
    DigressionPattern,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    ReturnToPrevious,
    ReturnToSpecific,
    Set,
    Transition,
    Variable,
)
from journeys.gallery.writing import CONFIG, HELLO, NO, STOP, STOPS, WHEN, Talk, bye, corrected, heard, note, say, use

_EMAIL = r"(?P<email>[\w.+-]+@[\w-]+\.[\w.]+\w)"
_NEEDS = {"chat on the site": r"\bchat\b|\bsite\b", "reports": r"\breports?\b|\bnumbers\b", "approvals": r"\bapprov"}
_PRICE = r"\b(?:how much|what|which|is|are)\b.*\b(?:price\w*|cost\w*|plans?|discount\w*)\b.*\?|\bhow much\b.*\?"
_WORRY = r"\btoo (?:expensive|much|complicated)\b|\bnot sure\b|\balready (?:use|have)\b|\bsecurity\b|\bprivacy\b"


class DiscoverSignature(Talk):
    """You find out whether a team software fits: company, seats, yearly budget in EUR and needs. Never press."""

    __intent__ = "Learn company, seats, budget and needs"
    __guidelines__ = ["One question at a time", "Take down only what was said"]

    company: str | None = OutputField(desc="The company, if this message names it", default=None)
    seats: int | None = OutputField(desc="People who would use it, if said", default=None, ge=1)
    budget: int | None = OutputField(desc="Yearly budget in EUR, if said", default=None, ge=0)
    needs: list[str] = OutputField(desc="Needs that this message names", default=[])


class PricingSignature(Talk):
    """You answer about prices from these facts: Team 12 EUR, Business 20 EUR a seat and month; 15 % less from 100 seats on;
    30 days free."""

    __intent__ = "Answer a question about prices"

    seats: int = InputField(desc="Seats, if known", default=0)
    quoted: str = OutputField(desc="Which price was told", default="")


class ObjectionSignature(Talk):
    """You listen to a doubt, answer it honestly in two sentences, and leave the decision to the person."""

    __intent__ = "Answer a doubt"

    concern: str = OutputField(desc="The doubt in two or three words", default="")
    settled: bool = OutputField(desc="True if the person wants to go on", default=False)


class DemoSignature(Talk):
    """You book a demo with book_demo once the person has named a day or time."""

    __intent__ = "Book a demo"

    company: str = InputField(desc="Who the demo is for", default="your team")
    booking_reference: str | None = OutputField(desc="As book_demo returned it; null before", default=None)


class NurtureSignature(Talk):
    """The person is not ready for a demo. Offer the monthly news by mail and ask for an address, once."""

    __intent__ = "Stay in touch, if the person likes"

    email: str | None = OutputField(desc="The address, if given", default=None)
    declined: bool = OutputField(desc="True if the person does not want news", default=False)


class SalesDiscovery(Agent):
    """Finds out who asks and what for."""

    __signature__ = DiscoverSignature
    __demo__ = [
        note(r"\b(?:we are|i am from|i work (?:at|for)|company is)\s+(?P<company>[A-Z]\w+(?: [A-Z]\w+)*)", company="{company}"),
        note(r"\b(?P<seats>\d{1,5}) (?:people|seats|users|employees|of us)", seats="{seats}"),
        note(r"(?:EUR|€|\$) ?(?P<budget>\d[\d,]*)", budget="{budget}"),
        note(r"(?P<budget>\d[\d,]*) ?(?:EUR|€|euros?|dollars?)", budget="{budget}"),
        *(note(pattern, needs=[name]) for name, pattern in _NEEDS.items()),
        say("Hello! Which company are you from, and how many people would use it?", HELLO),
        note(known=("seats",), have_seats="{seats}"),
        note(known=("context.seats",), have_seats="{context.seats}"),
        note(known=("budget",), have_budget="{budget}"),
        note(known=("context.budget",), have_budget="{context.budget}"),
        say(
            "Thank you: {have_seats} seats and {have_budget} EUR a year, I have noted that. What now: a demo, or news by mail?",
            known=("have_seats", "have_budget"),
        ),
        say("Good, {have_seats} seats. What is your budget for a year, in EUR?", known=("have_seats",)),
        say("Thank you. How many people would use it?"),
    ]


class SalesPricing(Agent):
    """Answers about prices."""

    __signature__ = PricingSignature
    __demo__ = [
        say("From 100 seats on, everything is 15 % cheaper.", r"\bdiscount", quoted="15 % from 100 seats"),
        say("Team costs 12 EUR and Business 20 EUR a seat and month; 30 days are free.", quoted="12 and 20 EUR"),
    ]


class SalesObjections(Agent):
    """Answers doubts."""

    __signature__ = ObjectionSignature
    __demo__ = [
        note(r"\bexpensive|\bmuch\b", concern="the price"),
        note(r"\bsecurity|\bprivacy", concern="security"),
        note(r"\balready\b", concern="another product"),
        note(concern="a doubt"),
        say(
            "I hear you: {concern}. Thirty days are free and end by themselves, so you can try it freely. Shall we go on?",
            _WORRY,
        ),
        say("Take your time; it is your decision.", NO),
        say("Good, let us go on then.", settled=True),
    ]


class SalesDemos(Agent):
    """Books a demo."""

    __signature__ = DemoSignature
    __tools__ = ("book_demo",)
    __demo__ = [
        say(
            "Your demo is booked: {book_demo.when}, reference {book_demo.reference}. I look forward to it!",
            after="book_demo",
            booking_reference="{book_demo.reference}",
        ),
        use("book_demo", WHEN, company="{company}", when="{when}"),
        say("I would like to show it to you, it takes 30 minutes. Which day and time suits you?"),
    ]


class SalesNews(Agent):
    """Offers news by mail."""

    __signature__ = NurtureSignature
    __demo__ = [
        say("Thank you! The first news comes to {email} next month. Goodbye!", _EMAIL, email="{email}"),
        bye("That is quite all right. You know where to find us. Goodbye!", declined=True),
        say("I can send you one mail a month with examples from teams like yours. To which address?"),
    ]


class SalesQualification(Journey):
    """Finds out what a team needs and leads to a demo, to news by mail, or to a kind no."""

    __title__ = "Sales qualification"
    __greeting__ = "Hello! I can tell you whether our team software fits. Which company are you from, and how many are you?"
    __end_message__ = "Thank you for your interest. Goodbye!"
    __guidelines__ = ["Never invent a price or a feature"]
    __config__ = CONFIG
    __variables__ = {"source": Variable(Literal["site", "fair", "partner"], "Where the person comes from", default="site")}
    __context__ = {
        "grade": Variable(str, "hot, warm or partner", default=""),
    }
    __patterns__ = Patterns(
        cancel=CancelPattern(enabled=True, confirm=True, question="Shall I stop here?", examples=STOPS, demo_patterns=(STOP,)),
        correction=CorrectionPattern(
            enabled=True,
            fields=("seats", "budget", "company"),
            demo_patterns=corrected(r"\b(?P<seats>\d{1,5}) (?:people|seats|users)"),
        ),
        digression=DigressionPattern(resume="Now back to: {title}."),
    )
    __hooks__ = [HookUse(event="pre_message_process", hook="limit_turns", params={"turns": 60})]
    __transitions__ = [
        Transition(
            id="asks_price",
            trigger=IntentTrigger(
                ["pricing"],
                "A question about prices, plans or discounts",
                ["How much does it cost?", "Is there a discount?"],
                demo_patterns=heard(_PRICE),
            ),
            from_pathway=["discover", "demo", "nurture"],
            to_pathway="pricing",
            priority=10,
        ),
        Transition(
            id="has_doubts",
            trigger=IntentTrigger(
                ["objection"],
                "The person doubts: price, security, another product",
                ["That is too expensive", "We already have something like it"],
                demo_patterns=heard(_WORRY),
            ),
            from_pathway=["demo", "nurture"],
            to_pathway="objections",
            priority=8,
        ),
        Transition(
            id="is_partner",
            label="Partners always get a demo",
            trigger=ConditionTrigger('user.source == "partner" && has(seats)'),
            from_pathway="discover",
            to_pathway="demo",
            priority=7,
            push=False,
            context_update=[Set("grade", "partner")],
        ),
        Transition(
            id="qualified",
            label="Enough seats and budget for a demo",
            trigger=ConditionTrigger("seats >= 20 && budget >= 5000"),
            from_pathway="discover",
            to_pathway="demo",
            priority=6,
            push=False,
            context_update=[Set("grade", "hot"), Copy("offer_seats", "seats")],
        ),
        Transition(
            id="small_team",
            label="Too small for a demo now",
            trigger=ConditionTrigger("has(seats) && has(budget) && (seats < 20 || budget < 5000)"),
            from_pathway="discover",
            to_pathway="nurture",
            priority=5,
            push=False,
            context_update=[Set("grade", "warm")],
        ),
        Transition(
            id="wants_demo",
            trigger=IntentTrigger(
                ["demo"],
                "The person asks for a demo",
                ["Can I see a demo?", "Show it to me"],
                demo_patterns=heard(r"\b(?:demo|show (?:it|me))\b"),
            ),
            guard='needs.exists(need, need == "approvals")',
            from_pathway="nurture",
            to_pathway="demo",
            priority=4,
            push=False,
            context_update=[Append("grades", "asked for a demo")],
        ),
    ]

    class DiscoverPath(Pathway):
        __title__ = "What you need"
        __agents__ = [SalesDiscovery]
        __accumulate__ = ["company", "seats", "budget", "needs"]
        __merge__ = {"seats": "max", "budget": "max", "needs": "union"}
        __complete_when__ = ["seats", "budget"]
        __suggestions__ = ["We are Acme, 80 people", "We have 20,000 EUR a year", "How much does it cost?"]

    class PricingPath(Pathway):
        __title__ = "Prices"
        __agents__ = [SalesPricing]
        __accumulate__ = ["quoted"]
        __return_behavior__ = ReturnToPrevious(preserve_context=False)
        __suggestions__ = ["Is there a discount?"]

    class ObjectionsPath(Pathway):
        __title__ = "Your doubts"
        __agents__ = [SalesObjections]
        __complete_when__ = ["settled"]
        __return_behavior__ = ReturnToSpecific("demo")
        __suggestions__ = ["Yes, let us go on", "Not now"]

    class DemoPath(Pathway):
        __title__ = "Demo"
        __agents__ = [SalesDemos]
        __accumulate__ = ["booking_reference"]
        __complete_when__ = ["booking_reference"]
        __next__ = "end"
        __suggestions__ = ["Tuesday at 10", "Is there a discount?", "I am not sure about the security"]

    class NurturePath(Pathway):
        __title__ = "News by mail"
        __agents__ = [SalesNews]
        __accumulate__ = ["email"]
        __complete_if__ = "has(email) || declined"
        __next__ = "end"
        __suggestions__ = ["anna@example.com", "No, thank you"]
