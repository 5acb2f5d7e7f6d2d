"""A chat whose answer can be read while it is written; leaving the loop stops the model.

python docs/examples/streaming_chat.py
"""

import asyncio

from agents import StreamingChatAgent, StreamingChatConfig

agent = StreamingChatAgent(StreamingChatConfig(chunk_size=1))


async def main() -> None:
    pieces = 0
    async for piece in agent.stream("Tell me a story", session_id="reader"):
        print(piece, end="", flush=True)
        pieces += 1
    print(f"\n({pieces} pieces)")


asyncio.run(main())
