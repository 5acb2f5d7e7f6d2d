"""Research brief: two agents answer together, and a change that is wished for leads back to them.

    python docs/examples/journeys/research_brief.py

The class is journeys/gallery/research_brief/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.research_brief.journey import ResearchBrief


async def main() -> None:
    journey = ResearchBrief("example")
    print((await journey.start()).message)
    for message in ("About heat pumps for the management", "Yes please", "Make it shorter", "Publish it"):
        result = await journey.process_message(message)
        if result.waiting_on:  # a person decides; here: yes
            print(f"(to approve: {result.waiting_on['title']})")
            result = await journey.manager.session.decide("approve")
        print(f"> {message}\n{result.message}")
    print("Wishes:", result.accumulated_context["wishes"], result.ended)


asyncio.run(main())
