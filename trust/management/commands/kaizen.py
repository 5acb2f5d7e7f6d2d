"""``manage.py kaizen <sub-command>``: finds the sub-commands of all apps and runs one."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trust.core.errors import KaizenError


class Command(BaseCommand):
    """One sub-command is one file ``<app>/management/kaizen/<name>.py``; nothing else lists it.

    The file has a docstring (its help), ``add_arguments(parser)`` and ``run(say, **options)``, where ``say`` prints a
    line. A refusal is a ``KaizenError``.
    """

    help = "Commands of this site: keys, sign-in links, owners, and what other apps add."

    def add_arguments(self, parser: CommandParser) -> None:
        choices = parser.add_subparsers(dest="subcommand", required=True, metavar="sub-command")
        for name, module in sorted(find_subcommands().items()):
            text = (module.__doc__ or "").strip()
            child = choices.add_parser(name, help=text.splitlines()[0] if text else "", description=text)
            module.add_arguments(child)
            child.set_defaults(run=module.run)

    def handle(self, *args: Any, **options: Any) -> None:
        run: Callable[..., None] = options.pop("run")
        own = {name: options[name] for name in signature(run).parameters if name in options}
        try:
            run(self.stdout.write, **own)
        except KaizenError as refusal:
            raise CommandError(refusal.message) from refusal


def find_subcommands() -> dict[str, ModuleType]:
    """Every sub-command by its name on the command line; a name that two apps use is an error."""
    found: dict[str, ModuleType] = {}
    for app in apps.get_app_configs():
        for module in _modules_of(app.name):
            name = module.__name__.rpartition(".")[2].replace("_", "-")
            if name in found:
                raise CommandError(f"Sub-command '{name}' is both in {found[name].__name__} and in {module.__name__}.")
            found[name] = module
    return found


def _modules_of(app: str) -> list[ModuleType]:
    folder = f"{app}.management.kaizen"
    try:
        spec = find_spec(folder)
    except ModuleNotFoundError:  # an app without management commands
        return []
    if spec is None or spec.submodule_search_locations is None:
        return []
    return [import_module(f"{folder}.{entry.name}") for entry in pkgutil.iter_modules(spec.submodule_search_locations)]
