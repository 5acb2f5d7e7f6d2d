"""What is wrong with a source, where, and what is allowed there instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SourceProblem:
    """One fault. ``line`` and ``column`` count from 1; 0 where the whole text is meant."""

    line: int
    column: int
    message: str


class Refused(Exception):
    """What stands at ``node`` cannot be read."""

    def __init__(self, node: ast.AST, message: str) -> None:
        super().__init__(message)
        self.problem = problem_at(node, message)


class Skipped(Exception):
    """Something here depends on what was refused already; saying so again would help nobody."""


def problem_at(node: ast.AST, message: str) -> SourceProblem:
    return SourceProblem(getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1, message)
