"""Ground of all tests: a data folder of its own for every process, and the tiers that must not be skipped."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before Django reads its settings: no developer's .env, no developer's data.
_FOLDER = tempfile.mkdtemp(prefix=f"kaizen-test-{os.getpid()}-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["KAIZEN_ENV_FILE"] = ""
os.environ["KAIZEN_DATA"] = _FOLDER
os.environ.setdefault("KAIZEN_MODELS_DIR", str(Path(__file__).resolve().parent.parent / "var" / "models"))
os.environ.setdefault("KAIZEN_ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
os.environ.setdefault("KAIZEN_LOG_LEVEL", "WARNING")
os.environ.setdefault("KAIZEN_DEMO_TOKENS_PER_S", "0")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaizen_site.settings")

# Here and not by an option of pytest-django, which would read the settings before the lines above.
import django
import hypothesis
import pytest

django.setup()

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tests.factories.people import People, make_people
from tests.factories.schema import keep_schema, lend_schema
from trust.core.principal import Principal

pytest_plugins = ["tests.tiers", "tests.lanes", "tests.servers"]

# The real hasher is slow on purpose, which hundreds of tests do not need.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1

# The same examples every time: a property that fails must fail for everybody. Exploring is done by hand, with a seed.
hypothesis.settings.register_profile("kaizen", derandomize=True, deadline=None)
hypothesis.settings.load_profile("kaizen")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """The test database begins as a copy of a migrated one where there is one."""
    return settings.EMBEDDED and lend_schema(Path(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool) -> None:
    if settings.EMBEDDED and not django_db_keepdb:
        keep_schema(Path(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture
def people() -> People:
    """Alice owns, Bob is a member, Charlie is a stranger."""
    return make_people()


@pytest.fixture
def alice(people: People) -> Principal:
    return people.principal(people.alice)


@pytest.fixture
def bob(people: People) -> Principal:
    return people.principal(people.bob)


@pytest.fixture
def charlie(people: People) -> Principal:
    return people.principal(people.charlie)


@pytest.fixture
def tab(people: People) -> Client:
    return people.browser(people.alice)
