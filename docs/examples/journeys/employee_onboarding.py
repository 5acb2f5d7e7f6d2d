"""Employee onboarding: a detour and back, a value that is corrected, a union of lists.

    python docs/examples/journeys/employee_onboarding.py

The class is journeys/gallery/employee_onboarding/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.employee_onboarding.journey import EmployeeOnboarding


async def main() -> None:
    journey = EmployeeOnboarding("example")
    print((await journey.start()).message)
    for message in ("I start on 1 March", "Sorry, on 3 March", "A laptop and a headset", "Where can I park?"):
        result = await journey.process_message(message)
        print(f"> {message}\n{result.message}")
    print("Equipment:", result.accumulated_context["equipment"], result.accumulated_context["start_date"])


asyncio.run(main())
