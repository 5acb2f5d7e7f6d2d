"""``make run-production``: the processes of the Procfile against local PostgreSQL and Redis, without containers.

Fills in local addresses that are not set, makes the database when it is missing, prepares the site once, then starts
the processes and stops them together.
"""

from __future__ import annotations

import getpass
import os
import re
import shlex
import signal
import sys
from pathlib import Path

import psycopg
import redis
from honcho.environ import parse_procfile
from honcho.manager import Manager
from psycopg import sql

from kaizen_site.data_folder import prepare_data_folder, secret_key
from kaizen_site.env import BASE_DIR, SettingsError, load_env


def main() -> int:
    """Returns the exit code of the first process that ended badly, or 0 after a signal."""
    environment = _complete_environment()
    _make_database(environment["DATABASE_URL"])
    _require_redis(environment["REDIS_URL"])
    os.environ.update(environment)
    _prepare()
    return _supervise(environment)


def _complete_environment() -> dict[str, str]:
    env = load_env({**os.environ, "REDIS_URL": ""})  # reads .env too; the rest is checked by each process
    data = prepare_data_folder(env.kaizen_data)
    return {
        **os.environ,
        "DATABASE_URL": env.database_url or f"postgresql://{getpass.getuser()}@127.0.0.1:5432/kaizen",
        "REDIS_URL": os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0",
        "KAIZEN_SECRET_KEY": env.kaizen_secret_key or secret_key(data),
        "PYTHONUNBUFFERED": "1",
    }


def _make_database(url: str) -> None:
    parameters = psycopg.conninfo.conninfo_to_dict(url)
    name = str(parameters.pop("dbname", "") or "kaizen")
    try:
        psycopg.connect(url, connect_timeout=5).close()
        return
    except psycopg.OperationalError as error:
        if not re.search(rf'database "{re.escape(name)}" does not exist', str(error)):
            raise SettingsError(f"DATABASE_URL: PostgreSQL does not answer: {error}") from None
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _require_redis(url: str) -> None:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        raise SettingsError(f"REDIS_URL: Redis does not answer: {error}") from None


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaizen_site.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("prepare")
    connections.close_all()


def _supervise(environment: dict[str, str]) -> int:
    manager = Manager()
    for name, command in parse_procfile((BASE_DIR / "Procfile").read_text()).processes.items():
        manager.add_process(name, _with_this_python(command), env=environment, cwd=str(BASE_DIR))
    manager.loop()
    stopped_by_signal = manager.returncode in {128 + signal.SIGINT, 128 + signal.SIGTERM}
    return 0 if stopped_by_signal else int(manager.returncode or 0)


def _with_this_python(command: str) -> str:
    """``exec``, so that a signal reaches the process and not a shell, and the commands of this environment."""
    program, *arguments = shlex.split(command)
    start = [sys.executable] if program == "python" else [sys.executable, "-m", program]
    return "exec " + shlex.join([*start, *arguments])


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    try:
        sys.exit(main())
    except SettingsError as problem:
        sys.exit(f"Settings error.\n{problem}")
