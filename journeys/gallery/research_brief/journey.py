"""Research brief: two agents in a row search and write, changes are wished for, and a person approves the publication."""

from __future__ import annotations

from typing import Literal

from agents import Agent, InputField, OutputField, Signature, ToolUse
from journeys import (
    Append,
    CancelPattern,
    ConditionTrigger,
    DigressionPattern,
    ErrorRecovery,
    EventTrigger,
    FallbackPattern,
    HookUse,
    IntentTrigger,
    Journey,
    Pathway,
    Patterns,
    Remove,
    ReturnToPrevious,
    Set,
    Transition,
    Variable,
)
from journeys.gallery.writing import CONFIG, HELLO, NO, OFF_TOPIC, STOP, STOPS, Talk, heard, note, say, use

_TOPIC = r"\b(?:about|on) (?P<topic>[a-z][\w ]{2,60}?)(?= for\b|[.,!?]|$)"
_READER = r"\bfor (?:the |my |our )?(?P<reader>management|team|customers|public)\b"
_CHANGE = r"\b(?:shorter|longer|friendlier|simpler|add|leave out|instead|change|rewrite)\b"


class ScopeSignature(Talk):
    """You learn what a research brief is about and who reads it. Ask one question at a time."""

    __intent__ = "Learn the topic and the readers"

    topic: str | None = OutputField(desc="The topic in a few words; null if not said", default=None)
    reader: Literal["management", "team", "customers", "public"] | None = OutputField(desc="Who reads it", default=None)


class SearchSignature(Signature):
    """You search the notes with search_notes and hand on what they say. Never add what no note says."""

    __intent__ = "Find what the notes say about the topic"

    topic: str = InputField(desc="What to search for", default="everything")
    findings: list[str] = OutputField(desc="What the notes say, as they say it", default=[])
    sources: list[str] = OutputField(desc="The titles of the notes", default=[])


class WriteSignature(Talk):
    """You write a brief of at most six sentences from the findings alone, name the sources, and heed every wish."""

    __intent__ = "Write the brief"

    topic: str = InputField(desc="What it is about", default="the topic")
    reader: str = InputField(desc="Who reads it", default="team")
    findings: list[str] = InputField(desc="What is known", default=[])
    sources: list[str] = InputField(desc="Where from", default=[])
    wishes: list[str] = InputField(desc="What the person wished so far, oldest first", default=[])
    draft: str = OutputField(desc="The brief; empty if nothing was found", default="")


class ReviewSignature(Talk):
    """You have a brief published with publish_brief. A person approves it; say honestly what they decided."""

    __intent__ = "Have the brief approved and published"

    topic: str = InputField(desc="What it is about", default="the topic")
    draft: str = InputField(desc="The brief", default="")
    brief_reference: str | None = OutputField(desc="As publish_brief returned it; null before", default=None)
    objection: str | None = OutputField(desc="The reason, if the person did not approve", default=None)


class SourcesSignature(Talk):
    """You say which notes the brief rests on, and nothing else."""

    __intent__ = "Name the sources"

    sources: list[str] = InputField(desc="The notes", default=[])
    named: bool = OutputField(desc="Whether there were any", default=False)


class BriefScope(Agent):
    """Learns the topic and the readers."""

    __signature__ = ScopeSignature
    __demo__ = [
        note(_TOPIC, topic="{topic}"),
        note(_READER, r"^\W*(?:the |my |our )?(?P<reader>management|team|customers|public)\W*$", reader="{reader}"),
        note(known=("topic",), subject="{topic}"),
        note(known=("context.topic",), subject="{context.topic}"),
        say("Good: a brief on {subject} for the {reader}. Shall I search the notes and write it?", known=("subject", "reader")),
        say("A brief on {subject}, gladly. For whom: the management, the team, customers or the public?", known=("subject",)),
        say("Hello! What shall the brief be about, and who reads it?", HELLO),
        say("Tell me the topic, for example “about heat pumps for the management”. I also know cycling and remote work."),
    ]


class BriefSearcher(Agent):
    """Searches the notes."""

    __signature__ = SearchSignature
    __tools__ = ("search_notes",)
    __demo__ = [
        note(after="search_notes", findings="{search_notes.findings}", sources="{search_notes.sources}"),
        use("search_notes", topic="{topic}"),
    ]


class BriefWriter(Agent):
    """Writes the brief."""

    __signature__ = WriteSignature
    __demo__ = [
        say(
            "I found no note on {topic}. Shall we take another topic? I know heat pumps, cycling and remote work.",
            unless=("findings",),
        ),
        note(known=("wishes",), draft="{topic}, for the {reader}: {findings}. (You wished: {wishes}.) Sources: {sources}."),
        note(draft="{topic}, for the {reader}: {findings}. Sources: {sources}."),
        say("Here is the brief:\n\n> {draft}\n\nShall I ask for the approval to publish it, or do you wish a change?"),
    ]


