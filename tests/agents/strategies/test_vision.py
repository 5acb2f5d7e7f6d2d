"""Images as inputs: what is sent, how large, who looked, and everything that is refused."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from agents import AgentFailed, Image, InputField, InvalidValues, OutputField, Signature, VisionAgent, VisionAgentConfig
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.media.store import MemoryFiles
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_for, spec_of
from tests.factories.media import jpeg, png, wav, write
from tests.factories.model_server import ModelServer

SEEN = {"answer": "A red square", "confidence": 0.8}


def over_http(server: ModelServer, **config: Any) -> VisionAgent:
    models = Providers({}, DefaultModel("openai"), {"openai": OpenAICompatible(PROVIDERS["openai"], server.url, "k")})
    return VisionAgent(VisionAgentConfig(model="gpt-4o-mini", **config), models=models)


def sent_images(body: dict[str, Any]) -> list[Pillow.Image]:
    parts = [part for part in body["messages"][-1]["content"] if part["type"] == "image_url"]
    urls = [part["image_url"]["url"] for part in parts]
    return [Pillow.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in urls]


def test_an_image_is_sent_as_a_part_and_the_answer_names_the_model(tmp_path: Path) -> None:
    with ModelServer() as server:
        server.plan(text=json.dumps(SEEN))
        result = over_http(server).analyze(image=str(write(tmp_path, "photo.png", png())), question="What is it?")
        assert result == {**SEEN, "model": "openai:gpt-4o-mini", "question": "What is it?"}
        (image,) = sent_images(server.requests[0])
        assert (image.format, image.size) == ("PNG", (64, 48))
        text = server.requests[0]["messages"][-1]["content"][0]["text"]
        assert '"name": "photo.png"' in text
        assert "What is it?" in text
        assert "sha256" not in text


def test_large_images_are_scaled_down_unless_told_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path, "big.jpg", jpeg(3000, 1500))
    with ModelServer() as server:
        server.default = server.default.__class__(text=json.dumps(SEEN))
        over_http(server).analyze(path)
        over_http(server, longest_side=512).analyze(path)
        over_http(server, auto_resize=False).analyze(path)
        sizes = [sent_images(body)[0].size for body in server.requests]
        assert sizes == [(2048, 1024), (512, 256), (3000, 1500)]
        assert sent_images(server.requests[0])[0].format == "JPEG"


def test_several_images_go_in_one_request_up_to_the_limit(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{n}.png", png(color=(n, n, n))) for n in range(3)]
    with ModelServer() as server:
        server.plan(text=json.dumps(SEEN))
        over_http(server).analyze(paths)
        assert len(sent_images(server.requests[0])) == 3
        with pytest.raises(AgentFailed, match="was given 3 images; allowed are 1 to 2"):
            over_http(server, max_images=2).analyze(paths)
        assert len(server.requests) == 1


def test_describe_extract_text_and_batches_ask_in_their_own_words(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", png())
    with ModelServer() as server:
        server.default = server.default.__class__(text=json.dumps(SEEN))
        agent = over_http(server)
        assert agent.describe(path, detail="brief")["answer"] == "A red square"
        assert agent.extract_text(path) == "A red square"
        results = agent.batch_analyze([path, tmp_path / "missing.png", path], "What?")
        assert [result.get("answer") for result in results] == ["A red square", None, "A red square"]
        assert "there is no file" in results[1]["error"]
        with pytest.raises(ValueError, match="brief, detailed, exhaustive"):
            agent.describe(path, detail="short")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: folder / "none.png", "there is no file"),
        (lambda folder: write(folder, "empty.png", b""), "has 0 bytes"),
        (lambda folder: write(folder, "sound.png", wav()), "is audio/wav by its content"),
        (lambda folder: write(folder, "text.png", b"hello"), "is text/plain by its content"),
        (lambda folder: write(folder, "big.png", png() + b"\x00" * 10_000_001), "bytes, allowed"),
        (lambda folder: base64.b64encode(png(200, 200)).decode() * 3, "content of a file as base64"),
        (lambda folder: "data:image/png;base64," + base64.b64encode(png()).decode(), "content of a file as base64"),
        (lambda folder: folder, "there is no file"),
        (lambda folder: png(), "bytes of content"),
        (lambda folder: "a\x00b", "there is no file|cannot be read"),
    ],
)
def test_what_is_no_path_of_an_image_is_refused_with_what_is_allowed(tmp_path: Path, make: Any, told: str) -> None:
    with pytest.raises(InvalidValues, match=told) as refused:
        VisionAgent(VisionAgentConfig(llm_provider="demo")).analyze(make(tmp_path))
    assert r"an image file (png, jpeg, webp, gif) of at most 10 MB" in str(refused.value)


def test_a_truncated_image_is_a_failure_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(AgentFailed, match="cut.png") as failed:
        VisionAgent(VisionAgentConfig(llm_provider="demo")).analyze(write(tmp_path, "cut.png", png()[:20]))
    assert failed.value.code == "bad_file"


def scene(**config: Any) -> Scene:
    files = MemoryFiles()
    inputs = {"image": files.add("a.png", png()), "question": "What?"}
    return Scene(spec_of(VisionAgent, config), inputs, [{"text": "hm"}, {"json": SEEN}], ports={"files": files})


async def test_the_journal_names_the_file_and_holds_none_of_its_bytes() -> None:
    played = await assert_resumes_everywhere(scene())
    started = next(e for e in played.events if e.type == "step.started")
    (part,) = started.payload["request"]["messages"][1]["files"]
    assert part["sha256"] == played.requests[0].messages[1].files[0].sha256
    assert base64.b64encode(png())[:40].decode() not in json.dumps([e.payload for e in played.events])
    assert played.requests[0].media[played.requests[0].messages[1].files[0].key] == png()
    assert played.output["model"] == "scripted:script"
    assert outputs_asked(played.requests[0]) == ["answer", "confidence"]


async def test_a_file_that_is_gone_or_another_fails_the_step_with_its_name() -> None:
    good = scene()
    gone = await play(Scene(good.spec, good.inputs, good.replies, ports={"files": MemoryFiles()}))
    assert gone.outcome.error["code"] == "bad_file"
    assert "a.png" in gone.outcome.error["message"]
    files = MemoryFiles()
    files._contents[good.inputs["image"]["file"]] = b"other"
    other = await play(Scene(good.spec, good.inputs, good.replies, ports={"files": files}))
    assert "other content than its digest says" in other.outcome.error["message"]


class Receipt(Signature):
    """Read the receipts."""

    shop: str = InputField("Where", default="")
    receipts: list[Image] = InputField("The receipts")
    total: float = OutputField("The sum")


async def test_any_signature_with_images_works() -> None:
    files = MemoryFiles()
    inputs = {"receipts": [files.add("1.png", png()), files.add("2.jpg", jpeg())]}
    played = await play(Scene(spec_for(Receipt, "vision"), inputs, [{"json": {"total": 3.5}}], ports={"files": files}))
    assert played.output == {"total": 3.5}
    assert [part.media_type for part in played.requests[0].messages[1].files] == ["image/png", "image/jpeg"]
    none = await play(Scene(spec_for(Receipt, "vision"), {"receipts": []}, [], ports={"files": files}))
    assert "was given 0 images" in none.outcome.error["message"]


def test_the_demo_model_says_what_its_rules_can_see(tmp_path: Path) -> None:
    answer = VisionAgent(VisionAgentConfig(llm_provider="demo")).analyze(write(tmp_path, "a.png", png()))["answer"]
    assert "a PNG image of 64 by 48 pixels, mostly red" in answer
    assert "not an AI" in answer
