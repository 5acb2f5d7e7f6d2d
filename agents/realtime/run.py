"""The websocket of one run for programs: ``/ws/v1/runs/<id>?after=<seq>``. Ends with the run."""

from __future__ import annotations

from agents.realtime.messages import read_cursors, read_query
from agents.realtime.socket import LiveSocket


class RunSocket(LiveSocket):
    """The journal of one run from ``after`` on, then live; closed with 1000 after the final event."""

    closes_after_end = True

    def read_address(self) -> tuple[list[str], dict[str, int]]:
        run_id = str(self.scope["url_route"]["kwargs"]["run_id"])
        after = read_query(self.scope["query_string"]).get("after", "0")
        return [f"run:{run_id}"], read_cursors(f"{run_id}:{after}")
