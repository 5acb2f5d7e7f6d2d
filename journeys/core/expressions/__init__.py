"""The expression language of journeys: guards, conditions, completion and bindings in CEL, a small language without loops
and without side effects.

**What there is**: context fields and this turn's outputs by name, ``user.<variable>``, ``message``, ``turn`` (a number),
``pathway``, and ``context``, which holds everything that is known. Dates are texts in ISO form and compare as such.

**What is not known yet**: a field without a value (absent or ``null``) makes whatever compares it unknown, and an unknown
condition is not true. So ``severity == "urgent" && size(symptoms) > 0`` is simply false until both are known, and so is
``severity != "urgent"``; ``severity == "urgent" || size(symptoms) > 3`` is true as soon as one side is. Whether a field is
known is asked with ``has(severity)``, ``has(user.plan)``, ``has(offer.price)``; there is no ``null``.

**Bounds**: the length of the text, the depth of nesting, the number of steps over lists and the work on long values.
"""

from __future__ import annotations

from journeys.core.expressions.checking import check_expression
from journeys.core.expressions.evaluating import Verdict, evaluate, explain, holds
from journeys.core.expressions.reading import MAX_LENGTH, names_in

__all__ = ["MAX_LENGTH", "Verdict", "check_expression", "evaluate", "explain", "holds", "names_in"]
