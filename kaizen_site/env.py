"""Env: every variable the product reads from its environment, typed, with its default.

Refuses what it cannot understand with an error that names the variable, its value and what is allowed.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

BASE_DIR = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """The environment is wrong; the message is meant for the person who wrote it."""


class Env(BaseModel):
    """The environment. A field is read from the variable of its own name in capitals."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    port: int = Field(8000, ge=1, le=65535, description="Port of the web server.")
    database_url: str = Field("", description="PostgreSQL, e.g. postgresql://user:password@host:5432/kaizen. Empty: SQLite.")
    redis_url: str = Field("", description="Redis for queue, channels and cache. Empty: everything in one process.")

    kaizen_bind: str = Field("127.0.0.1", description="Address the web server listens on.")
    kaizen_public_url: str = Field(
        "", description="Address people use, e.g. https://kaizen.example.org. https turns on secure cookies and HSTS."
    )
    kaizen_data: Path = Field(
        BASE_DIR / "var", description="Folder of the database, the secret key, the lock and the local models."
    )
    kaizen_secret_key: str = Field(
        "", description="Signs sessions and links. Empty: made once and kept in the data folder (not with REDIS_URL)."
    )
    kaizen_secret_keys: tuple[str, ...] = Field(
        (),
        description="Seal the keys of providers in the database: random texts of 32 characters or more, separated by commas. "
        "The first seals, all open, so a new one goes first. Empty: made from KAIZEN_SECRET_KEY.",
    )
    kaizen_allowed_hosts: tuple[str, ...] = Field(
        ("localhost", "127.0.0.1", "[::1]"), description="Host names that are answered, separated by commas."
    )
    kaizen_proxies: int = Field(
        0,
        ge=0,
        le=9,
        description="How many trusted proxies stand before the server (they set X-Forwarded-For and -Proto).",
    )
    kaizen_debug: bool = Field(False, description="Django's debug pages. For developers only.")
    kaizen_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    kaizen_log_format: Literal["console", "json"] = Field("console", description="console or json.")
    kaizen_database_pool: int = Field(20, ge=2, le=500, description="Most PostgreSQL connections of one process.")

    kaizen_owner_email: str = Field("owner@localhost", description="Login of the first owner, made when there is none.")
    kaizen_local_models: bool = Field(True, description="Install and offer the small models that run in process.")
    kaizen_models_dir: Path | None = Field(None, description="Folder of the local models. Empty: models in the data folder.")
    kaizen_workspaces_dir: Path | None = Field(
        None, description="Folder of the runs' files, shared by all workers. Empty: workspaces in the data folder."
    )
    kaizen_private_egress: bool | None = Field(
        None,
        description="Whether organizations may let their tools reach private addresses that they list. "
        "Empty: yes where everything runs in one process, no with REDIS_URL.",
    )
    kaizen_mcp_file: Path | None = Field(
        None,
        description="File of MCP servers for all organizations, JSON or TOML with mcpServers; programs come from here only.",
    )
    kaizen_default_provider: str = Field(
        "", description="Provider for agents that name none. Empty: the organization's choice, else demo."
    )
    kaizen_model: str = Field("", description="Model for agents that name none. Empty: the provider's usual one.")
    kaizen_demo_tokens_per_s: int = Field(60, ge=0, le=100_000, description="Speed at which the demo model writes; 0: at once.")

    kaizen_lease_s: float = Field(10, gt=0, le=3600, description="Seconds after which a silent worker's run is taken over.")
    kaizen_heartbeat_s: float = Field(
        2, gt=0, le=1200, description="Seconds between two renewals of a lease; below half the lease."
    )
    kaizen_sweep_s: float = Field(2, gt=0, le=3600, description="Seconds between two sweeps for runs that a crash left behind.")
    kaizen_engine_concurrency: int = Field(256, ge=1, le=10_000, description="Most runs that one process works on at once.")
    kaizen_graceful_stop_s: float = Field(
        30, gt=0, le=3600, description="Seconds after which a graceful stop cancels the step that is still under way."
    )
    kaizen_worker_memory_mb: int = Field(
        0, ge=0, description="Memory of one worker above which its newest run is stopped, to be resumed later; 0: no limit."
    )
    kaizen_worker_threads: int = Field(32, ge=1, le=1024, description="Task threads of the embedded worker.")
    kaizen_retention_days: int = Field(0, ge=0, description="Days after which ended runs are deleted; 0: never.")
    kaizen_crash_at: str = Field("", description="For tests: <crash point>:<n> ends the process hard at the n-th passage.")
    kaizen_scripted: str = Field("", description="For tests: a file of replies; offers the scripted provider.")

    kaizen_openai_model: str = Field("", description="OpenAI's model for agents that name none. Empty: a usual one.")
    kaizen_azure_model: str = Field("", description="The same for Azure AI Foundry.")
    kaizen_anthropic_model: str = Field("", description="The same for Anthropic.")
    kaizen_google_model: str = Field("", description="The same for Google Gemini.")
    kaizen_cohere_model: str = Field("", description="The same for Cohere.")
    kaizen_perplexity_model: str = Field("", description="The same for Perplexity.")
    kaizen_huggingface_model: str = Field("", description="The same for Hugging Face.")
    kaizen_ollama_model: str = Field("", description="The same for Ollama.")
    kaizen_docker_model: str = Field("", description="The same for Docker Model Runner.")
    kaizen_custom_model: str = Field("", description="The same for another OpenAI-compatible address.")

    openai_api_key: str = Field("", description="Key of OpenAI.")
    openai_base_url: str = Field("", description="Another OpenAI-compatible address.")
    azure_ai_inference_endpoint: str = Field("", description="Endpoint of Azure AI Foundry.")
    azure_ai_inference_api_key: str = Field("", description="Key of Azure AI Foundry.")
    anthropic_api_key: str = Field("", description="Key of Anthropic.")
    google_api_key: str = Field("", description="Key of Google Gemini.")
    gemini_api_key: str = Field("", description="Key of Google Gemini, other name.")
    cohere_api_key: str = Field("", description="Key of Cohere.")
    perplexity_api_key: str = Field("", description="Key of Perplexity.")
    huggingface_api_key: str = Field("", description="Key of Hugging Face.")
    ollama_base_url: str = Field("", description="Address of an Ollama server, e.g. http://127.0.0.1:11434.")
    docker_model_runner_url: str = Field(
        "", description="Address of a Docker Model Runner, e.g. http://127.0.0.1:12434/engines/v1."
    )

    @field_validator("kaizen_allowed_hosts", "kaizen_secret_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("kaizen_secret_keys")
    @classmethod
    def _long_enough(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(key) < 32 for key in value):
            raise ValueError("allowed are random texts of 32 characters or more, separated by commas")
        return value

    @field_validator("kaizen_models_dir", "kaizen_workspaces_dir", "kaizen_mcp_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("kaizen_data", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("database_url")
    @classmethod
    def _postgresql_only(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"postgresql", "postgres"}:
            raise ValueError("allowed is postgresql://user:password@host:port/name, or nothing for SQLite")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_only(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("allowed is redis://host:port/number, rediss:// or unix://, or nothing for one process")
        return value

    @field_validator("kaizen_public_url")
    @classmethod
    def _address_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/")):
            raise ValueError("allowed is http://host or https://host, with a port or without, and no path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_together(self) -> Env:
        if self.redis_url and not self.database_url:
            raise ValueError(
                "DATABASE_URL: is empty; with REDIS_URL several processes share one database, which must be PostgreSQL"
            )
        if self.redis_url and not self.kaizen_secret_key and not self.kaizen_debug:
            raise ValueError(
                "KAIZEN_SECRET_KEY: is empty; with REDIS_URL all processes need the same one, 50 random characters"
            )
        if self.kaizen_heartbeat_s * 2 > self.kaizen_lease_s:
            raise ValueError(
                f"KAIZEN_HEARTBEAT_S: {self.kaizen_heartbeat_s} is more than half of KAIZEN_LEASE_S ({self.kaizen_lease_s}); "
                "a worker would lose its runs by being late once"
            )
        return self

    @property
    def embedded(self) -> bool:
        """True when queue, channels and workers live in this one process."""
        return not self.redis_url

    @property
    def https(self) -> bool:
        return self.kaizen_public_url.startswith("https://")

    @property
    def public_url(self) -> str:
        """The address that links are made with, without a slash at the end."""
        return self.kaizen_public_url or f"http://127.0.0.1:{self.port}"

    @property
    def private_egress(self) -> bool:
        return self.embedded if self.kaizen_private_egress is None else self.kaizen_private_egress

    @property
    def workspaces_dir(self) -> Path:
        return _resolved(self.kaizen_workspaces_dir or self.kaizen_data / "workspaces")

    @property
    def models_dir(self) -> Path:
        return _resolved(self.kaizen_models_dir or self.kaizen_data / "models")


@cache
def _resolved(path: Path) -> Path:
    """Every run asks for its folder, and resolving asks the disk."""
    return path.expanduser().resolve()


def load_env(environ: Mapping[str, str] | None = None) -> Env:
    """The environment and, below it, the ``.env`` file (``KAIZEN_ENV_FILE`` names another; empty: none).

    Without ``environ`` the file's values are also put into ``os.environ``, because provider libraries read it.
    Raises ``SettingsError`` that lists every wrong variable.
    """
    if environ is None:
        env_file = os.environ.get("KAIZEN_ENV_FILE", str(BASE_DIR / ".env"))
        try:
            for name, value in (dotenv_values(env_file) if env_file else {}).items():
                os.environ.setdefault(name, value or "")
        except (OSError, ValueError) as error:  # no text in UTF-8, or a NUL character
            raise SettingsError(f"{env_file} cannot be read as lines of NAME=value: {error}") from None
        environ = os.environ
    _refuse_misspelt(environ)
    known = {name.upper(): name for name in Env.model_fields}
    values = {known[name]: value for name, value in environ.items() if name in known and value != ""}
    try:
        return Env.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error, environ)) from None


def _refuse_misspelt(environ: Mapping[str, str]) -> None:
    known = [name.upper() for name in Env.model_fields] + ["KAIZEN_ENV_FILE"]
    for name in environ:
        unknown = name.startswith("KAIZEN_") and not name.startswith("KAIZEN_TEST_") and name not in known
        if unknown and (close := difflib.get_close_matches(name, known, n=1, cutoff=0.85)):
            raise SettingsError(f"{name}: there is no such setting; did you mean {close[0]}?")


def _explain(error: ValidationError, environ: Mapping[str, str]) -> str:
    lines = []
    for problem in error.errors():
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            lines.append(message)
            continue
        name = str(problem["loc"][0]).upper()
        shown = "***" if name.endswith(("KEY", "KEYS")) or "@" in environ.get(name, "") else repr(environ.get(name, ""))
        lines.append(f"{name}: {shown} is not allowed: {message} ({Env.model_fields[name.lower()].description})")
    return "\n".join(lines)
