"""What every edit is: named parameters with one method that changes a draft in place and says what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from journeys.core.editing.draft import Draft


@dataclass(frozen=True, slots=True)
class Done:
    """``label`` names the change in a list of changes; ``id`` is the path of what was made or changed; ``removed`` tells
    everything else that had to go or change with it, one sentence each."""

    label: str
    id: str = ""
    removed: tuple[str, ...] = ()


class Edit(BaseModel):
    """Base of all operations; ``op`` is the name of each. Raises ``Invalid`` when it cannot be done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def apply(self, draft: Draft) -> Done:
        """Changes ``draft``, which is the caller's own copy."""
        raise NotImplementedError


def title_of(row: dict[str, Any]) -> str:
    """What people call a pathway."""
    title = row.get("title")
    return title if isinstance(title, str) and title.strip() else str(row.get("id", "")).replace("_", " ").capitalize()
