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
    """The exit code with what was printed; log and errors go to the log of the site, and are told too when it failed."""
    printed, errors = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        except Exception:
            code = 1
            traceback.print_exc()
    sys.stderr.write(errors.getvalue())
    return code, printed.getvalue() + (errors.getvalue() if code else "")


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(execute(json.loads(line))), flush=True)
