"""IT service desk: an error of a stage leads to a question, and its answer back.

    python docs/examples/journeys/it_service_desk.py

The class is journeys/gallery/it_service_desk/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.it_service_desk.journey import ITServiceDesk


async def main() -> None:
    journey = ITServiceDesk("example")
    print((await journey.start()).message)
    for message in ("I forgot my password and cannot work now", "That did not help", "It is PC-0421", "Yes please"):
        result = await journey.process_message(message)
        print(f"> {message}\n{result.message}")
    print("Urgency:", result.accumulated_context["urgency"], result.pathway_id)


asyncio.run(main())
