"""The newest results of work that depends on nothing but what it is given, found again by just that."""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """Keeps ``most`` results. One edit is followed by several readings of one draft: only the first of them costs."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[bytes, Made](), Lock()

    def get(self, given: object, make: Callable[[], Made]) -> Made:
        """What ``make`` made of something equal to ``given``, else what it makes now."""
        key = hashlib.blake2b(pickle.dumps(given, protocol=5), digest_size=16).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
