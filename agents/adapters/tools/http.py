"""The four HTTP tools. Every connection goes through the run's egress; what changes things carries its key."""

from __future__ import annotations

import codecs
import json
import re
from http import HTTPStatus
from typing import Any

from agents.adapters.tools.schemas import TIMEOUT, result, schema, text
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Egress, HttpAnswer, Tool, ToolContext, ToolFunction

MOST_BYTES = 2_000_000
KEY = "Idempotency-Key"
URL = text("The address, which begins with http:// or https://.", least=1)
HEADERS = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "maxProperties": 50,
    "description": "Headers of the request.",
}
DATA = {"description": "What is sent: a text as it is, anything else as JSON."}
_CHARSETS = re.compile(  # by the names of their codecs
    r"utf-8|utf-16(-[lb]e)?|utf-32|ascii|iso8859-\d+|cp(437|8\d\d|12\d\d|932|936|949|950)|koi8-[rut]|mac-(roman|cyrillic)"
    r"|gb2312|gbk|gb18030|big5(hkscs)?|shift_jis(_2004|x0213)?|euc_(jp|kr)|iso2022_(jp|kr)|johab|tis-620"
)
RESULT = result(status_code="integer", body="string", headers="object", success="boolean")


def egress_of(context: ToolContext) -> Egress:
    """The run's way out. Raises ``ToolFailed`` where this run has none."""
    if context.egress is None:
        raise ToolFailed("this run has no way out to the network", "no_network")
    return context.egress


def decode_body(answer: HttpAnswer) -> tuple[str, str]:
    """The body as text by its declared character set, and a warning where it was none or was cut."""
    content_type = next((value for name, value in answer.headers.items() if name.lower() == "content-type"), "")
    charset = _known_charset(content_type.partition("charset=")[2].partition(";")[0].strip(" \"'"))
    warnings = [f"the body was cut after {len(answer.body)} bytes"] if answer.truncated else []
    try:
        body = answer.body.decode(charset)
    except UnicodeError:
        body = answer.body.decode("utf-8", "replace")
        if not answer.truncated:
            warnings.append("the body is not text; what could not be read is replaced by \ufffd")
    return body.replace("\x00", "\ufffd"), "; ".join(warnings)


def _known_charset(name: str) -> str:
    """``name`` where it is a character set of the web: Python knows others, some of which take for ever or mean a program."""
    try:
        found = codecs.lookup(name[:40]).name if name else ""
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"
    return found if _CHARSETS.fullmatch(found) else "utf-8"


def _calls(method: str, *, keyed: bool) -> ToolFunction:
    async def call(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
        headers = dict(arguments.get("headers", {}))
        if keyed and not any(name.lower() == KEY.lower() for name in headers):
            headers[KEY] = context.idempotency_key
        body = _body(arguments, headers)
        answer = await egress_of(context).request(
            method,
            arguments["url"],
            headers=headers,
            body=body,
            timeout_s=float(arguments.get("timeout", 30)),
            max_bytes=MOST_BYTES,
        )
        return _told(answer)

    return call


def _body(arguments: dict[str, Any], headers: dict[str, str]) -> bytes | None:
    """``data`` as bytes; ``headers`` get its content type where they have none."""
    if "data" not in arguments:
        return None
    data = arguments["data"]
    kind = "text/plain; charset=utf-8" if isinstance(data, str) else "application/json"
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    return (data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)).encode()


def _told(answer: HttpAnswer) -> dict[str, Any]:
    body, warning = decode_body(answer)
    success = 200 <= answer.status < 300
    told: dict[str, Any] = {"status_code": answer.status, "body": body, "headers": answer.headers, "success": success}
    if not success:
        told["error"] = f"the server answered {answer.status} {_phrase(answer.status)}".rstrip()
    return told | ({"warning": warning} if warning else {})


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _parameters(*, data: bool) -> dict[str, Any]:
    return schema({"url": URL, **({"data": DATA} if data else {}), "headers": HEADERS, "timeout": TIMEOUT}, "url")


GET = Tool(
    name="http_get",
    description="Gets what is at an address of the web, with the answer's status and headers.",
    parameters=_parameters(data=False),
    effect=Effect.READ,
    call=_calls("GET", keyed=False),
    result=RESULT,
    summary="Get {url}",
)
POST = Tool(
    name="http_post",
    description="Sends data to an address of the web by POST.",
    parameters=_parameters(data=True),
    # HTTP promises nothing of a repeated POST. The key is sent all the same: a server that knows it applies a repeat once.
    effect=Effect.UNKEYED,
    call=_calls("POST", keyed=True),
    danger="medium",
    result=RESULT,
    summary="Send data to {url} (POST)",
)
PUT = Tool(
    name="http_put",
    description="Puts data at an address of the web, in place of what was there.",
    parameters=_parameters(data=True),
    effect=Effect.KEYED,  # idempotent by RFC 9110, section 9.2.2
    call=_calls("PUT", keyed=True),
    danger="medium",
    result=RESULT,
    summary="Replace what is at {url} (PUT)",
)
DELETE = Tool(
    name="http_delete",
    description="Deletes what is at an address of the web.",
    parameters=_parameters(data=False),
    effect=Effect.KEYED,  # idempotent by RFC 9110, section 9.2.2
    call=_calls("DELETE", keyed=True),
    danger="high",
    result=RESULT,
    summary="Delete what is at {url}",
)
