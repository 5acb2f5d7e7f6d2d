"""A page as a browser without a script reads it: the controls of a form with what they would send, and elements by id."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = {"input", "br", "hr", "img", "link", "meta", "use"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class _Form:
    id: str
    values: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """``forms`` by id hold what each would send; a checkbox that is off sends nothing, a later control of a name wins."""

    def __init__(self, answer: Any):
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.elements: dict[str, Element] = {}
        self.all: list[Element] = []
        self._open: list[Element] = []
        self._form: _Form | None = None
        self._select = ""
        self.feed(answer.content.decode())

    def __getitem__(self, element_id: str) -> Element:
        return self.elements[element_id]

    def value(self, element_id: str) -> str:
        found = self[element_id]
        return found.text.removeprefix("\n") if found.tag == "textarea" else found.attributes.get("value", "")

    def having(self, attribute: str) -> list[str]:
        """The values of an attribute, in the page's order."""
        return [element.attributes[attribute] for element in self.all if attribute in element.attributes]

    def named(self, name: str) -> list[Element]:
        return [element for element in self.all if element.attributes.get("name") == name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.all.append(element)
        if "id" in element.attributes:
            self.elements.setdefault(element.attributes["id"], element)
        if tag not in _VOID:
            self._open.append(element)
        if tag == "form":
            self._form = _Form(element.attributes.get("id", ""))
            self.forms[self._form.id] = self._form.values
        self._read(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            element = self._open.pop()
            name = element.attributes.get("name")
            if element.tag == "textarea" and self._form and name:
                self._form.values[name] = element.text.removeprefix("\n")
            if element.tag == tag:
                break
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def _read(self, element: Element) -> None:
        given, form = element.attributes, self._form
        if element.tag == "select":
            self._select = given.get("name", "")
        if form is None:
            return
        if element.tag == "option" and self._select and ("selected" in given or self._select not in form.values):
            form.values[self._select] = given.get("value", "")
        name = given.get("name")
        if element.tag != "input" or not name or given.get("type") == "file":
            return
        if given.get("type") not in ("checkbox", "radio") or "checked" in given:
            form.values[name] = given.get("value", "")
