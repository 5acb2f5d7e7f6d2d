"""What the demo model takes down and says during intake: patterns and sentences, no AI. Forgives common slips of the pen."""

from __future__ import annotations

from typing import Any

from agents import DemoRule

_PARTS = (
    r"toe|foot|feet|heel|ankle|leg|calf|thigh|hip|arm|elbow|wrist|hand|finger|thumb|eye|ear|tooth|teeth|jaw|nose|face|rib|"
    r"muscle|nerve|bone"
)
_SYMPTOMS: dict[str, str] = {
    "back pain": r"\bback ?p[ai]+n|\bback\b(?! (?:to|in|at|on|later|again|from))|\bbackache|\blumbago|\bslipped disc",
    "headache": r"\bhe?a?d ?-?ach?e?s?\b|\bhead ?pains?\b|\bmy head (?:hurts|aches|is)|\bpains? in (?:my|the) head",
    "migraine": r"\bmigr[ae]i?nes?\b",
    "dizziness": r"\bdizz|\bvertigo",
    "knee pain": r"\bknees?\b",
    "shoulder pain": r"\bsh?oulders?\b",
    "neck pain": r"\bneck\b",
    "joint pain": r"\bjoints?\b|\barthrit",
    "skin rash": r"\brash|\beczema|\bitch|\bskin\b",
    "acne": r"\bacne\b|\bpimples?\b",
    "fever": r"\bfever|\btemperature\b",
    "cough": r"\bcough",
    "sore throat": r"\bthroat\b",
    "stomach pain": r"\bstomach|\bbelly|\babdom|\btummy",
    "nausea": r"\bnause|\bvomit|\bthrowing up",
    "fatigue": r"\bfatigue|\bexhaust|\b(?<!sick and )tired\b",
    "trouble sleeping": r"\binsomnia|\bsleep",
    "palpitations": r"\bpalpitation|\bheart\b",
    "flu": r"\bflu\b|\binfluenza",
    "a cold": r"\b(?:a|the|bad|got) cold\b|\brunny nose",
    "chest pain": r"\bchest\b",
    "shortness of breath": r"\bshort(?:ness)? of breath|\bbreath(?:e|ing)\b",
    "stress": r"\bstress|\bburn ?-?out",
    "low mood": r"\bdepress|\bsad\b|\blow mood",
    "anxiety": r"\banxi|\bpanic",
    "allergy": r"\ballerg|\bhay ?fever",
}
_EMERGENCY = (
    r"re:\bchest pain|\bpains? in (?:my|the) (?:chest|breast)|\bchest (?:hurts|aches|is tight)|\bheart attack|\bstroke\b|"
    r"\bcan(?:no|')?t breathe|\bnumb on one side|\bunconscious|\bbleeding (?:heavily|a lot)"
)
_ASK = "which symptom bothers you most, for example back pain, a headache, a rash or a fever?"
_WHEN = "Would mornings or afternoons suit you better? If both are fine, just say so."


def _note(pattern: str, wish: str = "", **values: Any) -> DemoRule:
    """Takes something down and lets the other rules go on; ``wish`` is how it is repeated to the patient."""
    heard = {"wishes": [wish]} if wish else {}
    return DemoRule(when=(f"re:{pattern}",), go_on=True, set={**values, **heard})


def _symptom(pattern: str, symptom: str) -> DemoRule:
    return DemoRule(when=(f"re:{pattern}",), unless_known=("named",), go_on=True, set={"symptoms": [symptom], "named": True})


def _time(pattern: str, value: str) -> DemoRule:
    return _note(pattern, preferences={"time_preference": value})


def _says(text: str, *known: str, ready: bool = False, **conditions: Any) -> DemoRule:
    return DemoRule(if_known=known, set={"ready_for_booking": ready, "response": text}, **conditions)


