"""What the log says, and what it must not say."""

from __future__ import annotations

import logging

import pytest

from kaizen_site.logs import logging_config


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_one_time_link_and_a_key_are_not_written_to_the_log(style: str) -> None:
    config = logging_config(level="INFO", style=style)
    formatter = config["formatters"]["line"]
    formatter = formatter["()"](**{k: v for k, v in formatter.items() if k != "()"})
    message = "Method Not Allowed: %s"
    for path, kept in (
        ("/sign-in/link/CekU1z0GihXLMplDzXKoGFDQ660/", "/sign-in/link/***/"),
        ("/invitation/abcDEF_123-456789/", "/invitation/***/"),
        ("key kz_abcdefghijklmnop", "key kz_***"),
        ("/members/", "/members/"),
    ):
        record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, (path,), None)
        line = formatter.format(record)
        assert kept in line
        assert path == kept or path not in line
