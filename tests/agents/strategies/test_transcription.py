"""Recordings as inputs: sent as a form, read back with times and a confidence that is higher when it is better."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from agents import AgentFailed, Audio, InputField, InvalidValues, OutputField, Signature, TranscriptionAgent
from agents.adapters.llm import speech
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.llm.port import FilePart, TranscriptionRequest
from agents.core.llm.retry import RetryingSpeech
from agents.core.media.store import MemoryFiles
from agents.core.spec.agent import ModelSpec
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import spec_for, spec_of
from tests.factories.media import png, wav, write
from tests.factories.model_server import ModelServer

SPOKEN = {
    "text": " Hello there. General.",
    "language": "english",
    "duration": 0.5,
    "segments": [
        {"start": 0.0, "end": 0.3, "text": " Hello there.", "avg_logprob": -0.1},
        {"start": 0.3, "end": 0.5, "text": " General.", "avg_logprob": -1.2},
    ],
}


async def no_pause(_seconds: float) -> None:
    return None


def over_http(server: ModelServer, config: dict[str, Any] | None = None) -> TranscriptionAgent:
    provider = RetryingSpeech(OpenAICompatible(PROVIDERS["openai"], server.url, "secret-key"), no_pause, lambda: 0.5)
    models = Providers({}, DefaultModel("openai"), {"openai": provider})
    return TranscriptionAgent(config, models=models)


def test_a_recording_is_sent_as_a_form_and_read_back_with_times(tmp_path: Path) -> None:
    with ModelServer() as server:
        server.speak(SPOKEN)
        result = over_http(server, {"language": "en"}).transcribe(write(tmp_path, "talk.wav", wav()))
        form = server.heard[0]
        assert (form["model"], form["language"], form["response_format"]) == ("whisper-1", "en", "verbose_json")
        assert form["file"] == wav()
        assert form["timestamp_granularities[]"] == ["segment", "word"]
        assert (result["text"], result["language"], result["duration"]) == ("Hello there. General.", "english", 0.5)
        first = result["segments"][0]
        assert (first["start"], first["end"], first["text"]) == (0.0, 0.3, "Hello there.")
        assert result["model"] == "openai:whisper-1"


def test_confidence_is_higher_when_the_model_is_surer(tmp_path: Path) -> None:
    with ModelServer() as server:
        server.speak(SPOKEN)
        result = over_http(server).transcribe(write(tmp_path, "talk.wav", wav()))
        sure, doubtful = (segment["confidence"] for segment in result["segments"])
        assert sure == round(math.exp(-0.1), 4)
        assert sure > doubtful > 0
        assert doubtful < result["confidence"] < sure


def test_a_model_that_tells_only_the_text_is_asked_for_only_that(tmp_path: Path) -> None:
    with ModelServer() as server:
        server.speak({"text": "Hi.", "usage": {"input_tokens": 20, "output_tokens": 3}})
        agent = over_http(server, {"model": "gpt-4o-mini-transcribe"})
        result = agent.transcribe(write(tmp_path, "talk.wav", wav(1.0)))
        assert server.heard[0]["response_format"] == "json"
        assert (result["text"], result["confidence"], result["segments"]) == ("Hi.", None, [])
        assert result["duration"] == 1.0


def test_faults_are_told_with_their_code_and_without_the_key(tmp_path: Path) -> None:
    path = write(tmp_path, "talk.wav", wav())
    with ModelServer() as server:
        server.speak({"error": {"message": "busy"}}, status=500)
        server.speak(SPOKEN)
        assert over_http(server).transcribe(path)["text"] == "Hello there. General."
        server.speak({"error": {"message": "bad key secret-key"}}, status=401)
        with pytest.raises(AgentFailed, match=r"openai answered 401: bad key \*\*\*") as failed:
            over_http(server).transcribe(path)
        assert failed.value.code == "rejected"
        server.speak({"nothing": 1})
        with pytest.raises(AgentFailed, match="something else than a transcript"):
            over_http(server).transcribe(path)


def test_what_is_no_path_of_a_recording_is_refused(tmp_path: Path) -> None:
    agent = TranscriptionAgent({"llm_provider": "demo"})
    with pytest.raises(InvalidValues, match=r"is image/png by its content, allowed: the path of an audio file \(wav, mpeg"):
        agent.transcribe(write(tmp_path, "a.wav", png()))
    with pytest.raises(InvalidValues, match="there is no file"):
        agent.transcribe(tmp_path / "none.wav")


async def test_a_run_goes_on_after_a_crash_and_asks_for_no_second_transcript() -> None:
    files = MemoryFiles()
    told = {
        "text": "Hi.",
        "language": "en",
        "duration_s": 1.5,
        "confidence": 0.9,
        "segments": [{"start": 0, "end": 1, "text": "Hi."}],
    }
    scene = Scene(spec_of(TranscriptionAgent), {"audio": files.add("a.wav", wav())}, [{"json": told}], ports={"files": files})
    played = await assert_resumes_everywhere(scene)
    assert (played.output["text"], played.output["duration"], played.output["confidence"]) == ("Hi.", 1.5, 0.9)
    assert played.output["segments"][0]["text"] == "Hi."


class Minutes(Signature):
    """Write the minutes."""

    meeting: Audio = InputField("The recording")
    text: str = OutputField("What was said")
    decisions: list[str] = OutputField("What was decided")


async def test_outputs_beyond_the_transcript_are_answered_from_it() -> None:
    files = MemoryFiles()
    inputs = {"meeting": files.add("a.wav", wav())}
    script: list[dict[str, Any]] = [{"text": "We buy the boat."}, {"json": {"decisions": ["buy the boat"]}}]
    scene = Scene(spec_for(Minutes, "transcription"), inputs, script, ports={"files": files})
    played = await assert_resumes_everywhere(scene)
    assert played.output == {"text": "We buy the boat.", "decisions": ["buy the boat"]}
    assert "We buy the boat." in played.prompts()[0]


class Silent(Signature):
    """Nothing to hear."""

    message: str = InputField("A text")
    text: str = OutputField("What was said")


async def test_without_a_recording_it_says_what_is_missing() -> None:
    played = await play(Scene(spec_for(Silent, "transcription"), {"message": "x"}, []))
    assert "exactly one audio file" in played.outcome.error["message"]


def test_a_provider_that_cannot_hear_is_told_by_name(tmp_path: Path) -> None:
    class Deaf:
        name = "deaf"

    agent = TranscriptionAgent(models=Providers({}, DefaultModel("deaf"), {"deaf": Deaf()}))  # type: ignore[dict-item]
    with pytest.raises(AgentFailed, match="provider 'deaf' cannot write speech down"):
        agent.transcribe(write(tmp_path, "a.wav", wav()))


def test_the_worst_case_of_a_recording_is_never_less_than_its_cost() -> None:
    content = wav(2.0)
    part = FilePart(file="f", name="a.wav", media_type="audio/wav", size=len(content), sha256="0" * 64)
    request = TranscriptionRequest(model=ModelSpec(provider="openai", model="whisper-1"), audio=part)
    worst = speech.worst_case_microusd(PROVIDERS["openai"], request)
    assert worst is not None
    assert worst >= 2.0 * 0.0001 * 1_000_000
    assert speech.worst_case_microusd(PROVIDERS["ollama"], request) == 0
