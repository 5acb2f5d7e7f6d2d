"""Invoice approval: take down, compare with the order, ask a person, pay; what differs goes back to the supplier."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField, ToolUse
from journeys import (
    Append,
    CancelPattern,
    ConditionTrigger,
    Copy,
    CorrectionPattern,
    EventTrigger,
    FallbackPattern,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    Remove,
    Set,
    Transition,
    Variable,
)
from journeys.gallery.writing import (
    CONFIG,
    HELLO,
    NO,
    OFF_TOPIC,
    STOP,
    STOPS,
    THANKS,
    Talk,
    bye,
    corrected,
    heard,
    note,
    say,
    use,
)

_INVOICE = r"\b(?P<invoice_number>INV-\d+)\b"
_ORDER = r"\b(?P<purchase_order>PO-\d+)\b"
_AMOUNT = r"(?<![-\d])(?P<amount>\d[\d,]*(?:\.\d\d)?) ?(?:EUR|€|euros?)"
_FORGET = [Remove(name) for name in ("invoice_number", "purchase_order", "amount", "trail", "payment_reference", "letter")]


class IntakeSignature(Talk):
    """You take down an invoice: its number, the purchase order and the amount in EUR. Take down only what was said."""

    __intent__ = "Learn number, purchase order and amount"

    invoice_number: str | None = OutputField(desc="Such as INV-7, if named", default=None)
    purchase_order: str | None = OutputField(desc="Such as PO-100, if named", default=None)
    amount: float | None = OutputField(desc="The amount in EUR, if named", default=None, ge=0)


class MatchSignature(Talk):
    """You compare an invoice with its purchase order by match_purchase_order and say what came of it."""

    __intent__ = "Compare the invoice with its order"

    purchase_order: str = InputField(desc="The order")
    amount: float = InputField(desc="The invoice's amount in EUR")
    match_status: Literal["matched", "differs", "unknown"] = OutputField(desc="As match_purchase_order said")
    supplier: str | None = OutputField(desc="The order's supplier, if known", default=None)
    difference: float | None = OutputField(desc="How much the invoice asks beyond the order", default=None)


class PaymentSignature(Talk):
    """You have an invoice paid with release_payment. A person approves it; say honestly what they decided."""

    __intent__ = "Have the invoice paid"

    invoice_number: str = InputField(desc="The invoice")
    supplier: str = InputField(desc="Who is paid", default="the supplier")
    amount: float = InputField(desc="How much, in EUR")
    payment_reference: str | None = OutputField(desc="As release_payment returned it; null before", default=None)
    why_refused: str | None = OutputField(desc="The reason, if the person did not approve", default=None)


class QuerySignature(Talk):
    """You write a short, polite letter to a supplier about an invoice that cannot be paid as it is, and offer to send it."""

    __intent__ = "Write to the supplier"

    invoice_number: str = InputField(desc="The invoice")
    problem: str = InputField(desc="What is wrong with it", default="it cannot be paid as it is")
    letter: str = OutputField(desc="The letter", default="")
    filed: bool = OutputField(desc="True once the person says that the letter is good", default=False)


class ArchiveSignature(Talk):
    """The payment is released. Answer what the person still asks about it and say goodbye."""

    __intent__ = "Close the matter"

    payment_reference: str = InputField(desc="The reference", default="")
    trail: list[str] = InputField(desc="What was done, in order", default=[])
    finished: bool = OutputField(desc="True once the person has nothing more to ask", default=False)


class InvoiceIntake(Agent):
    """Takes an invoice down."""

    __signature__ = IntakeSignature
    __demo__ = [
        note(_INVOICE, invoice_number="{invoice_number}"),
        note(_ORDER, purchase_order="{purchase_order}"),
        note(_AMOUNT, amount="{amount}"),
        *(
            note(known=(f"{place}{name}",), **{f"have_{name}": f"{{{place}{name}}}"})
            for name in ("invoice_number", "purchase_order", "amount")
            for place in ("", "context.")
        ),
        say(
            "Noted: {have_invoice_number} over {have_amount} EUR for {have_purchase_order}. Shall I compare it with the order?",
            known=("have_invoice_number", "have_purchase_order", "have_amount"),
        ),
        say(
            "Thank you. Which purchase order does {have_invoice_number} belong to? It looks like PO-100.",
            known=("have_invoice_number", "have_amount"),
        ),
        say("Thank you. What is its amount in EUR?", known=("have_invoice_number",)),
        say("Hello! Which invoice is it? Tell me its number, the purchase order and the amount.", HELLO),
        say("I need the number of the invoice, such as INV-7, its purchase order and the amount in EUR."),
    ]


class InvoiceMatch(Agent):
    """Compares with the purchase order."""

    __signature__ = MatchSignature
    __tools__ = ("match_purchase_order",)
    __demo__ = [
        note(
            after="match_purchase_order",
            match_status="{match_purchase_order.status}",
            supplier="{match_purchase_order.supplier}",
            difference="{match_purchase_order.difference}",
        ),
        say("{match_purchase_order.told}", after="match_purchase_order"),
        use("match_purchase_order", purchase_order="{purchase_order}", amount="{amount}"),
    ]


class InvoicePayment(Agent):
    """Pays once a person has approved it."""

    __signature__ = PaymentSignature
    __tools__ = (ToolUse(name="release_payment", ask=True, expires_s=172_800),)
    __demo__ = [
        say(
            "The payment was not approved (“{release_payment.error.message}”). Shall I write to {supplier}?",
            after="release_payment",
            rejected=True,
            why_refused="{release_payment.error.message}",
        ),
        say(
            "Released: {amount} EUR to {supplier}, reference {release_payment.reference}. Is there another invoice?",
            after="release_payment",
            payment_reference="{release_payment.reference}",
        ),
        say("All right, nothing is paid. Say “pay it” when you want to.", NO),
        use("release_payment", invoice_number="{invoice_number}", supplier="{supplier}", amount="{amount}"),
    ]


class InvoiceQuery(Agent):
    """Writes to the supplier."""

    __signature__ = QuerySignature
    __demo__ = [
        say("Good, it is filed with {invoice_number}. Which invoice is next?", THANKS, r"\bgood|\bfine|\bsend", filed=True),
        note(letter="Dear supplier, we cannot pay {invoice_number} yet: {problem}. Please send a corrected one. Kind regards"),
        say("Here is the letter:\n\n> {letter}\n\nIs it good like this?"),
    ]


class InvoiceArchive(Agent):
    """Closes the matter."""

    __signature__ = ArchiveSignature
    __demo__ = [
        bye("You are welcome. Reference {payment_reference}. Goodbye!", finished=True),
        say("What was done: {trail}. The reference is {payment_reference}. Is there another invoice?"),
    ]


class InvoiceApproval(Journey):
    """Compares an invoice with its purchase order and pays it only when a person has approved it."""

    __title__ = "Invoice approval"
    __greeting__ = "Hello, I check invoices. Tell me the number, the purchase order and the amount."
    __end_message__ = "This matter is closed. Nothing more is paid."
    __config__ = CONFIG
    __variables__ = {"limit": Variable(float, "Up to how much a small difference may be paid, in EUR", default=50.0)}
    __context__ = {
        "trail": Variable(list[str], "What was done, in order", default=[]),
        "problem": Variable(str, "Why an invoice goes back", default=""),
    }
    __patterns__ = Patterns(
        cancel=CancelPattern(
            enabled=True,
            confirm=True,
            question="Shall I drop this invoice and pay nothing?",
            examples=STOPS,
            demo_patterns=(STOP,),
        ),
        correction=CorrectionPattern(
            enabled=True,
            fields=("purchase_order", "amount"),
            demo_patterns=corrected(_ORDER, _AMOUNT),
        ),
        fallback=FallbackPattern(
            enabled=True,
            reply="I only know about invoices. Which one shall I check?",
            demo_patterns=(OFF_TOPIC,),
        ),
    )
    __hooks__ = [
        HookUse(
            event="pre_transition",
            hook="require_fields",
            params={"fields": ["invoice_number", "amount"], "to": ["payment"], "reply": "Before a payment I need: {fields}."},
        )
    ]
    __transitions__ = [
        Transition(
            id="matches",
            label="The invoice is as ordered",
            trigger=ConditionTrigger('match_status == "matched"'),
            from_pathway="match",
            to_pathway="payment",
            push=False,
            context_update=[Append("trail", "it matches its order")],
        ),
        Transition(
            id="small_difference",
            label="The difference is small enough",
            trigger=ConditionTrigger('match_status == "differs" && difference > 0.0 && difference <= user.limit'),
            from_pathway="match",
            to_pathway="payment",
            push=False,
            context_update=[Append("trail", "it differs a little from its order")],
        ),
        Transition(
            id="differs",
            label="It differs too much, or nobody ordered it",
            trigger=ConditionTrigger('match_status in ["differs", "unknown"]'),
            from_pathway="match",
            to_pathway="query",
            priority=-5,
            push=False,
            context_update=[Set("problem", "it is not what was ordered")],
        ),
        Transition(
            id="paid",
            label="The payment is released",
            trigger=EventTrigger("tool_result", tool="release_payment"),
            guard="has(payment_reference)",
            from_pathway="payment",
            to_pathway="archive",
            push=False,
            context_update=[Append("trail", "a person approved the payment")],
        ),
        Transition(
            id="refused",
            label="A person did not approve it",
            trigger=ConditionTrigger("has(why_refused)"),
            from_pathway="payment",
            to_pathway="query",
            push=False,
            context_update=[Copy("problem", "why_refused")],
        ),
        Transition(
            id="next_invoice",
            trigger=IntentTrigger(
                ["another_invoice"],
                "The person has another invoice",
                ["I have another invoice", "The next one, please"],
                demo_patterns=heard(r"\b(?:another|next|one more)\b", _INVOICE),
            ),
            from_pathway="archive",
            to_pathway="intake",
            push=False,
            context_update=_FORGET,
        ),
        Transition(
            id="sent_back",
            label="The letter is good: the next invoice",
            trigger=ConditionTrigger("filed"),
            from_pathway="query",
            to_pathway="intake",
            push=False,
            context_update=_FORGET,
        ),
    ]

    class IntakePath(Pathway):
        __title__ = "Take down"
        __agents__ = [InvoiceIntake]
        __accumulate__ = ["invoice_number", "purchase_order", "amount"]
        __next__ = "match"
        __suggestions__ = ["INV-7 for PO-100, 480 EUR", "INV-8 for PO-200, 14,000 EUR", "INV-9 for PO-300, 980 EUR"]

    class MatchPath(Pathway):
        __title__ = "Compare"
        __agents__ = [InvoiceMatch]
        __accumulate__ = ["match_status", "supplier", "difference"]
        __suggestions__ = ["Yes please", "No, it is PO-300"]

    class PaymentPath(Pathway):
        __title__ = "Approve and pay"
        __agents__ = [InvoicePayment]
        __accumulate__ = ["payment_reference"]
        __suggestions__ = ["Pay it", "Not yet"]

    class QueryPath(Pathway):
        __title__ = "Letter to the supplier"
        __agents__ = [InvoiceQuery]
        __accumulate__ = ["letter"]
        __suggestions__ = ["Yes, write it", "That is good, send it"]

    class ArchivePath(Pathway):
        __title__ = "Paid"
        __agents__ = [InvoiceArchive]
        __complete_when__ = ["finished"]
        __next__ = "end"
        __suggestions__ = ["What was done?", "I have another invoice", "Thank you, that is all"]
