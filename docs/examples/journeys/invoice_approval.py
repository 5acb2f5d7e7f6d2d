"""Invoice approval: an invoice is compared with its order and paid only when a person has approved it.

    python docs/examples/journeys/invoice_approval.py

The class is journeys/gallery/invoice_approval/journey.py. Without a key the demo model answers (fixed rules, not an AI).
"""

import asyncio

from journeys.gallery.invoice_approval.journey import InvoiceApproval


async def main() -> None:
    journey = InvoiceApproval("example")
    print((await journey.start()).message)
    for message in ("INV-7 for PO-100, 480 EUR", "Yes please", "Pay it"):
        result = await journey.process_message(message)
        if result.waiting_on:  # a person decides; here: yes
            print(f"(to approve: {result.waiting_on['title']})")
            result = await journey.manager.session.decide("approve")
        print(f"> {message}\n{result.message}")
    print("Trail:", result.accumulated_context["trail"])


asyncio.run(main())
