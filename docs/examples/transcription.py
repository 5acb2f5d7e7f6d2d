"""A recording written down: text, language, duration, segments, and a confidence that is higher when the model is surer.

    python docs/examples/transcription.py [recording]

The demo model cannot hear, and says so. With OPENAI_API_KEY whisper-1 does it; any OpenAI-compatible server with
``/audio/transcriptions`` will do (OPENAI_BASE_URL).
"""

import math
import struct
import sys
import wave
from pathlib import Path

from agents import TranscriptionAgent, TranscriptionAgentConfig

if len(sys.argv) > 1:
    path = Path(sys.argv[1])
else:
    path = Path("tone.wav")
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        tone = (int(8000 * math.sin(2 * math.pi * 440 * n / 16_000)) for n in range(24_000))
        sound.writeframes(b"".join(struct.pack("<h", value) for value in tone))

agent = TranscriptionAgent(TranscriptionAgentConfig(language="en"))
result = agent.transcribe(path)
print(result["text"])
print(f"{result['duration']} s, {len(result['segments'])} segments, confidence {result['confidence']}, by {result['model']}")
