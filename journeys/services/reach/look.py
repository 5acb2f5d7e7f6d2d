"""How a widget looks and what it says: every setting with its default, checked as a whole. Draws nothing."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trust.core.errors import Invalid

Colour = r"^#[0-9a-fA-F]{6}$"


class Texts(BaseModel):
    """Every text of the widget, so that it speaks any language."""

    model_config = ConfigDict(extra="forbid")

    open: str = Field(default="Open the chat", max_length=100)
    close: str = Field(default="Close the chat", max_length=100)
    placeholder: str = Field(default="Write a message", max_length=100)
    send: str = Field(default="Send", max_length=100)
    working: str = Field(default="is writing …", max_length=100)
    waiting: str = Field(default="This step waits for a decision by our team.", max_length=200)
    person: str = Field(default="Talk to a person", max_length=100)
    person_waiting: str = Field(default="A person will answer here soon.", max_length=200)
    person_joined: str = Field(default="{name} answers now.", max_length=200)
    go_on: str = Field(default="Go on with the assistant", max_length=100)
    ended: str = Field(default="This conversation has ended.", max_length=200)
    restart: str = Field(default="Start a new one", max_length=100)
    offline: str = Field(default="No connection. Trying again …", max_length=200)
    failed: str = Field(default="This message could not be answered.", max_length=200)
    move: str = Field(default="Continue on another device", max_length=100)
    move_hint: str = Field(default="Open this link there within 15 minutes. It works once.", max_length=200)
    you: str = Field(default="You", max_length=60)


class Look(BaseModel):
    """The widget's appearance. ``scheme``: light, dark, or as the visitor's system has it."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=80)
    colour: str = Field(default="#1f4e79", pattern=Colour)
    scheme: Literal["auto", "light", "dark"] = "auto"
    position: Literal["right", "left"] = "right"
    greeting: str = Field(default="", max_length=1000)
    starters: tuple[str, ...] = Field(default=(), max_length=6)
    offer_person: bool = True
    language: str = Field(default="en", pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")
    texts: Texts = Texts()


def check_look(given: dict[str, Any]) -> Look:
    """``given`` with every default. Raises ``Invalid`` with each setting that cannot be."""
    try:
        return Look.model_validate(given)
    except ValidationError as refused:
        items = refused.errors(include_url=False, include_context=False)
        raise Invalid(
            problems=[{"where": ".".join(["look", *map(str, each["loc"])]), "message": each["msg"]} for each in items]
        ) from None
