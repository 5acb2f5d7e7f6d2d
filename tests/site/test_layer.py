"""The embedded channel layer across threads and event loops."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from channels.exceptions import ChannelFull

from kaizen_site.layer import EmbeddedLayer


async def test_group_message_of_another_threads_loop_wakes_the_reader_at_once() -> None:
    layer = EmbeddedLayer()
    channel = await layer.new_channel()
    await layer.group_add("run.1", channel)
    sent_at: list[float] = []

    def send() -> None:
        time.sleep(0.05)
        sent_at.append(time.monotonic())
        asyncio.run(layer.group_send("run.1", {"type": "bell"}))

    thread = threading.Thread(target=send)
    thread.start()
    message = await asyncio.wait_for(layer.receive(channel), 5)
    lag_s = time.monotonic() - sent_at[0]
    thread.join()
    assert message == {"type": "bell"}
    assert lag_s < 0.5


async def test_full_channel_drops_group_messages_and_refuses_single_ones() -> None:
    layer = EmbeddedLayer(capacity=2)
    await layer.group_add("g", "c")
    for n in range(5):
        await layer.group_send("g", {"type": "n", "n": n})
    with pytest.raises(ChannelFull):
        await layer.send("c", {"type": "n"})
    assert [(await layer.receive("c"))["n"] for _ in range(2)] == [0, 1]


async def test_message_that_comes_before_the_reader_waits() -> None:
    layer = EmbeddedLayer()
    await layer.send("c", {"type": "early"})
    assert await layer.receive("c") == {"type": "early"}


async def test_reader_that_goes_away_leaves_nothing_behind() -> None:
    layer = EmbeddedLayer()
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    reading = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert layer._groups == {}
    assert layer._boxes == {}


async def test_receiver_cannot_change_what_another_one_gets() -> None:
    layer = EmbeddedLayer()
    for name in ("a", "b"):
        await layer.group_add("g", name)
    await layer.group_send("g", {"type": "t", "list": [1]})
    first: dict[str, Any] = await layer.receive("a")
    first["list"].append(2)
    assert (await layer.receive("b"))["list"] == [1]
