"""Pages whose author wants the reader to stand still: character sets that are programs, and HTML that never closes."""

from __future__ import annotations

import time

import pytest

from agents.adapters.tools.http import decode_body
from agents.adapters.tools.web import find_links
from agents.core.runtime.ports import HttpAnswer

QUICK_S = 3.0


def answer(charset: str, body: bytes) -> HttpAnswer:
    return HttpAnswer(200, {"Content-Type": f"text/html; charset={charset}"}, body, "http://example.org/", False)


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("punycode", b"-" + b"a9" * 900_000),
        ("idna", b"xn--" + b"a" * 50_000),
        ("undefined", b"x"),
        ("unicode_escape", b"\\N{DIGIT ONE}"),
        ("\udcff", b"x"),
        ("rot13", b"x"),
        ("x" * 5000, b"x"),
    ],
)
def test_a_character_set_that_is_none_of_the_webs_is_read_as_utf8(charset: str, body: bytes) -> None:
    began = time.monotonic()
    text, _ = decode_body(answer(charset, body))
    assert text == body.decode()
    assert time.monotonic() - began < QUICK_S


@pytest.mark.parametrize(
    "charset", ["iso-8859-1", "Windows-1252", "cp1251", "koi8-r", "shift_jis", "gb18030", "utf-16", "EUC-JP"]
)
def test_character_sets_of_the_web_are_read(charset: str) -> None:
    assert decode_body(answer(charset, "a link".encode(charset))) == ("a link", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<a",
        "<a ",
        "</",
        "<![",
        '<a href="',
        "<a href='",
        "<script>",
        "</script",
        "&#",
        "<!DOCTYPE",
        "<?",
        "<a x='>",
        "<a\n",
    ],
)
@pytest.mark.parametrize("end", ["", ">", '">', "-->"])
def test_links_are_found_in_linear_time(piece: str, end: str) -> None:
    began = time.monotonic()
    find_links(piece * (1_500_000 // len(piece)) + end, "https://example.org/")
    assert time.monotonic() - began < QUICK_S


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("<a title='>' href=/a>x</a>", ["https://e.org/a"]),
        ('<A HREF="/a">x</A><area href=/b><a>none</a>', ["https://e.org/a", "https://e.org/b"]),
        ("<!-- <a href=/no> --><a href=/yes>", ["https://e.org/yes"]),
        ("<script>'<a href=/no>'</script><a href=/yes>", ["https://e.org/yes"]),
        ("<style><a href=/no></STYLE><textarea><a href=/no></textarea ><a href=/yes>", ["https://e.org/yes"]),
        ("<base href='https://f.org/x/'><a href=y>", ["https://f.org/x/y"]),
        ("<abbr href=/no><article href=/no><a href=/yes/>", ["https://e.org/yes/"]),
        ("<a\nhref='/a'\n>x", ["https://e.org/a"]),
        ("1 < 2 <a href=/a?x=1&amp;y=2>", ["https://e.org/a?x=1&y=2"]),
        ("<a href=/a", []),
    ],
)
def test_links_are_found_as_a_browser_finds_them(html: str, links: list[str]) -> None:
    assert find_links(html, "https://e.org/")["links"] == links
