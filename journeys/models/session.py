"""Session and Message: one person's conversation with a journey version, in one order. Runs and journals are in agents."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class SessionStatus(models.TextChoices):
    OPEN = "open"
    ENDED = "ended"


class Handling(models.TextChoices):
    """Who answers: the journey, nobody yet (a person was asked for), or a person."""

    AGENT = "agent"
    WAITING = "waiting"
    HUMAN = "human"


class Session(models.Model):
    """A conversation.

    ``owner`` is the reference of the person or key that opened it (``user:<id>``, ``key:<id>``, ``guest:<id>`` of a visitor
    without an account); nobody else continues it. ``end_user`` is who a visitor is by the words of the site that vouches for
    them. ``variables`` is what is known of the person, ``known`` the context that the session began with. ``silent_since``
    is when something was last said that was not said because of the silence itself; ``silence_fired`` names the transitions
    that this silence has set off, and ``due_at`` is when the sweep has to look next (null: never).
    ``digest`` names the spec that answers: that of ``version``, or without one of a draft as it was; ``model`` is what
    stands in it in place of the agents' own models. ``branch_of`` is the conversation that this one repeats up to, and
    without, its turn ``branch_turn``. ``debug`` holds a tester's pins and breakpoints.
    ``state`` is ``JourneyState.to_json()`` after the last finished turn. ``next_seq`` and ``next_pos`` number the messages and
    the turns; they are taken under the row's lock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="sessions")
    definition = models.ForeignKey("agents.Definition", on_delete=models.RESTRICT, related_name="sessions")
    version = models.ForeignKey("agents.Version", null=True, blank=True, on_delete=models.RESTRICT, related_name="sessions")
    digest = models.CharField(max_length=71)
    model = models.JSONField(default=dict, blank=True)
    branch_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="branches")
    branch_turn = models.PositiveIntegerField(default=0)
    debug = models.JSONField(default=dict, blank=True)
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=60)
    owner_label = models.CharField(max_length=200)
    state = models.JSONField()
    status = models.CharField(max_length=10, choices=SessionStatus.choices, default=SessionStatus.OPEN)
    next_seq = models.PositiveIntegerField(default=1)
    next_pos = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    environment = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=20, default="playground")
    end_user = models.CharField(max_length=200, blank=True)
    variables = models.JSONField(default=dict, blank=True)
    known = models.JSONField(default=dict, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)
    handling = models.CharField(max_length=10, choices=Handling.choices, default=Handling.AGENT)
    handling_since = models.DateTimeField(null=True, blank=True)
    operator = models.CharField(max_length=60, blank=True)
    operator_label = models.CharField(max_length=200, blank=True)
    silent_since = models.DateTimeField(default=timezone.now)
    silence_fired = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=SessionStatus.values), name="session_status_known"),
            models.CheckConstraint(condition=models.Q(handling__in=Handling.values), name="session_handling_known"),
            models.CheckConstraint(
                condition=(models.Q(handling="human") & ~models.Q(operator=""))
                | (~models.Q(handling="human") & models.Q(operator="")),
                name="session_human_has_operator",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="session_due"),
            models.Index(fields=["organization", "handling", "status"], name="session_by_handling"),
            models.Index(fields=["organization", "end_user"], name="session_by_end_user"),
            models.Index(fields=["organization", "owner", "-last_activity_at"], name="session_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.status})"

    @property
    def slug(self) -> str:
        """The slug of the journey."""
        return self.definition.slug

    @property
    def version_label(self) -> str:
        """``v3``, or ``draft``; with another model than the journey's own also its name."""
        name = f"v{self.version.number}" if self.version is not None else "draft"
        return f"{name} · {self.model['model'] or self.model['provider']}" if self.model else name

    @property
    def queue_key(self) -> str:
        """What the turns of this session wait in line for."""
        return f"session:{self.id}"

    @property
    def topic(self) -> str:
        """The live topic of this session's runs."""
        return f"session.{self.id}"

    @property
    def talk_group(self) -> str:
        """The channel group that hears of every message and of every change of who answers."""
        return talk_group(self.id)


def talk_group(session_id: uuid.UUID) -> str:
    return f"talk.{session_id}"


def live_group(organization_id: uuid.UUID) -> str:
    """The channel group that hears when a conversation of the organization waits for a person, or no longer does."""
    return f"live.{organization_id}"


class MessageRole(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    HUMAN = "human"  # a person of the organization who has taken the conversation over
    EVENT = "event"  # nobody said anything: what happened, and began a turn


QUESTIONS = (MessageRole.USER, MessageRole.EVENT)  # what begins a turn


class Message(models.Model):
    """What was said. ``turn`` numbers the turn it belongs to (0: the greeting); a turn has at most one answer per run.

    ``run`` of a person's message is the run that answers it now: a retry puts a new one in its place; what is said to a human
    has none. ``payload`` of an answer is the turn's summary, of a system message why the turn did not finish, or with ``note``
    what was done to the session and by whom. ``author`` is the name of the human who wrote.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    turn = models.PositiveIntegerField(default=0)
    role = models.CharField(max_length=10, choices=MessageRole.choices)
    client_id = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    run = models.ForeignKey("agents.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    pathway = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["session", "seq"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=MessageRole.values), name="message_role_known"),
            models.UniqueConstraint(fields=["session", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["session", "client_id"], condition=~models.Q(client_id=""), name="message_client_id_once"
            ),
            models.UniqueConstraint(
                fields=["run"], condition=~models.Q(role__in=["user", "event"]), name="message_one_answer_of_a_run"
            ),
            models.UniqueConstraint(
                fields=["session", "turn"],
                condition=models.Q(role__in=["user", "event"]),
                name="message_one_question_of_a_turn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.seq} {self.role}"
