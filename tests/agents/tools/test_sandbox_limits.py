"""What a sandboxed command takes too much of ends it, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from agents.adapters.sandbox.limits import Limits
from agents.adapters.sandbox.run import TIMED_OUT, run_sandboxed
from tests.agents.tools.calling import call_tool_in_run, ports_for

SMALL = Limits(
    timeout_s=10, memory_bytes=200_000_000, processes=20, file_bytes=5_000_000, folder_bytes=20_000_000, folder_files=500
)


@pytest.fixture
def space(tmp_path: Path) -> Path:
    space = tmp_path / "run"
    space.mkdir()
    return space


def _alive(word: str) -> list[int]:
    """Processes of the machine that have ``word`` in their command line."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        if any(word in part for part in process.info["cmdline"] or []):
            found.append(process.info["pid"])
    return found


async def _gone(word: str) -> bool:
    for _ in range(50):
        if not _alive(word):
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_command_that_takes_too_long_is_ended_with_its_whole_tree(space: Path) -> None:
    command = "echo begun; (setsid sleep 4711.1 &) ; nohup sleep 4711.2 & trap '' TERM INT HUP; sleep 4711.3"
    started = time.monotonic()
    called = await call_tool_in_run("bash_command", {"command": command, "timeout": 1}, workspace=space)
    assert time.monotonic() - started < 5
    assert called.result["stdout"] == "begun\n"
    assert called.result["exit_code"] == TIMED_OUT
    assert called.result["timed_out"] is True
    assert called.result["note"] == "it was ended after 1 s"
    assert await _gone("4711.")


async def test_what_a_command_leaves_in_the_background_ends_with_it(space: Path) -> None:
    ended = await run_sandboxed(space, "sleep 4712 >/dev/null 2>&1 & disown; echo done", SMALL)
    assert (ended.stdout, ended.exit_code) == ("done\n", 0)
    assert await _gone("4712")


async def test_a_cancelled_run_kills_the_whole_tree(space: Path) -> None:
    from agents.core.runtime.memory import run_in_memory
    from agents.core.strategies import run_agent_spec
    from tests.agents.signatures import INPUTS, agent

    ports = ports_for("bash_command", {"command": "(setsid sleep 4713.1 &); sleep 4713.2"}, workspace=space, egress=None)
    spec = agent(tools=[{"name": "bash_command"}], permissions={"mode": "bypass"})
    run = asyncio.create_task(run_in_memory(run_agent_spec, spec, INPUTS, ports))
    for _ in range(100):
        await asyncio.sleep(0.05)
        if len([pid for pid in _alive("4713.2") if _alive("4713.1")]) > 0:
            break
    assert _alive("4713.1")
    run.cancel()
    await asyncio.wait([run])
    assert await _gone("4713.")


async def test_a_fork_bomb_runs_into_the_limit_of_processes(space: Path) -> None:
    ended = await run_sandboxed(space, "bomb() { bomb | bomb & }; bomb; sleep 3; echo over", SMALL)
    assert "fork" in ended.stderr or "processes" in ended.note
    assert len(_alive("bomb() {")) == 0 or await _gone("bomb() {")


async def test_one_process_cannot_map_more_than_its_memory(space: Path) -> None:
    ended = await run_sandboxed(space, "perl -e '$x = \"a\" x 400_000_000; print 1'", SMALL)
    assert ended.stdout == ""
    assert ended.exit_code != 0
    assert "memory" in ended.stderr.lower()


async def test_many_processes_cannot_hold_more_than_the_memory_together(space: Path) -> None:
    hold = "perl -e '$x = \"a\" x 60_000_000; sleep 8' &"
    ended = await run_sandboxed(space, f"{hold} {hold} {hold} {hold} {hold} {hold} wait", SMALL)
    assert "more than 200000000 bytes of memory together" in ended.note


async def test_a_file_cannot_grow_without_end(space: Path) -> None:
    ended = await run_sandboxed(space, "head -c 50000000 /dev/zero > big; stat -c %s big", SMALL)
    assert int(ended.stdout) <= 5_000_000


