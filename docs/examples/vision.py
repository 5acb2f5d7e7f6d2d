"""Questions about an image: give the path of a file, ask a ``question``, read the ``answer``.

    python docs/examples/vision.py [image]

The demo model sees size and color, and says so. For a model that really sees: set OPENAI_API_KEY, or run Ollama with
``VisionAgentConfig(llm_provider="ollama", model="llava")``.
"""

import sys
from pathlib import Path

from PIL import Image

from agents import InvalidValues, VisionAgent, VisionAgentConfig

if len(sys.argv) > 1:
    path = Path(sys.argv[1])
else:
    path = Path("square.png")
    Image.new("RGB", (320, 200), (200, 30, 30)).save(path)

agent = VisionAgent(config=VisionAgentConfig(max_images=5, auto_resize=True))

result = agent.analyze(image=path, question="What is in this image?")
print(f"{result['question']} {result['answer']}")
print(f"Looked at by {result['model']}")

try:
    agent.analyze(image="iVBORw0KGgo" * 40, question="Is base64 taken, too?")
except InvalidValues as refused:
    print(refused)
