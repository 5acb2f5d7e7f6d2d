"""What the demo model says to questions, to hesitation and after a booking: patterns and sentences, no AI."""

from __future__ import annotations

from agents import DemoRule

DANGER = r"re:\bsuicid|\bkill (?:myself|me\b)|\bend my life|\bwant to die|\bhurt myself"

_ANSWERS: dict[str, str] = {
    r"\bpark": "There is parking at all of the clinics.",
    r"\binsur|\bcover|\bplan\b": "Most statutory and private insurers are accepted. The practice confirms your "
    "coverage before the "
    "visit, so there are no surprises.",
    r"\bcost|\bprice|\bpay|\bfree\b|\bexpensive|\bfee\b|\bhow much\b": "This referral service is free. The visit "
    "itself is billed by "
    "the practice, usually straight through your insurer.",
    r"\bbring|\bprepare|\bneed to have|\btake with": "Please bring your insurance card, a list of your medicines and "
    "earlier "
    "reports if you have "
    "them.",
    r"\bvideo|\btelehealth|\bonline|\bremote": "A video visit works through a link in your confirmation. A phone or "
    "a computer with a "
    "camera is enough.",
    r"\bhow long|\bduration": "A first visit lasts about 30 minutes.",
    r"\bopen|\bhours\b|\bweekend": "The practices are open Monday to Friday from 8:00 to 18:00.",
    r"\bchange|\breschedul|\bmove\b": "You can change an appointment free of charge up to 24 hours before by calling "
    "the practice.",
    r"\bhuman\b|\bperson\b|\bsome(?:one|body)\b|\bphone": "You can reach people at every practice by phone, Monday "
    "to Friday from "
    "8:00 to 18:00.",
    r"\bwhere\b|\baddress|\blocat": "Each doctor's clinic is named with the doctor; the address is in the confirmation.",
    r"\bprivacy|\bprivate|\bdata|\bconfidential|\bwho sees": "Only the practice you book sees what you tell me here.",
    r"\breferral\b|\bhow does (?:this|it) work|\bwhat can you do|\bhow do you work": "I ask what troubles you, "
    "suggest suitable doctors "
    "with their free times, and book the one you choose once the booking has been approved.",
}


def _closing(text: str, *known: str) -> DemoRule:
    """How an answer leads back to where the conversation was: the first that fits, from the end of the journey to its start."""
    return DemoRule(if_known=known, go_on=True, set={"closing": text})


FAQ: tuple[DemoRule, ...] = (
    DemoRule(
        when=(DANGER,),
        set={
            "question_resolved": False,
            "response": "I am very sorry that you feel this way. Please do not stay alone with it: call the emergency "
            "number or a crisis line now, or tell somebody near you. They are there at any hour. I am only a booking "
            "assistant and cannot help with this.",
        },
    ),
    _closing("Is there anything else you would like to know?", "confirmation_number"),
    _closing("Now back to your appointment: which time with {selected_doctor} suits you?", "selected_doctor"),
    _closing("Now back to the doctors: would you like to see {suggested_doctors.0} or somebody else?", "suggested_doctors"),
    _closing("Now, shall I look for doctors who can help you?", "symptoms", "preferences.time_preference"),
    _closing("Now back to you: would mornings or afternoons suit you best?", "symptoms"),
    _closing("Now back to you: what is troubling you?"),
    *(
        DemoRule(
            when=(f"re:{pattern}",),
            set={"question_resolved": True, "response": f"{answer} {{closing}}"},
        )
        for pattern, answer in _ANSWERS.items()
    ),
    DemoRule(
        when=(r"re:^\W*(?:help|i need help|i have a question|can you help(?: me)?|question)\W*$",),
        set={
            "question_resolved": False,
            "response": "Of course. Ask me about insurance, costs, what to bring, video visits, opening hours, "
            "parking, privacy or "
            "how this works. {closing}",
        },
    ),
    DemoRule(
        set={
            "question_resolved": False,
            "response": "I do not have the answer to that in my notes; the practice will gladly tell you by phone. {closing}",
        }
    ),
)

