"""A group of commands that are modules, imported when they are called: start-up is a feature."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class Suggesting(click.Group):
    """A group that guesses which command was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the guess."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            from auditor.config.suggest import did_you_mean

            ctx.fail(f'there is no command "{args[0]}"{did_you_mean(args[0], known)}')
        return super().resolve_command(ctx, args)


class Commands(Suggesting):
    """A group whose commands are modules by name; each has a ``command``."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        command = importlib.import_module(self.modules[cmd_name]).command
        assert isinstance(command, click.Command)
        from auditor.cli.options import readable_from_variables  # its commands have it loaded already

        readable_from_variables(command)
        return command