class BriefReview(Agent):
    """Publishes once a person has approved it."""

    __signature__ = ReviewSignature
    __tools__ = (ToolUse(name="publish_brief", ask=True),)
    __demo__ = [
        say(
            "It was not approved (“{publish_brief.error.message}”). Shall I write it again with that in mind?",
            after="publish_brief",
            rejected=True,
            objection="{publish_brief.error.message}",
        ),
        say(
            "It is published, reference {publish_brief.reference}. Thank you for the good work!",
            after="publish_brief",
            brief_reference="{publish_brief.reference}",
        ),
        say("All right, it stays a draft. Say “publish it” when you are ready, or what I should change.", NO),
        use("publish_brief", title="{topic}", text="{draft}"),
    ]


class BriefSources(Agent):
    """Names the sources."""

    __signature__ = SourcesSignature
    __demo__ = [
        say("The brief rests on: {sources}.", known=("sources",), named=True),
        say("Nothing has been searched yet."),
    ]


class ResearchBrief(Journey):
    """Searches notes, writes a brief, changes it as you wish, and publishes it when a person has approved it."""

    __title__ = "Research brief"
    __greeting__ = "Hello, I write short briefs from our notes. What is the topic, and who reads it?"
    __end_message__ = "Good. Write again when you need another brief."
    __config__ = CONFIG
    __context__ = {
        "wishes": Variable(list[str], "What the person wished of the brief", default=[]),
        "round": Variable(str, "first or changed", default="first"),
    }
    __patterns__ = Patterns(
        cancel=CancelPattern(
            enabled=True, confirm=True, question="Shall I drop this brief?", examples=STOPS, demo_patterns=(STOP,)
        ),
        fallback=FallbackPattern(
            enabled=True,
            reply="I write briefs and nothing else. What is the topic?",
            after=2,
            pathway="scope",
            demo_patterns=(OFF_TOPIC,),
        ),
        digression=DigressionPattern(resume="Back to: {title}."),
    )
    __hooks__ = [
        HookUse(
            event="pre_transition",
            hook="require_fields",
            params={"fields": ["draft"], "to": ["review"], "reply": "There is nothing to publish yet."},
        ),
        HookUse(event="pre_message_process", hook="block_words", params={"words": ["plagiarize", "make it up"]}),
    ]
    __transitions__ = [
        Transition(
            id="asks_sources",
            trigger=IntentTrigger(
                ["sources"],
                "The person asks where something is from",
                ["What are the sources?", "Where is that from?"],
                demo_patterns=heard(r"\bsources?\b.*\?", r"\bwhere (?:is|does) (?:that|this|it)\b.*\bfrom\b"),
            ),
            from_pathway=["research", "review"],
            to_pathway="sources",
            priority=12,
        ),
        Transition(
            id="another_topic",
            trigger=IntentTrigger(
                ["another_topic"],
                "The person wants a brief on another topic",
                ["Let us take another topic", "Another brief, please"],
                demo_patterns=heard(r"\b(?:another|other|new) (?:topic|brief)\b"),
            ),
            from_pathway=["research", "review"],
            to_pathway="scope",
            priority=10,
            push=False,
            context_update=[Remove(name) for name in ("topic", "reader", "findings", "sources", "draft", "wishes")],
        ),
        Transition(
            id="wishes_change",
            trigger=IntentTrigger(
                ["change"],
                "The person wishes a change of the brief",
                ["Make it shorter", "Add a sentence about costs"],
                demo_patterns=heard(_CHANGE),
            ),
            guard="has(draft)",
            from_pathway="review",
            to_pathway="research",
            priority=8,
            push=False,
            context_update=[Append("wishes", source="message"), Set("round", "changed")],
        ),
        Transition(
            id="nothing_found",
            label="No note fits: another topic",
            trigger=ConditionTrigger("size(findings) == 0"),
            from_pathway="research",
            to_pathway="scope",
            priority=6,
            push=False,
            context_update=[Remove("topic")],
        ),
        Transition(
            id="published",
            trigger=EventTrigger("tool_result", tool="publish_brief"),
            guard="has(brief_reference)",
            from_pathway="review",
            to_pathway="end",
        ),
        Transition(
            id="not_approved",
            label="A person did not approve it",
            trigger=ConditionTrigger("has(objection)"),
            from_pathway="review",
            to_pathway="research",
            push=False,
            context_update=[Append("wishes", source="objection"), Set("round", "changed")],
        ),
    ]

    class ScopePath(Pathway):
        __title__ = "Topic and readers"
        __agents__ = [BriefScope]
        __accumulate__ = ["topic", "reader"]
        __next__ = "research"
        __suggestions__ = ["About heat pumps for the management", "About cycling for our customers", "About remote work"]

    class ResearchPath(Pathway):
        __title__ = "Search and write"
        __agents__ = [BriefSearcher, BriefWriter]
        __pipeline__ = "sequential"
        __accumulate__ = ["findings", "sources", "draft"]
        __merge__ = {"findings": "union", "sources": "union"}
        __complete_when__ = ["draft"]
        __next__ = "review"
        __timeout_s__ = 180
        __on_error__ = ErrorRecovery(mode="retry", retries=1)
        __suggestions__ = ["Yes please"]

    class ReviewPath(Pathway):
        __title__ = "Approval"
        __agents__ = [BriefReview]
        __accumulate__ = ["brief_reference"]
        __suggestions__ = ["Publish it", "Make it shorter", "What are the sources?"]

    class SourcesPath(Pathway):
        __title__ = "Sources"
        __agents__ = [BriefSources]
        __return_behavior__ = ReturnToPrevious()
