"""Run by ``manage.py shell`` in a site: writes the journal that JOURNAL names for its first owner, prints the run's id."""

import os

from tests.factories.journals import long_journal, rich_journal, store_journal
from trust.models import Membership
from trust.services.principals import principal_of_membership

membership = Membership.objects.select_related("user").order_by("pk").first()
assert membership is not None
journal = long_journal(5000) if os.environ["JOURNAL"] == "long" else rich_journal()
run = store_journal(principal_of_membership(membership), journal, budget_microusd=20000)
print(f"run {run.id}")
