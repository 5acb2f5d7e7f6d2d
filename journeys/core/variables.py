"""User variables: what is known of a person before the conversation, checked against what the journey declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.core.spec.values import validate_inputs
from journeys.core.spec import JourneySpec
from trust.core.errors import Invalid, Problem

_ANSWER = FieldSpec(name="answer__", type=ScalarType(kind="str"))


def check_variables(spec: JourneySpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` with the declared defaults. Raises ``Invalid`` with each name that is not declared and each value that does not
    fit. A required variable that is left out is no fault: the person may not be known."""
    declared = {field.name: field for field in spec.variables}
    known = ", ".join(declared) or "none"
    problems: list[Problem] = [
        {"where": f"variables.{name}", "message": f"this journey knows no variable {name!r}; its variables are: {known}"}
        for name in given
        if name not in declared
    ]
    here = [field for name, field in declared.items() if name in given or not field.required]
    checked: dict[str, Any] = {}
    if here:
        try:
            signature = SignatureSpec(name="Variables", inputs=tuple(here), outputs=(_ANSWER,))
            checked = validate_inputs(signature, {name: value for name, value in given.items() if name in declared})
        except InvalidValues as refused:
            problems += [{"where": f"variables.{each['where']}", "message": each["message"]} for each in refused.problems]
    if problems:
        raise Invalid(problems=problems)
    return checked
