"""Incident response: severity decides the way, a person approves the way back, lessons are kept.

    python docs/examples/journeys/incident_response.py

The class is journeys/gallery/incident_response/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.incident_response.journey import IncidentResponse


async def main() -> None:
    journey = IncidentResponse("example")
    print((await journey.start()).message)
    for message in ("The shop is down for everybody", "Yes, look at it", "Yes, go back", "Test releases with real traffic"):
        result = await journey.process_message(message)
        if result.waiting_on:  # a person decides; here: yes
            print(f"(to approve: {result.waiting_on['title']})")
            result = await journey.manager.session.decide("approve")
        print(f"> {message}\n{result.message}")
    print("State:", result.accumulated_context["state"], result.accumulated_context["lessons"])


asyncio.run(main())
