"""Healthcare referral: from symptoms to a booked appointment, with the clinic's data in memory.

    python docs/examples/journeys/healthcare_referral.py

The class is journeys/gallery/healthcare_referral/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from agents.core.runtime.memory import CatalogTools
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from journeys.gallery.healthcare_referral.tools import MemoryClinic


async def main() -> None:
    clinic = MemoryClinic()
    journey = HealthcareReferral("example", tools=CatalogTools(clinic.tools), local=clinic.local)
    print((await journey.start()).message)
    for message in (
        "I have back pain",
        "Mornings, and I would prefer a woman",
        "Yes please",
        "The first one, please",
        "The first one",
    ):
        result = await journey.process_message(message)
        if result.waiting_on:  # a person decides; here: yes
            print(f"(to approve: {result.waiting_on['title']})")
            result = await journey.manager.session.decide("approve")
        print(f"> {message}\n{result.message}")
    print("Confirmed:", result.accumulated_context["confirmation_number"])


asyncio.run(main())
