"""Named refusals of specs and values. Each carries ``problems``: where, and what is wrong and allowed there."""

from __future__ import annotations

from trust.core.errors import Invalid


class InvalidSpec(Invalid):
    """A spec, or JSON data meant as one, that cannot be run."""

    code = "invalid_spec"
    title = "The definition is not valid"


class InvalidValues(Invalid):
    """Values that do not fit their signature."""

    code = "invalid_values"
    title = "The values do not fit the signature"
