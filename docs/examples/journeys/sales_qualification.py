"""Sales qualification: conditions over what is known decide where a conversation goes.

    python docs/examples/journeys/sales_qualification.py

The class is journeys/gallery/sales_qualification/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.sales_qualification.journey import SalesQualification


async def main() -> None:
    journey = SalesQualification("example")
    print((await journey.start()).message)
    for message in ("We are Acme, 80 people", "We have 20,000 EUR a year", "Tuesday at 10"):
        result = await journey.process_message(message)
        print(f"> {message}\n{result.message}")
    print("Grade:", result.accumulated_context["grade"], result.ended)


asyncio.run(main())
