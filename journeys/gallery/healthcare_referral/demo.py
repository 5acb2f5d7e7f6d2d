"""What the demo model says in intake, questions, hesitation and confirmation: patterns and sentences, no AI."""

from __future__ import annotations

from typing import Any

from agents import DemoRule

_SYMPTOMS: dict[str, str] = {
    "back pain": r"\bback\b(?! (?:to|in|at|on|later|again))|\bbackache|\blumbago",
    "headache": r"\bhead ?aches?\b|\bmy head (?:hurts|aches)",
    "migraine": r"\bmigraines?\b",
    "dizziness": r"\bdizz",
    "knee pain": r"\bknees?\b",
    "shoulder pain": r"\bshoulders?\b",
    "neck pain": r"\bneck\b",
    "joint pain": r"\bjoints?\b|\barthrit",
    "skin rash": r"\brash|\beczema|\bitch",
    "acne": r"\bacne\b",
    "fever": r"\bfever|\btemperature\b",
    "cough": r"\bcough",
    "sore throat": r"\bthroat\b",
    "stomach pain": r"\bstomach|\bbelly|\babdom",
    "nausea": r"\bnausea|\bvomit",
    "fatigue": r"\bfatigue|\bexhaust|\btired\b",
    "trouble sleeping": r"\binsomnia|\bsleep",
    "palpitations": r"\bpalpitation|\bheart\b",
    "flu": r"\bflu\b",
    "chest pain": r"\bchest\b",
    "shortness of breath": r"\bshort(?:ness)? of breath|\bbreath(?:e|ing)\b",
}


def _note(pattern: str, **values: Any) -> DemoRule:
    """Takes something down and lets the other rules go on."""
    return DemoRule(when=(f"re:{pattern}",), go_on=True, set=values)


INTAKE: tuple[DemoRule, ...] = (
    *(_note(pattern, symptoms=[symptom]) for symptom, pattern in _SYMPTOMS.items()),
    DemoRule(
        when=(r"re:\bmy (?P<part>[a-z]+)(?: really| always)? (?:hurts?|aches?|is sore|is swollen|is killing me)",),
        unless_known=("symptoms",),
        go_on=True,
        set={"symptoms": ["{part} pain"]},
    ),
    DemoRule(
        when=(
            (
                r"re:\bi(?:'ve| have)(?: got| had| been having)?(?: an?| some| this)? "
                r"(?!question|insurance|no\b|to\b|time|appointment)(?P<complaint>[a-z][a-z ]{2,40}?)"
                r"(?= (?:for|since|and|when|in|at|all|on)\b|\W*$|[.,;!])"
            ),
        ),
        unless_known=("symptoms",),
        go_on=True,
        set={"symptoms": ["{complaint}"]},
    ),
    _note(r"\bmild|\bslight|\ba (?:little|bit)\b|\bnot too bad", severity="mild"),
    _note(r"\bmoderate", severity="moderate"),
    _note(
        r"\bsevere|\b(?:pretty|quite|very) bad|\bterrible|\bunbearable|\bawful|\breally bad|\bkilling me|\bhorrible",
        severity="severe",
    ),
    _note(r"\bchest pain|\bpain in my chest|\bcan(?:no|')t breathe|\bnumb on one side", severity="urgent"),
    _note(r"\bmornings?\b|\bbefore noon\b|\bearly\b", preferences={"time_preference": "morning"}),
    _note(r"\bafternoons?\b|\bafter work\b|\bevenings?\b|\blater in the day", preferences={"time_preference": "afternoon"}),
    _note(
        r"\bany ?time\b|\bwhenever\b|\bdo(?:n't| not) care\b|\b(?:either|both|all)\b.*\bfine\b|\bdo(?:n't|"
        r" not) mind\b|\bno preference|"
        r"\bas soon as",
        preferences={"time_preference": "any"},
    ),
    _note(r"\bfemale\b|\bwoman\b|\blady\b", preferences={"gender_preference": "female"}),
    _note(r"\bmale\b|\bman\b", preferences={"gender_preference": "male"}),
    _note(r"\bvideo\b|\bonline\b|\btelehealth\b|\bremote", preferences={"telehealth_ok": True}),
    _note(r"\bin person\b|\bface to face\b", preferences={"telehealth_ok": False}),
    DemoRule(
        when=(
            r"re:\binsured (?:with|by|at) (?P<insurer>[A-Z][\w' -]+?)(?=[.,;!]|$)",
            r"re:\binsurance is (?P<insurer>[\w' -]+?)(?=[.,;!]|$)",
        ),
        go_on=True,
        set={"insurance_info": "{insurer}"},
    ),
    DemoRule(
        when=(r"re:\bchest pain|\bpain in my chest|\bcan(?:no|')t breathe|\bnumb on one side",),
        set={
            "ready_for_booking": False,
            "response": "That can be an emergency. If it is happening now or getting worse, please call the "
            "emergency number at "
            "once and do not wait for an appointment. If a doctor has already ruled that out, tell me whether "
            "mornings or "
            "afternoons suit you, and I will look for a specialist.",
        },
    ),
    DemoRule(
        if_known=("symptoms", "preferences.time_preference"),
        set={
            "ready_for_booking": True,
            "response": "Thank you, that is all I need. I have noted: {symptoms}; preferred time of day: "
            "{preferences.time_preference}. "
            "Shall I look for doctors who can help you?",
        },
    ),
    DemoRule(
        if_known=("symptoms",),
        set={
            "ready_for_booking": False,
            "response": "I am sorry to hear about the {symptoms}. Let us find somebody who can help. When would a "
            "visit suit you "
            "best: in the morning or in the afternoon? If you would rather see a woman or a man, or prefer a video "
            "visit, just "
            "say so.",
        },
    ),
    DemoRule(
        when=(r"re:^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?\W*$",),
        set={"ready_for_booking": False, "response": "Hello, it is good that you are here. What is troubling you?"},
    ),
    DemoRule(
        set={
            "ready_for_booking": False,
            "response": "Thank you for telling me. So that I can find the right doctor: which symptom bothers you "
            "most, for "
            "example back pain, a headache, a rash or a fever?",
        }
    ),
)

