"""Angles from which a task can be thought about: one for each path of a tree of thoughts, so that no two are alike."""

from __future__ import annotations

ANGLES = (
    "the most direct way",
    "what could go wrong, and how to be safe from it",
    "the cheapest and smallest thing that works",
    "beginning at the end and working backwards",
    "an assumption of the task that may not hold",
    "how an expert of an unrelated field would do it",
    "the boldest way, with the highest gain",
    "the people concerned and what they need",
    "splitting it into parts that are solved apart",
    "what has worked in a similar case",
    "numbers: measure first and decide by them",
    "the long run rather than the first result",
    "doing the opposite of the usual",
    "what can be left out altogether",
    "what can be tried quickly and undone",
    "combining two ways that seem to exclude each other",
    "the weakest point first",
    "what is already there and can be used",
    "timing: what must happen before what",
    "how a rival would do it",
)
