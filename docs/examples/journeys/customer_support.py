"""Customer support: an order that arrived broken is refunded, once a person has approved it.

    python docs/examples/journeys/customer_support.py

The class is journeys/gallery/customer_support/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.customer_support.journey import CustomerSupport


async def main() -> None:
    journey = CustomerSupport("example")
    print((await journey.start()).message)
    for message in ("My lamp arrived broken, order A1002", "I want a refund", "How long does a refund take?"):
        result = await journey.process_message(message)
        if result.waiting_on:  # a person decides; here: yes
            print(f"(to approve: {result.waiting_on['title']})")
            result = await journey.manager.session.decide("approve")
        print(f"> {message}\n{result.message}")
    print("Known:", result.accumulated_context["problem"], result.accumulated_context["refund_reference"][:3])


asyncio.run(main())
