"""Ready-to-run examples of talking with a journey: filled with its own address, variables and first words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agents.core.spec.types import FieldSpec
from journeys.core.spec import JourneySpec

_EXAMPLES = {"int": 1, "float": 1.5, "bool": True, "str": "Ann"}


@dataclass(frozen=True, slots=True)
class Snippet:
    name: str
    title: str
    text: str


def snippets_of(spec: JourneySpec, slug: str, where: dict[str, str]) -> list[Snippet]:
    """For the shell, Python, JavaScript, this machine's command line, and a page."""
    opening = json.dumps({"variables": {field.name: _example(field) for field in spec.variables}})
    said = next(iter(spec.pathway(spec.entry).suggestions), "Hello")
    site = where["api"].partition("/api/v1/")[0]
    return [
        Snippet("curl", "Shell", _curl(site, slug, opening, said)),
        Snippet("python", "Python", _python(site, slug, opening, said)),
        Snippet("javascript", "JavaScript", _javascript(site, slug, opening, said)),
        Snippet("cli", "Command line", f"python manage.py kaizen chat {slug}{_variables(spec)}"),
    ]


def _curl(site: str, slug: str, opening: str, said: str) -> str:
    message = json.dumps({"client_id": "m1", "text": said}).replace("'", "'\\''")
    opened = opening.replace("'", "'\\''")
    return f"""KEY=your-api-key
SESSION=$(curl -s -X POST {site}/api/v1/journeys/{slug}/sessions \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{opened}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')

# Say something and wait for the answer
curl -s -X POST "{site}/api/v1/sessions/$SESSION/messages?wait_s=60" \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{message}'

# Or follow the conversation as it goes on
curl -sN "{site}/api/v1/sessions/$SESSION/stream" -H "Authorization: Bearer $KEY"
"""


def _python(site: str, slug: str, opening: str, said: str) -> str:
    return f"""import json
import urllib.request
import uuid

SITE, KEY = {site!r}, "your-api-key"


def call(path, body):
    request = urllib.request.Request(SITE + "/api/v1" + path, json.dumps(body).encode(), method="POST")
    request.add_header("Authorization", "Bearer " + KEY)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


session = call("/journeys/{slug}/sessions", json.loads({opening!r}))
said = {{"client_id": str(uuid.uuid4()), "text": {said!r}}}
answer = call(f"/sessions/{{session['id']}}/messages?wait_s=60", said)
for message in answer["items"]:
    print(message["role"], message["text"])
if answer["state"]["turn"] == "waiting":
    print("It waits for a decision:", answer["state"]["waiting_for"])
"""


def _javascript(site: str, slug: str, opening: str, said: str) -> str:
    return f"""const SITE = {json.dumps(site)}, KEY = "your-api-key";

async function call(path, body) {{
  const answer = await fetch(SITE + "/api/v1" + path, {{
    method: "POST",
    headers: {{ Authorization: "Bearer " + KEY, "Content-Type": "application/json" }},
    body: JSON.stringify(body),
  }});
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer.json();
}}

const session = await call("/journeys/{slug}/sessions", {opening});
const said = {{ client_id: crypto.randomUUID(), text: {json.dumps(said)} }};
const answer = await call("/sessions/" + session.id + "/messages?wait_s=60", said);
for (const message of answer.items) console.log(message.role, message.text);
if (answer.state.turn === "waiting") console.log("It waits for a decision:", answer.state.waiting_for);
"""


def _variables(spec: JourneySpec) -> str:
    given = {field.name: _example(field) for field in spec.variables}
    return "".join(f" --var {name}={value}" for name, value in given.items() if isinstance(value, str | int))


def _example(field: FieldSpec) -> Any:
    return field.default if field.default is not None else _EXAMPLES.get(field.type.kind, "")