_ANSWERS: dict[str, str] = {
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
    r"\bpark": "There is parking at all of the clinics.",
    r"\bprivacy|\bprivate|\bdata|\bconfidential|\bwho sees": "Only the practice you book sees what you tell me here.",
    r"\breferral\b|\bhow does (?:this|it) work|\bwhat can you do|\bhow do you work": "I ask what troubles you, "
    "suggest suitable doctors "
    "with their free times, and book the one you choose once the booking has been approved.",
}


def _closing(text: str, *known: str) -> DemoRule:
    """How an answer leads back to where the conversation was: the first that fits, from the end of the journey to its start."""
    return DemoRule(if_known=known, go_on=True, set={"closing": text})


FAQ: tuple[DemoRule, ...] = (
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
        "the referral is free, and the practice usually bills your insurer directly",
    ),
    "the time it takes": (
        r"\btime\b|\bbusy\b|\bschedule",
        "a first visit takes about 30 minutes, and some doctors also see you by video",
    ),
    "being afraid": (
        r"\bafraid|\bscared|\bfear|\bnervous|\banxious",
        "many people feel that way, and you may say so: the doctor goes at your pace",
    ),
    "whether it is needed": (
        r"\bwait\b|\bneeded|\bnecessary|\bserious|\bgo away|\bget better",
        "waiting is your choice; a short visit can tell you whether it is safe to",
    ),
}

_READY = r"re:\b(?:yes|yeah|yep|ok|okay|sure|alright|go on|go ahead|proceed|continue|let'?s|ready|fine|book)\b"
_NOT_READY = r"re:\b(?:no|not|don'?t|never|later|unsure)\b"

PERSUASION: tuple[DemoRule, ...] = (
    *(
        DemoRule(
            when=(f"re:{pattern}",),
            set={
                "hesitation_reason": worry,
                "concerns_addressed": [worry],
                "response": f"I hear you: you are thinking about {worry}. To be plain about it, {answer}. And a "
                f"booked time can be "
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
                r"re:\b(?:thanks|thank you|bye|goodbye|that'?s all|that is all|nothing (?:else|more)|"
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
