"""Cases as YAML, results as JUnit XML, and the command that CI systems run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.testing.case import TestCase
from journeys.core.testing.text import NotCases, read_cases, write_cases
from journeys.services.testing.cases import export_tests, import_tests, list_tests
from tests.journeys.testing.drafts import add_case, make_desk
from trust.core.errors import Invalid
from trust.core.principal import Principal

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-10, 10) | WORDS, lambda s: st.lists(s, max_size=3), max_leaves=5)
BEGINS = st.builds(lambda said: {"says": said}, WORDS) | st.builds(lambda s: {"silence_s": s}, st.floats(0.5, 1e6))
FAULTS = st.sampled_from([{}, {"simulate": "timeout"}, {"simulate": "tool_failure", "tool": "pay"}])
EXPECTED = st.fixed_dictionaries(
    {
        "expect": st.lists(
            st.builds(lambda f, v: {"check": "field_equals", "params": {"field": f, "value": v}}, WORDS, VALUES), max_size=2
        ),
    }
)
TURNS = st.builds(lambda begins, fault, expected: {**begins, **fault, **expected}, BEGINS, FAULTS, EXPECTED)
CASES = st.builds(
    lambda name, turns, context: TestCase.model_validate({"name": name, "turns": turns, "context": context}),
    WORDS,
    st.lists(TURNS, min_size=1, max_size=3),
    st.dictionaries(WORDS, VALUES, max_size=2),
)


@given(case=CASES)
def test_a_case_comes_back_from_yaml_as_it_was(case: TestCase) -> None:
    assert read_cases(write_cases([case])) == [case]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tests: [", "this is no YAML"),
        ("hello", "give a list of tests"),
        ("tests:\n- name: x\n  turns: []", "test 1: turns"),
        ("tests:\n- &a {name: x, turns: [{says: hi}]}\n- *a", "anchors and aliases are not read"),
        ("- {name: x, turns: [{says: a}]}\n- {name: x, turns: [{says: b}]}", "two tests are called 'x'"),
        ("!!python/object:os.system {}", "this is no YAML"),
    ],
)
def test_a_text_that_holds_no_cases_is_refused_with_the_reason(text: str, told: str) -> None:
    with pytest.raises(NotCases, match=told):
        read_cases(text)


@pytest.mark.django_db
def test_an_import_makes_changes_and_leaves_alone_by_name(alice: Principal) -> None:
    make_desk(alice)
    add_case(alice, "same", "hello", "start")
    add_case(alice, "old", "hello", "start")
    text = export_tests(alice, "desk").replace("name: old", "name: new") + "- name: third\n  turns:\n  - says: hi\n"
    done = import_tests(principal=alice, slug="desk", text=text)
    assert (done.created, done.changed, done.same) == (("new", "third"), (), ("same",))
    assert [test.name for test in list_tests(alice, "desk")] == ["same", "old", "new", "third"]
    with pytest.raises(Invalid, match="there is no assertion 'magic'"):
        import_tests(principal=alice, slug="desk", text="[{name: x, turns: [{says: a, expect: [{check: magic}]}]}]")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
class TestCommand:
    def test_writes_junit_that_counts_and_names_and_fails_with_1(self, alice: Principal, tmp_path: Path) -> None:
        make_desk(alice)
        add_case(alice, "bill", "My invoice is wrong", "billing")
        add_case(alice, "wrong <way> & more", "My invoice is wrong", "refund")
        with pytest.raises(SystemExit) as ended:
            call_command("kaizen", "test", "desk", "--junit", str(tmp_path / "out.xml"))
        assert ended.value.code == 1
        root = ElementTree.parse(tmp_path / "out.xml").getroot()
        assert root.tag == "testsuites"
        (suite,) = root
        assert suite.tag == "testsuite"
        assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
            "tests": "2", "failures": "1", "errors": "0", "skipped": "0"
        }  # fmt: skip
        assert [child.tag for child in suite] == ["properties", "testcase", "testcase"]
        good, bad = suite.findall("testcase")
        assert (good.get("name"), good.get("classname"), good.find("failure")) == ("bill", "desk", None)
        assert float(good.get("time") or "") >= 0
        failure = bad.find("failure")
        assert failure is not None
        assert failure.get("message") == "turn 1: pathway: expected in refund; got in billing"
        assert bad.get("name") == "wrong <way> & more"

    def test_ends_with_0_when_all_pass_and_with_1_below_the_wanted_coverage(
        self, alice: Principal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_desk(alice)
        add_case(alice, "bill", "My invoice is wrong", "billing")
        with pytest.raises(SystemExit) as ended:
            call_command("kaizen", "test", "desk", "--draft", "--json")
        assert ended.value.code == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["passed"], told["failed"], told["coverage"]["transition"]) == (1, 0, 50)
        with pytest.raises(SystemExit) as ended:
            call_command("kaizen", "test", "desk", "--coverage-min", "60")
        assert ended.value.code == 1
        assert "Not covered: to_refund" in capsys.readouterr().out

    def test_ends_with_2_when_nothing_can_be_run(self, alice: Principal, capsys: pytest.CaptureFixture[str]) -> None:
        make_desk(alice)
        for arguments, told in ((["desk"], "no test that is switched on"), (["none"], "there is no journey 'none'")):
            with pytest.raises(SystemExit) as ended:
                call_command("kaizen", "test", *arguments)
            assert ended.value.code == 2
            assert told in capsys.readouterr().err