_TAKEN_DOWN: tuple[DemoRule, ...] = (
    *(_note(pattern, symptoms=[symptom], named=True) for symptom, pattern in _SYMPTOMS.items()),
    _symptom(
        rf"\b(?:broke|broken|sprained|twisted|injured|cut|burn(?:ed|t)) (?:my|the) (?P<part>{_PARTS})\b", "injured {part}"
    ),
    _symptom(rf"\b(?:my|the) (?:left |right |big |little )?(?P<part>{_PARTS})s?\b", "{part} pain"),
    _symptom(r"\bmy (?P<part>[a-z]+)(?: really| always)? (?:hurts?|aches?|is sore|is swollen|is killing me)", "{part} pain"),
    _symptom(r"\bpains? (?:in|at|on) (?:my|the) (?P<part>[a-z]+)", "{part} pain"),
    _symptom(r"\b(?:feel|am|i'm) (?:very |really |so |quite )?(?:sick|ill|unwell)\b", "feeling unwell"),
    DemoRule(
        when=(
            (
                r"re:\bi(?:'ve| have)(?: got| had| been having)?(?: an?| some| this)? "
                r"(?!question|insurance|no\b|not\b|never|to\b|time|appointment|been\b|had\b|already|only|just)"
                r"(?P<complaint>[a-z][a-z ]{2,40}?)(?= (?:for|since|and|when|in|at|all|on)\b|\W*$|[.,;!])"
            ),
        ),
        unless_known=("symptoms",),
        go_on=True,
        set={"symptoms": ["{complaint}"], "named": True},
    ),
    _note(r"\bmild|\bslight|\ba (?:little|bit)\b|\bnot (?:too|so) bad", severity="mild"),
    _note(r"\bmoderate", severity="moderate"),
    _note(
        r"\bsevere|\b(?:pretty|quite|very|real+y) bad|\bterrible|\bunbearable|\bawful|\bkilling me|\bhorrible",
        severity="severe",
    ),
    _note(_EMERGENCY.removeprefix("re:"), severity="urgent"),
    _time(r"\b(?:not|no|never|except)\b[^.,;]{0,14}\bmorn", "afternoon"),
    _time(r"\b(?:not|no|never|except)\b[^.,;]{0,14}\baftern", "morning"),
    _time(
        r"\bany ?time\b|\bwhenever\b|\b(?:don'?t|do not) (?:care|mind)\b|\b(?:either|both|all)\b.*\b(?:fine|good|ok)|"
        r"^\W*(?:both|either)\b|\bno(?:t important| matter when| preference)\b|\b(?:doesn'?t|does not) matter|\bflexible|"
        r"\bas (?:soon|early) as|\basap\b|\burgent|\btoday\b|\btom+or+ow\b|\begal\b",
        "any",
    ),
    _time(r"\bmorn\w*|\bbefore noon\b|\bearly\b|\bforenoon", "morning"),
    _time(r"\baftern\w*|\bafter work\b|\bevenings?\b|\blater in the day|\bafter lunch", "afternoon"),
    _note(
        r"^(?!.*\bi(?:'m| am) (?:an? )?[\w -]{0,15}\b(?:female|woman|lady)\b).*\b(?:female|woman|lady)\b",
        preferences={"gender_preference": "female"},
    ),
    _note(
        r"^(?!.*\bi(?:'m| am) (?:an? )?[\w -]{0,15}\b(?:male|man)\b).*\b(?:male|man)\b",
        preferences={"gender_preference": "male"},
    ),
    _note(
        r"\b(?:no|not|without|don'?t want)\b[^.,;]{0,14}\b(?:video|online)|\bin person\b|\bface to face\b",
        "a visit in person",
        preferences={"telehealth_ok": False},
    ),
    _note(r"\bvideo\b|\bonline\b|\btelehealth\b|\bremote", preferences={"telehealth_ok": True}),
    DemoRule(
        when=(
            r"re:\binsured (?:with|by|at) (?P<insurer>[A-Z][\w' -]+?)(?=[.,;!]|$)",
            r"re:\binsurance is (?P<insurer>[\w' -]+?)(?=[.,;!]|$)",
        ),
        go_on=True,
        set={"insurance_info": "{insurer}"},
    ),
    # Everything known by now, from this message and from those before it, in the words in which it is repeated.
    DemoRule(if_known=("context.symptoms",), go_on=True, set={"complaints": "{context.symptoms}"}),
    DemoRule(if_known=("symptoms",), go_on=True, set={"complaints": "{symptoms}"}),
    DemoRule(
        if_known=("preferences.gender_preference",),
        go_on=True,
        set={"wishes": ["a {preferences.gender_preference} doctor"]},
    ),
    DemoRule(if_known=("preferences.telehealth_ok",), go_on=True, set={"wishes": ["by video"]}),
    DemoRule(if_known=("insurance_info",), go_on=True, set={"wishes": ["insured with {insurance_info}"]}),
    *(
        DemoRule(if_known=known, go_on=True, set={"noted": text})  # the first that fits stays
        for text, known in (
            ("preferred time of day: {preferences.time_preference}; also: {wishes}", ("preferences.time_preference", "wishes")),
            ("preferred time of day: {preferences.time_preference}", ("preferences.time_preference",)),
            ("{wishes}", ("wishes",)),
        )
    ),
)

INTAKE: tuple[DemoRule, ...] = (
    *_TAKEN_DOWN,
    _says(
        "That can be an emergency. If it is happening now or getting worse, please call the emergency number at once and do "
        "not wait for an appointment. If a doctor has already ruled that out, tell me whether mornings or afternoons suit you, "
        "and I will look for a specialist.",
        when=(_EMERGENCY,),
    ),
    _says(
        "Thank you, that is all I need. I have noted: {complaints}; {noted}. Shall I look for doctors who can help you?",
        "complaints",
        "preferences.time_preference",
        ready=True,
    ),
    _says(
        "I am sorry to hear about the {symptoms}. Let us find somebody who can help. When would a visit suit you best: in the "
        "morning or in the afternoon? If you would rather see a woman or a man, or prefer a video visit, just say so.",
        "named",
        unless_known=("noted",),
    ),
    _says("I am sorry to hear about the {symptoms}. I have noted: {noted}. " + _WHEN, "named"),
    _says(
        "That is good to hear. If something troubles you, write it here, and I will find a doctor.",
        when=(r"re:^\W*(?:nothing|no|nope|none|nein)\b.{0,12}$",),
        unless_known=("complaints", "noted"),
    ),
    _says(
        "Goodbye. Nothing has been arranged; write whenever you want to go on.",
        when=(r"re:\bbye\b|\btsch(?:ü|u|ue)s+|\bciao\b",),
    ),
    _says("I have noted: {complaints}; {noted}. " + _WHEN, "complaints", "noted"),
    _says(_WHEN, "complaints"),
    _says("Thank you, I have noted: {noted}. So that I can find the right doctor: " + _ASK, "noted"),
    _says(
        "Hello, it is good that you are here. What is troubling you?",
        when=(r"re:^\W*(?:hi|hello|hallo|hey|good (?:morning|afternoon|evening|day))(?: there)?\W*$",),
    ),
    _says("Gladly. So that I can find the right one: " + _ASK, when=(r"re:\b(?:doctor|appointment|specialist|physician)s?\b",)),
    _says(
        "I am not sure that I understood. I can find you a doctor once I know what troubles you: " + _ASK,
    ),
)
