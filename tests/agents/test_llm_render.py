"""What reaches the model: everything of the signature and every value, in the same bytes each time."""

from __future__ import annotations

from agents.core.llm.partial import field_text, partial_values
from agents.core.llm.render import prepare, render_messages
from tests.agents.signatures import INPUTS, TRIAGE


def test_the_system_message_holds_all_of_the_signature() -> None:
    system = render_messages(TRIAGE, INPUTS)[0].content
    for text in (
        "Judge how urgent a message is.",
        "Send people to the right desk",
        "- Be calm.",
        "- Never promise a date.",
        "- message (text): What the person wrote",
        "- attempts (a whole number): How often they wrote",
        "- note (text, or null)",
        "- urgency (one of 'low', 'high'): How urgent it is",
        "- tags (a list of texts)",
    ):
        assert text in system


def test_zero_false_empty_and_none_reach_the_model() -> None:
    user = render_messages(TRIAGE, INPUTS)[1].content
    assert user == 'message: ""\nattempts: 0\nknown: false\nnote: null'


def test_nested_values_are_rendered_in_one_order_only() -> None:
    one = render_messages(TRIAGE, {**INPUTS, "note": {"b": 1, "a": [2]}})
    two = render_messages(TRIAGE.model_copy(deep=True), {**INPUTS, "note": {"a": [2], "b": 1}})
    assert one == two


def test_people_see_the_response_before_any_other_text() -> None:
    assert prepare(TRIAGE).shown_field == "response"


def test_one_field_is_read_out_of_an_unfinished_answer() -> None:
    whole = '{"urgency": "low", "tags": ["a", "b"], "response": "Say \\"hi\\" \\u00e9 now"}'
    seen = [field_text(whole[:n], "response") for n in range(len(whole) + 1)]
    assert seen[-1] == 'Say "hi" é now'
    assert all(seen[-1].startswith(text) for text in seen)
    assert partial_values('```json\n{"urgency": "lo') == {"urgency": "lo"}
    assert partial_values("no JSON") == {}
