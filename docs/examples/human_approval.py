"""A person approves the answer before it is given; a rejection comes with a reason, and the answer is revised once.

    python docs/examples/human_approval.py

Here a function stands for the person. ``CLITransport()`` asks in the terminal; on a site it is the approvals inbox.
"""

import asyncio

from agents import DemoRule, HumanApprovalAgent, HumanApprovalConfig
from agents.core.control import ControlProtocol, MemoryTransport, Reply


class Support(HumanApprovalAgent):
    """Writes to customers."""

    __demo__ = [
        DemoRule(if_known=("why_rejected",), set={"response": "We are sorry: your parcel is late. It comes on Friday."}),
        DemoRule(set={"response": "Your parcel is late."}),
    ]


def person(request):
    print(f"{request.title} {request.arguments['response']}")
    if "sorry" in request.arguments["response"]:
        return Reply(id=request.id, decision="approve")
    return Reply(id=request.id, decision="reject", reason="Say that we are sorry.")


async def main() -> None:
    config = HumanApprovalConfig(title="May this go to the customer?", risk="high", max_revisions=1)
    async with ControlProtocol(MemoryTransport(person)) as control:
        result = await Support(config, control=control).run_async(prompt="Tell the customer that the parcel is late")
    print(f"{result['decision']} after {result['revisions']} revision: {result['response']}")


asyncio.run(main())
