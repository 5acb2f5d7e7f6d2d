"""The folders of runs for the shell: where a run's files lie, a fork's copy of them, and their end with the run."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings

from agents.adapters.workspaces.store import copy_folder, remove_folder, workspace_path
from agents.models.run import Run

_CALLERS = UUID("5b0f0a52-6b0c-5d0e-9f5e-6c9c53a5a1d1")  # the namespace of callers' folders


def resolve_workspace(run_id: UUID) -> Path:
    """The run's folder, which its first written file makes."""
    return workspace_path(settings.ENV.workspaces_dir, run_id)


def workspace_of(run: Run) -> Path:
    """A run's own folder; single tool calls of one caller share one, so that a file that was written can be read later."""
    return resolve_workspace(uuid5(_CALLERS, f"{run.organization_id}:{run.created_by}") if run.kind == "tool" else run.id)


def copy_workspace(from_id: UUID, to_id: UUID) -> None:
    """Gives the run ``to_id`` its own copy of all files of ``from_id``; nothing happens where there are none."""
    copy_folder(resolve_workspace(from_id), resolve_workspace(to_id))


def purge_workspace(run_id: UUID) -> None:
    """Removes the run's files for good."""
    remove_folder(resolve_workspace(run_id))