_WORRIES: dict[str, tuple[str, str]] = {
    "the cost": (
        r"\bcost|\bexpensive|\bmoney|\bpay|\bafford",
        "The referral is free, and the practice usually bills your insurer directly.",
    ),
    "the time it takes": (
        r"\btime\b|\bbusy\b|\bschedule",
        "A first visit takes about 30 minutes, and some doctors also see you by video.",
    ),
    "fear of the visit": (
        r"\bafraid|\bscared|\bfear|\bnervous|\banxious",
        "Many people feel that way, and you may say so: the doctor goes at your pace.",
    ),
    "whether it is needed": (
        r"\bwait\b|\bneeded|\bnecessary|\bserious|\bgo away|\bget better",
        "Waiting is your choice; a short visit can tell you whether it is safe to.",
    ),
}

_READY = r"re:\b(?:yes|ja|yeah|yep|ok|okay|sure|alright|go on|go ahead|proceed|continue|let'?s|ready|fine|book)\b"
_NOT_READY = r"re:\b(?:no|not|don'?t|never|later|unsure)\b"

PERSUASION: tuple[DemoRule, ...] = (
    *(
        DemoRule(
            when=(f"re:{pattern}",),
            set={
                "hesitation_reason": worry,
                "concerns_addressed": [worry],
                "response": f"I hear you: {worry} is on your mind. {answer} And a booked time can be "
                "changed free of charge up to 24 hours before. Would you like to go on with the booking, or talk "
                "about it a little "
                "more?",
            },
        )
        for worry, (pattern, answer) in _WORRIES.items()
    ),
    DemoRule(
        when=(_NOT_READY,),
        set={
            "response": "That is quite all right, there is no hurry, and the decision is yours. What holds you back: "
            "the cost, the "
            "time, or something else? A booked time can be changed free of charge up to 24 hours before. When you "
            "want to go on, "
            "just say so.",
        },
    ),
    DemoRule(
        when=(_READY,),
        if_known=("selected_doctor",),
        set={
            "ready_to_proceed": True,
            "response": "Good, let us go on where we were. Which time with {selected_doctor} suits you best?",
        },
    ),
    DemoRule(
        when=(_READY,),
        if_known=("suggested_doctors",),
        set={
            "ready_to_proceed": True,
            "response": "Good, let us go on where we were. Which doctor would you like to see: {suggested_doctors}?",
        },
    ),
    DemoRule(
        when=(_READY,),
        set={"ready_to_proceed": True, "response": "Good, let us go on. Shall I look for suitable doctors now?"},
    ),
    DemoRule(
        set={
            "response": "Thank you for telling me. Take the time you need; I am glad to answer whatever is on your "
            "mind. When you "
            "want to go on with the booking, just say so.",
        }
    ),
)

_SUMMARY = "{appointment}, confirmation number {number}"
_PREPARE = ["Bring your insurance card and a list of your medicines", "Bring earlier reports", "Arrive ten minutes early"]

CONFIRMATION: tuple[DemoRule, ...] = (
    DemoRule(
        when=(
            (
                r"re:\b(?:thanks|thank you|danke|bye|goodbye|ciao|tschü?u?ss|that'?s all|that is all|nothing (?:else|more)|"
                r"no(?:thing)?,? (?:thanks|thank))\b"
            ),
            r"re:^\W*no\W*$",
        ),
        set={
            "finished": True,
            "confirmation_summary": _SUMMARY,
            "preparation_instructions": _PREPARE,
            "response": f"You are welcome. Your appointment: {_SUMMARY}. I wish you a quick recovery. Goodbye!",
        },
    ),
    DemoRule(
        when=(r"re:\bchange|\breschedul|\banother (?:time|day|doctor)|\bmove\b|\bcancel",),
        set={
            "confirmation_summary": _SUMMARY,
            "preparation_instructions": _PREPARE,
            "response": "I cannot change a booked appointment myself. Please call the practice and give the number "
            "{number}; up to "
            "24 hours before, a change is free of charge.",
        },
    ),
    DemoRule(
        when=(r"re:\b(?:yes|please|prepare|how|what|bring|sure|ok|okay)\b",),
        set={
            "confirmation_summary": _SUMMARY,
            "preparation_instructions": _PREPARE,
            "response": "Here is how to prepare:\n\n- Bring your insurance card and a list of your medicines.\n- "
            "Bring earlier reports if "
            "you have them.\n- Arrive ten minutes early.\n\nIs there anything else I can do for you?",
        },
    ),
    DemoRule(
        set={
            "confirmation_summary": _SUMMARY,
            "preparation_instructions": _PREPARE,
            "response": f"Your appointment is booked: {_SUMMARY}. Would you like to know how to prepare for it?",
        }
    ),
)
