"""Reading pages: fetching one as text, and finding the links in one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from agents.adapters.tools.http import MOST_BYTES, URL, decode_body, egress_of
from agents.adapters.tools.schemas import TIMEOUT, result, schema, text
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext

MOST_LINKS = 5_000
LONGEST_TAG = 20_000
_LINKED = ("a", "area", "base")
_OPENING = re.compile(r"<(?:(?P<comment>!--)|(?P<name>[a-zA-Z][^\s/>]{0,20}+)|[/!?])")
_TAG_END = re.compile(r"""(?:[^'">]++|"[^"]*+"|'[^']*+')*+>""")
_COMMENT_END = re.compile(r"(?s:.*?)-->")
_RAW = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "xmp", "iframe")}


async def fetch(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    headers = {"User-Agent": arguments["user_agent"]} if arguments.get("user_agent") else {}
    answer = await egress_of(context).request(
        "GET", arguments["url"], headers=headers, timeout_s=float(arguments.get("timeout", 30)), max_bytes=MOST_BYTES
    )
    content, warning = decode_body(answer)
    told = {
        "content": content,
        "status_code": answer.status,
        "content_type": next((value for name, value in answer.headers.items() if name.lower() == "content-type"), ""),
        "size": len(answer.body),
        "success": 200 <= answer.status < 300,
    }
    return told | ({"warning": warning} if warning else {})


async def extract(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    return await asyncio.to_thread(find_links, arguments["html"], arguments.get("base_url", ""))


def find_links(html: str, base_url: str = "") -> dict[str, Any]:
    """The links to pages of the web in the order of the page, whole where the base is known; without their fragments."""
    parser = _Links(base_url)
    for tag in _tags(html):
        parser.feed(tag)
    links = parser.links[:MOST_LINKS]
    unique = list(dict.fromkeys(links))
    told = {"links": links, "count": len(links), "unique_count": len(unique), "unique_links": unique}
    return told | ({"truncated": True} if len(parser.links) > MOST_LINKS else {})


def _tags(html: str) -> Iterator[str]:
    """The tags that hold links, whole, in one passage: Python's parser begins anew at each tag that is never closed."""
    at = 0
    while found := _OPENING.search(html, at):
        name = (found["name"] or "").lower()
        closing = _COMMENT_END if found["comment"] else _TAG_END
        end = closing.match(html, found.end())
        if end is None:
            return  # what is not closed goes on to the end of the page, as in a browser
        at = end.end()
        if name in _LINKED and at - found.start() <= LONGEST_TAG:
            yield html[found.start() : at]
        elif name in _RAW:
            over = _RAW[name].search(html, at)
            if over is None:
                return
            at = over.start()


class _Links(HTMLParser):
    def __init__(self, base_url: str):
        super().__init__()
        self.links: list[str] = []
        self._base = base_url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = (dict(attrs).get("href") or "").strip()
        if tag == "base" and target:
            self._base = _joined(self._base, target)
        elif tag in ("a", "area") and target and not target.startswith("#"):
            found = urldefrag(_joined(self._base, target)).url
            if found and _scheme(found) in ("http", "https", ""):
                self.links.append(found)


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return ""


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return "broken"


FETCH = Tool(
    name="fetch_url",
    description="Fetches a page of the web as text.",
    parameters=schema(
        {
            "url": URL,
            "timeout": TIMEOUT,
            "user_agent": text("How the request introduces itself; empty: as Kaizen.", default=""),
        },
        "url",
    ),
    effect=Effect.READ,
    call=fetch,
    result=result(content="string", status_code="integer", content_type="string", size="integer", success="boolean"),
    summary="Fetch {url}",
)
LINKS = Tool(
    name="extract_links",
    description="Finds the links in a page's HTML.",
    parameters=schema(
        {
            "html": {**text("The page."), "maxLength": 5_000_000},
            "base_url": text("Address of the page: makes its relative links whole.", default=""),
        },
        "html",
    ),
    effect=Effect.READ,
    call=extract,
    result=result(links="array", count="integer", unique_count="integer", unique_links="array"),
    summary="Find the links in a page",
)
