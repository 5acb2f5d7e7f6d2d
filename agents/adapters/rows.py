"""The journal's rows in plain SQL: the few statements that every step of every run executes, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agents.core.runtime.events import PAYLOAD_VERSION, NewEvent
from agents.core.runtime.storable import dump_stored


@dataclass(frozen=True, slots=True)
class EventRow:
    run_id: UUID
    seq: int
    event: NewEvent
    at: datetime


def insert_events(rows: Sequence[EventRow]) -> None:
    if not rows:
        return
    cast = "::jsonb" if connection.vendor == "postgresql" else ""
    times = {at: time_value(at) for at in {r.at for r in rows}}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO agents_runevent (run_id, seq, type, path, payload, version, at)"
            f" VALUES (%s, %s, %s, %s, %s{cast}, %s, %s)",
            [
                (
                    uuid_value(r.run_id),
                    r.seq,
                    r.event.type.value,
                    r.event.path,
                    dump_stored(r.event.payload),
                    PAYLOAD_VERSION,
                    times[r.at],
                )
                for r in rows
            ],
        )


ModelCallRow = tuple[Any, ...]


def model_call_row(organization_id: UUID, run_id: UUID, journey: str, event: NewEvent, at: datetime) -> ModelCallRow:
    """The ledger's row of a model call that ended; who answered is in the reply, else who was asked."""
    payload = event.payload
    usage, result = payload.get("usage", {}), payload.get("result")
    told = result if isinstance(result, dict) else payload.get("asked") or {}
    return (
        uuid_value(organization_id),
        uuid_value(run_id),
        event.path,
        time_value(at),
        told.get("provider", ""),
        told.get("model", ""),
        payload.get("agent", ""),
        journey,
        "result" in payload,
        usage.get("input_tokens", 0),
        usage.get("output_tokens", 0),
        usage.get("cost_microusd"),
        payload.get("duration_s", 0.0),
    )


def insert_model_calls(rows: Sequence[ModelCallRow]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO agents_modelcall (organization_id, run_id, path, at, provider, model, agent, journey, ok,"
                " input_tokens, output_tokens, cost_microusd, duration_s)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                rows,
            )


def update_run(run_id: UUID, sets: dict[str, Any], where: str, params: Sequence[Any], n_events: int) -> int | None:
    """Updates one run if ``where`` holds and moves its ``last_seq`` by ``n_events``; the new ``last_seq``, else ``None``."""
    with connection.cursor() as cursor:
        cursor.execute(*update_statement(run_id, sets, where, params, n_events))
        row = cursor.fetchone()
    return row[0] if row else None


def update_statement(
    run_id: UUID, sets: dict[str, Any], where: str, params: Sequence[Any], n_events: int, *, returning: str = "last_seq"
) -> tuple[str, list[Any]]:
    """The UPDATE of one run with its parameters. ``sets`` maps a column to a value, or to ``(sql, *params)``."""
    columns, values = ["last_seq = last_seq + %s"], [n_events]
    for column, value in sets.items():
        if isinstance(value, tuple):
            columns.append(f"{column} = {value[0]}")
            values += value[1:]
        else:
            columns.append(f"{column} = %s{json_cast(value)}")
            values.append(sql_value(value))
    statement = f"UPDATE agents_run SET {', '.join(columns)} WHERE id = %s AND {where} RETURNING {returning}"
    return statement, [*values, uuid_value(run_id), *params]


def uuid_value(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


def id_of(value: Any) -> UUID:
    """A run's id as the database gave it: a UUID, or text where there is no such type."""
    return value if isinstance(value, UUID) else UUID(value)


def time_value(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def json_cast(value: Any) -> str:
    return "::jsonb" if isinstance(value, dict | list) and connection.vendor == "postgresql" else ""


def sql_value(value: Any) -> Any:
    if isinstance(value, dict | list):
        return dump_stored(value)
    if isinstance(value, datetime):
        return time_value(value)
    return value
