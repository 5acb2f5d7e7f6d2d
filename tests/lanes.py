"""How tests are shared out among processes: which stay together, which begin first, and which need a database."""

from __future__ import annotations

import pytest

from tests.tiers import tiers_of


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file and tier share servers and stay together. What names a group of its own takes long and begins first."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(" ".join([item.path.stem, *tiers_of(item)])))
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.database)
