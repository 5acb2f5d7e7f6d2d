"""Effect classes: what a crash in the middle of a step allows the engine to do."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """How a step touches the world.

    READ may be repeated freely. KEYED is repeated with the same idempotency key: the target applies it once.
    UNKEYED is done at most once: after a crash in the middle its outcome is unknown and a person decides.
    LOCAL happens in the transaction that records its result: exactly once. MODEL may be repeated; both calls are billed.
    """

    READ = "read"
    KEYED = "keyed"
    UNKEYED = "unkeyed"
    LOCAL = "local"
    MODEL = "model"