async def test_many_files_cannot_fill_the_disk(space: Path) -> None:
    ended = await run_sandboxed(space, "for i in $(seq 100); do head -c 4000000 /dev/zero > f$i; sleep 0.05; done", SMALL)
    assert "its files held more than 20000000 bytes" in ended.note


async def test_many_small_files_are_counted(space: Path) -> None:
    ended = await run_sandboxed(space, "for i in $(seq 2000); do : > f$i; done; sleep 5", SMALL)
    assert "it made more than 500 files" in ended.note


async def test_scratch_space_is_bounded_too(space: Path) -> None:
    limits = Limits(timeout_s=10, scratch_bytes=1_000_000)
    ended = await run_sandboxed(space, "head -c 5000000 /dev/zero > /tmp/x; head -c 5000000 /dev/zero > /dev/shm/x", limits)
    assert ended.stderr.count("No space left on device") == 2


async def test_output_is_cut_and_says_so(space: Path) -> None:
    called = await call_tool_in_run("bash_command", {"command": "yes | head -c 5000000; echo over >&2"}, workspace=space)
    assert len(called.result["stdout"]) == 100_000
    assert called.result["stderr"] == "over\n"
    assert called.result["note"] == "stdout was cut after 100000 bytes"


async def test_open_files_are_bounded(space: Path) -> None:
    code = "import os\nfor n in range(999): os.open('/dev/null', 0)"
    ended = await run_sandboxed(space, f'python3 -c "{code}"', SMALL)
    assert "Too many open files" in ended.stderr


async def test_a_full_folder_runs_no_command(space: Path) -> None:
    (space / "big").write_bytes(b"")
    with (space / "big").open("wb") as big:
        big.truncate(300_000_000)
    called = await call_tool_in_run("bash_command", {"command": "echo hi"}, workspace=space)
    assert called.code == "workspace_full"


async def test_the_shell_and_the_file_tools_work_in_one_folder(space: Path) -> None:
    await call_tool_in_run("write_file", {"path": "in/a.txt", "content": "one\n"}, workspace=space)
    command = {"command": "cat a.txt && echo two > b.txt && pwd && ls -a /workspace", "working_dir": "in"}
    called = await call_tool_in_run("bash_command", command, workspace=space)
    assert called.result == {"stdout": "one\n/workspace/in\n.\n..\nin\n", "stderr": "", "exit_code": 0, "success": True}
    assert (await call_tool_in_run("read_file", {"path": "in/b.txt"}, workspace=space)).result["content"] == "two\n"
    written = await call_tool_in_run("write_file", {"path": "in/b.txt", "content": "three"}, workspace=space)
    assert written.error == {}


@pytest.mark.parametrize("place", ["..", "/etc", "a/../..", "missing", "link"])
async def test_a_command_cannot_begin_outside(space: Path, place: str) -> None:
    (space / "link").symlink_to("/etc")
    called = await call_tool_in_run("bash_command", {"command": "pwd", "working_dir": place}, workspace=space)
    assert called.code == "path_refused"


async def test_python_code_runs_against_its_tests_and_leaves_nothing() -> None:
    files = {
        "solution.py": "def double(n: int) -> int:\n    return n * 2\n",
        "test_solution.py": "import unittest\nfrom solution import double\n\n\nclass T(unittest.TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(double(2), 4)\n",
    }
    good = await call_tool_in_run("run_python", {"files": files})
    assert good.result["exit_code"] == 0, good
    assert "Ran 1 test" in good.result["stderr"]
    bad = await call_tool_in_run("run_python", {"files": {**files, "solution.py": "def double(n):\n    return n\n"}})
    assert bad.result["exit_code"] == 1
    assert "AssertionError: 2 != 4" in bad.result["stderr"]
    script = await call_tool_in_run("run_python", {"files": {"main.py": "print(6 * 7)"}, "command": "script"})
    assert script.result == {"exit_code": 0, "stdout": "42\n", "stderr": "", "timed_out": False}
    slow = await call_tool_in_run("run_python", {"files": {"main.py": "while 1: pass"}, "command": "script", "timeout_s": 1})
    assert slow.result["timed_out"] is True
    escaped = await call_tool_in_run("run_python", {"files": {"../x.py": ""}})
    assert escaped.code == "path_refused"
