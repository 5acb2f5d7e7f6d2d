"""Words of the journey language that stand where a pathway's id may stand."""

from __future__ import annotations

END = "end"  # the target of a transition or of ``next`` that ends the journey
ANYWHERE = "*"  # a transition from every pathway
