"""Customer support: takes down what went wrong, looks the order up, proposes a way out, and knows when to call a person."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField, ToolUse
from journeys import (
    ConditionTrigger,
    CorrectionPattern,
    DigressionPattern,
    FallbackPattern,
    HandOverPattern,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    ReturnToPrevious,
    Set,
    Transition,
    Variable,
)
from journeys.gallery.writing import (
    CONFIG,
    HELLO,
    HUMAN,
    NO,
    OFF_TOPIC,
    THANKS,
    WHEN,
    YES,
    Talk,
    corrected,
    heard,
    note,
    say,
    use,
)

_ORDER = r"\b(?P<order_number>[A-Z]\d{4})\b"
_PROBLEMS = {
    "not arrived": r"\b(?:not (?:arrived|come|here)|hasn'?t (?:arrived|come)|where is|late|missing|waiting)\b",
    "damaged": r"\b(?:broken|damaged|scratched|cracked|does(?:n'?t| not) work|defect\w*)\b",
    "wrong article": r"\bwrong (?:article|item|one|colou?r|size)\b|\bnot what i ordered\b",
}
_TOPICS = r"deliver\w*|returns?|refunds?|guarantee|warranty|open"
_ANGRY = r"\b(?:unacceptable|ridiculous|furious|angry|fed up|worst|lawyer)\b"
_FAILED = r"\b(?:still|did(?:n'?t| not) (?:help|work)|no(?:t)? (?:help|better|good enough)|already tried|again)\b"


class TriageSignature(Talk):
    """You take down what went wrong with an order of a shop. Ask for the order number and the problem, nothing else."""

    __intent__ = "Find out which order it is and what is wrong"
    __guidelines__ = ["Say once that you are sorry", "One question at a time", "Promise nothing yet"]

    order_number: str | None = OutputField(desc="Such as A1001; null if this message names none", default=None)
    problem: str | None = OutputField(desc="What is wrong, in two or three words; null if not said", default=None)
    mood: Literal["calm", "annoyed", "angry"] = OutputField(desc="How the customer sounds in this message", default="calm")


class SolveSignature(Talk):
    """You solve a problem with an order. Look the order up with find_order, tell what you see, and propose one way out."""

    __intent__ = "Solve the problem, or find out that you cannot"
    __guidelines__ = ["Say only what find_order returned", "Offer a refund for what is damaged, wrong or lost"]

    order_number: str = InputField(desc="The order")
    problem: str = InputField(desc="What is wrong with it")
    tried: int = InputField(desc="Proposals so far that did not help", default=0)
    article: str | None = OutputField(desc="The article, as find_order named it; null before", default=None)
    attempts: int | None = OutputField(
        desc="1 if this message says that the last proposal did not help, else null", default=None
    )
    solved: bool = OutputField(desc="True once the customer says that the matter is settled", default=False)


class RefundSignature(Talk):
    """You arrange a refund with refund_order. A person approves it; say honestly what they decided."""

    __intent__ = "Refund the order once the reason is clear"

    order_number: str = InputField(desc="The order")
    problem: str = InputField(desc="Why it is refunded", default="not said")
    refund_reference: str | None = OutputField(desc="As refund_order returned it; null before", default=None)
    refused: bool = OutputField(desc="True if the person did not approve the refund", default=False)
    finished: bool = OutputField(desc="True once the refund is told and the customer has no more to say", default=False)


class PolicySignature(Talk):
    """You answer from these facts only. Delivery: two to four days. Returns: 30 days, free. Refunds: on the card within five
    days. Guarantee: two years. Support: every day from 8 to 20."""

    __intent__ = "Answer a question about the shop, then let the conversation go on"


class EscalationSignature(Talk):
    """You prepare a call of a colleague: sum up what happened in one sentence and ask when the customer can be reached."""

    __intent__ = "Hand the case to a colleague with a summary and a time for the call"

    escalation_reason: str = InputField(desc="Why a colleague takes over", default="")
    order_number: str = InputField(desc="The order", default="not known")
    problem: str = InputField(desc="What is wrong", default="not known")
    case_summary: str = OutputField(desc="One sentence for the colleague", default="")
    callback_time: str | None = OutputField(desc="When to call, in the customer's words; null if not said", default=None)


class SupportTriage(Agent):
    """Takes down the order and the problem."""

    __signature__ = TriageSignature
    __demo__ = [
        note(_ORDER, order_number="{order_number}"),
        *(note(pattern, problem=name) for name, pattern in _PROBLEMS.items()),
        note(_ANGRY, mood="angry"),
        note(mood="calm"),
        say(
            "Thank you. Order {order_number}, {problem}: I am sorry about that. Shall I look into it?",
            known=("order_number", "problem"),
        ),
        say("I am sorry to hear that. What is the order number? It looks like A1001.", known=("problem",)),
        say(
            "Thank you, order {order_number}. What is wrong with it: not arrived, damaged, or the wrong article?",
            known=("order_number",),
        ),
        say("Hello! What went wrong, and what is the number of your order?", HELLO),
        say("I can help with that. Please tell me the order number, such as A1001, and what is wrong."),
    ]


class SupportSolver(Agent):
    """Looks the order up and proposes a way out."""

    __signature__ = SolveSignature
    __tools__ = ("find_order",)
    __demo__ = [
        say(
            "I cannot find an order {order_number}. Please look at the number again and write “no, my order is A1001”.",
            after="find_order",
            unless=("find_order.found",),
        ),
        say(
            "Your {find_order.article} ({find_order.price} EUR) is {find_order.status}. I can send a new one "
            "or refund it; just say “refund, please”. Does that settle it?",
            after="find_order",
            article="{find_order.article}",
        ),
        say(
            "I am sorry that I could not solve this. A colleague takes over now: when can we call you?",
            _FAILED,
            known=("attempts",),
            attempts=1,
        ),
        say(
            "I am sorry that this did not help. I can also send a replacement by express today. Would that settle it?",
            _FAILED,
            known=("article",),
            attempts=1,
        ),
        say("I am glad that it is settled. Thank you for your patience!", YES, THANKS, known=("article",), solved=True),
        say("All right. Would you rather have a refund, or talk to a colleague?", NO, known=("article",)),
        use("find_order", order_number="{order_number}"),
    ]


class SupportRefunds(Agent):
    """Refunds once a person has approved it."""

    __signature__ = RefundSignature
    __tools__ = (ToolUse(name="refund_order", ask=True),)
    __demo__ = [
        say(
            "The refund was not approved (“{refund_order.error.message}”). A colleague settles it with you: when can we call "
            "you?",
            after="refund_order",
            rejected=True,
            refused=True,
        ),
        say(
            "Done: order {order_number} is refunded, reference {refund_order.reference}. The money is back within five days. "
            "Is there anything else?",
            after="refund_order",
            refund_reference="{refund_order.reference}",
        ),
        use("refund_order", unless=("context.refund_reference",), order_number="{order_number}", reason="{problem}"),
        say("Thank you, and goodbye! Your reference is {context.refund_reference}.", finished=True),
    ]


class SupportPolicies(Agent):
    """Answers questions about delivery, returns, refunds and the guarantee."""

    __signature__ = PolicySignature
    __demo__ = [
        say("A delivery takes two to four days.", r"\bdeliver|\bshipping"),
        say("You can return everything within 30 days, free of charge.", r"\breturn"),
        say("A refund is on your card within five days.", r"\brefund"),
        say("The guarantee is two years.", r"\bguarantee|\bwarrant"),
        say("We are here every day from 8 to 20."),
    ]


class SupportEscalation(Agent):
    """Sums the case up for a colleague and asks for a time to call."""

    __signature__ = EscalationSignature
    __demo__ = [
        note(case_summary="Order {order_number}, {problem}; {escalation_reason}"),
        note(WHEN, callback_time="{when}"),
        say(
            "Thank you. A colleague calls you: {callback_time}. They have the whole story already, you need not repeat it.",
            known=("callback_time",),
        ),
        say("I am passing this on to a colleague with everything that you told me. When can we call you?"),
    ]


class CustomerSupport(Journey):
    """Solves what went wrong with an order, refunds it with an approval, and hands hard cases to a person."""

    __title__ = "Customer support"
    __greeting__ = "Hello, this is the shop's support. What went wrong, and what is the number of your order?"
    __end_message__ = "Thank you for your time. This conversation is closed."
    __config__ = CONFIG
    __variables__ = {
        "plan": Variable(Literal["basic", "premium"], "The customer's plan", default="basic"),
    }
    __context__ = {"escalation_reason": Variable(str, "Why a colleague takes over", default="")}
    __patterns__ = Patterns(
        hand_over=HandOverPattern(
            enabled=True, demo_patterns=(HUMAN,), message="Of course. I am calling a colleague, who will answer right here."
        ),
        correction=CorrectionPattern(
            enabled=True,
            fields=("order_number",),
            demo_patterns=corrected(_ORDER),
        ),
        fallback=FallbackPattern(
            enabled=True,
            reply="I can only help with orders of this shop. What is the number of your order?",
            hand_over=True,
            demo_patterns=(OFF_TOPIC,),
        ),
        digression=DigressionPattern(resume="Back to: {title}."),
    )
    __hooks__ = [
        HookUse(event="pre_message_process", hook="redact_pattern"),
        HookUse(event="pre_message_process", hook="block_words", params={"words": ["idiot", "idiots", "stupid"]}),
    ]
    __transitions__ = [
        Transition(
            id="premium_is_angry",
            label="A premium customer is angry",
            trigger=ConditionTrigger('mood == "angry"'),
            guard='user.plan == "premium"',
            from_pathway=["triage"],
            to_pathway="escalation",
            priority=20,
            push=False,
            context_update=[Set("escalation_reason", "a premium customer is angry")],
        ),
        Transition(
            id="nothing_helped",
            label="Two proposals did not help",
            trigger=ConditionTrigger("attempts >= 2"),
            from_pathway="solve",
            to_pathway="escalation",
            priority=15,
            push=False,
            context_update=[Set("escalation_reason", "two proposals did not help")],
        ),
        Transition(
            id="wants_refund",
            trigger=IntentTrigger(
                ["refund"],
                "The customer wants the money back",
                ["I want a refund", "Give me my money back"],
                demo_patterns=heard(r"\b(?:refund(?! (?:take|work))|money back)\b(?!.*\?)"),
            ),
            guard="has(order_number)",
            from_pathway=["triage", "solve"],
            to_pathway="refund",
            priority=10,
            push=False,
        ),
        Transition(
            id="asks_policy",
            trigger=IntentTrigger(
                ["policy_question"],
                "A question about delivery, returns, refunds, the guarantee or opening hours",
                ["How long does a delivery take?", "What is your return policy?"],
                demo_patterns=heard(
                    r"\b(?:how|what|when|do|is|can)\b.*\b(?:deliver\w*|returns?|refunds?|guarantee|warranty|open)\b.*\?"
                ),
            ),
            from_pathway=["triage", "solve", "refund"],
            to_pathway="policies",
            priority=12,
        ),
        Transition(
            id="refund_refused",
            label="The refund was not approved",
            trigger=ConditionTrigger("refused"),
            from_pathway="refund",
            to_pathway="escalation",
            push=False,
            context_update=[Set("escalation_reason", "the refund was not approved")],
        ),
    ]

    class TriagePath(Pathway):
        __title__ = "What went wrong"
        __agents__ = [SupportTriage]
        __accumulate__ = ["order_number", "problem", "mood"]
        __complete_when__ = ["order_number", "problem"]
        __next__ = "solve"
        __suggestions__ = [
            "My order A1002 arrived broken",
            "Where is my blanket? Order A1001",
            "How long does a delivery take?",
        ]

    class SolvePath(Pathway):
        __title__ = "Solve it"
        __agents__ = [SupportSolver]
        __bindings__ = {"tried": "attempts"}
        __accumulate__ = ["article", "attempts"]
        __merge__ = {"attempts": "sum"}
        __complete_when__ = ["solved"]
        __next__ = "end"
        __suggestions__ = ["Yes please", "Refund, please", "That did not help"]

    class RefundPath(Pathway):
        __title__ = "Refund"
        __agents__ = [SupportRefunds]
        __accumulate__ = ["refund_reference"]
        __complete_when__ = ["finished"]
        __next__ = "end"
        __suggestions__ = ["How long does a refund take?", "Thank you, that is all"]

    class PoliciesPath(Pathway):
        __title__ = "Questions"
        __agents__ = [SupportPolicies]
        __return_behavior__ = ReturnToPrevious()

    class EscalationPath(Pathway):
        __title__ = "Call by a colleague"
        __agents__ = [SupportEscalation]
        __accumulate__ = ["case_summary", "callback_time"]
        __complete_when__ = ["callback_time"]
        __next__ = "end"
        __suggestions__ = ["Tomorrow at 10", "Today after 4 pm"]
