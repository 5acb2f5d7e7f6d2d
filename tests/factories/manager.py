"""Runs the management commands that ``Site.manage`` sends, one after another: starting Django for each would take seconds.

A line of standard input is a JSON list of arguments; the answer is a line of JSON with the exit code and what was printed.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback

from django.core.management import execute_from_command_line


def execute(arguments: list[str]) -> tuple[int, str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as ended:
            return int(ended.code or 0), printed.getvalue()
        except Exception:
            return 1, printed.getvalue() + traceback.format_exc()
    return 0, printed.getvalue()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(execute(json.loads(line))), flush=True)
