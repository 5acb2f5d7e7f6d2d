"""Files on their way to a model: parts of messages in OpenAI's format, bounds on their cost, and traps that are not opened."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from agents.adapters.llm.accounting import worst_case_microusd
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.wire import message_body
from agents.core.llm.port import ChatRequest, FilePart, Message, ModelError
from agents.core.media.images import UnreadableImage, describe_image, fit_image
from agents.core.media.kinds import sniff
from agents.core.media.loading import load_media
from agents.core.media.sounds import longest_seconds, seconds_of
from agents.core.media.store import MemoryFiles
from agents.core.runtime.calls import request_data
from agents.core.runtime.errors import StepFailed
from agents.core.spec.agent import ModelSpec
from tests.factories.media import jpeg, png, wav


def part_of(content: bytes, name: str = "a", media_type: str = "", **more: Any) -> FilePart:
    digest = hashlib.sha256(content).hexdigest()
    return FilePart(file=digest, name=name, media_type=media_type or sniff(content), size=len(content), sha256=digest, **more)


def parts_sent(content: bytes, **more: Any) -> list[dict[str, Any]]:
    part = part_of(content, **more)
    sent = message_body(Message(role="user", content="look", files=(part,)), {part.key: content})["content"]
    assert sent[0] == {"type": "text", "text": "look"}
    return list(sent[1:])


def test_images_sounds_and_texts_are_parts_of_the_message() -> None:
    (image,) = parts_sent(png())
    assert image["image_url"]["url"] == f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    (sound,) = parts_sent(wav())
    assert sound["input_audio"] == {"data": base64.b64encode(wav()).decode(), "format": "wav"}
    (text,) = parts_sent(b"hello", name="notes.txt")
    assert text == {"type": "text", "text": "notes.txt:\nhello"}


def test_a_message_without_files_is_sent_as_before() -> None:
    assert message_body(Message(role="user", content="hi")) == {"role": "user", "content": "hi"}


def test_what_no_model_can_read_is_refused_with_what_can_be() -> None:
    with pytest.raises(ModelError, match=r"a.pdf is application/pdf, which a model cannot read; allowed: image/png"):
        parts_sent(b"%PDF-1.7", name="a.pdf")


def request(*contents: bytes) -> ChatRequest:
    parts = tuple(part_of(content) for content in contents)
    media = {part.key: content for part, content in zip(parts, contents, strict=True)}
    return ChatRequest(
        model=ModelSpec(provider="openai", model="gpt-4o-mini", max_tokens=100),
        messages=(Message(role="user", content="look", files=parts),),
        media=media,
    )


def test_a_steps_identity_has_the_digest_and_never_the_bytes() -> None:
    data = request_data(request(png()))
    assert data["messages"][0]["files"][0]["sha256"] == hashlib.sha256(png()).hexdigest()
    assert "media" not in data
    assert "media" not in request(png()).model_dump()
    assert "PNG" not in repr(request(png()))


def test_an_image_is_reserved_for_in_the_budget() -> None:
    with_image = worst_case_microusd(PROVIDERS["openai"], request(png())) or 0
    without = worst_case_microusd(PROVIDERS["openai"], request()) or 0
    assert with_image - without >= 48_000 * 0.15  # what gpt-4o-mini counts for the largest image


async def test_bytes_are_held_against_what_is_claimed_of_them() -> None:
    files = MemoryFiles()
    files.add("a.png", png())
    good = part_of(png(), longest_side=32)
    (loaded,) = (await load_media(files, [good, good])).values()
    assert Image.open(io.BytesIO(loaded)).size == (32, 24)
    with pytest.raises(StepFailed, match="is image/png by its content, not image/jpeg"):
        await load_media(files, [part_of(png(), media_type="image/jpeg")])
    with pytest.raises(StepFailed, match="is not there any more"):
        await load_media(files, [part_of(jpeg())])
    with pytest.raises(StepFailed, match="is not there any more"):
        await load_media(None, [good])


def test_an_image_with_too_many_pixels_is_never_decoded() -> None:
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    bomb += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    with pytest.raises(UnreadableImage, match="20,000 x 20,000 pixels|cannot be read"):
        fit_image(bomb, 2048)


def test_turned_photos_are_sent_upright_and_what_fits_is_left_alone() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (400, 200)).save(out, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(fit_image(out.getvalue(), 100))).size == (50, 100)
    assert fit_image(png(), 2048) == png()
    assert fit_image(png(), 0) == png()
    with pytest.raises(UnreadableImage):
        fit_image(b"no image", 10)


@pytest.mark.parametrize(("color", "name"), [((5, 5, 5), "black"), ((250, 250, 250), "white"), ((20, 20, 190), "blue")])
def test_what_rules_can_see_of_an_image_is_told(color: tuple[int, int, int], name: str) -> None:
    assert describe_image(png(10, 20, color)) == f"a PNG image of 10 by 20 pixels, mostly {name}"


def test_lengths_of_sounds_are_read_or_bounded() -> None:
    assert seconds_of(wav(1.5)) == 1.5
    assert seconds_of(b"ID3 something") is None
    assert longest_seconds(len(wav(1.5)), "audio/wav") >= 1.5
    assert longest_seconds(1_000, "audio/mpeg") == 1.0


def test_files_in_memory_are_bounded() -> None:
    files = MemoryFiles(most_bytes=10)
    old, new = files.add("old", b"12345678"), files.add("new", b"123456789")
    assert list(files._contents) == [new["file"]]
    assert old["file"] != new["file"]
