"""The database itself refuses to change events, versions and stored specs.

A later migration that rebuilds one of these tables on SQLite drops its trigger and has to make it again. Deleting rows
stays possible: retention and erasing an organization need it.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("agents_runevent", "agents_version", "agents_specrecord")

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION agents_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def forbid_updates(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    postgres = editor.connection.vendor == "postgresql"
    if postgres:
        editor.execute(POSTGRES_FUNCTION, params=None)
    for table in TABLES:
        editor.execute(_postgres(table) if postgres else _sqlite(table))


def allow_updates(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    postgres = editor.connection.vendor == "postgresql"
    for table in TABLES:
        editor.execute(f"DROP TRIGGER {table}_frozen" + (f" ON {table}" if postgres else ""))
    if postgres:
        editor.execute("DROP FUNCTION agents_refuse_update()")


def _postgres(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION agents_refuse_update()"
    )


def _sqlite(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]
    operations = [migrations.RunPython(forbid_updates, allow_updates)]
