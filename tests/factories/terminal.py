"""A command of the product at a terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time

from tests.factories.site import ROOT, Site

WITHIN_S = 40.0


class Terminal:
    """A command at a terminal of its own: what it shows, and a person who types."""

    def __init__(self, site: Site, *arguments: str):
        self.here, there = pty.openpty()
        command = [sys.executable, "manage.py", "kaizen", *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=site.environ, stdin=there, stdout=there, stderr=there, start_new_session=True
        )
        os.close(there)
        self.shown = ""

    def read_until(self, pattern: str) -> str:
        deadline = time.monotonic() + WITHIN_S
        while not re.search(pattern, self.shown):
            if time.monotonic() > deadline or not self._read(0.2):
                raise AssertionError(f"{pattern!r} was not shown:\n{self.shown}")
        return self.shown

    def type(self, text: str) -> None:
        os.write(self.here, text.encode())

    def end(self) -> int:
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline and self._read(0.1):
            continue
        code = self.process.wait(10)
        os.close(self.here)
        return code

    def _read(self, wait_s: float) -> bool:
        if select.select([self.here], [], [], wait_s)[0]:
            try:
                self.shown += os.read(self.here, 65536).decode(errors="replace")
            except OSError:  # the terminal's other end is closed
                return False
        return True
