"""A click group that knows its commands by name and imports a command only when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from io import StringIO
from typing import Any, NamedTuple, NoReturn

import click

from ocpptui.cli.exit_codes import ExitCode


class CommandEntry(NamedTuple):
    """One command of the program."""

    module: str
    """The module that defines it, as `command`."""
    help: str
    """Its line in the list of commands."""
    aliases: tuple[str, ...] = ()


class LazyGroup(click.Group):
    """A group whose help, completion and error for an unknown command import no command module."""

    def __init__(self, *args: Any, entries: Mapping[str, CommandEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        self.loading: Callable[[], AbstractContextManager[None]] = nullcontext
        """What the module of a command is imported in."""
        self._names = {alias: name for name, entry in entries.items() for alias in (name, *entry.aliases)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = self._names.get(cmd_name)
        if name is None:
            return None
        with self.loading():
            command = import_module(self.entries[name].module).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self._names:  # by its own name, which is that of its table in the configuration file
            return super().resolve_command(ctx, [self._names[name], *args[1:]])
        if name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from ocpptui.ocpp.did_you_mean import suggestion

        ctx.fail(f"no such command {name!r}{suggestion(name, self._names)}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(" ".join((name, *_in_brackets(entry.aliases))), entry.help) for name, entry in self.entries.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Like click's, but an interrupt gives the exit code that shells expect, and no message acts on a terminal."""
        from ocpptui.cli.output import OutputFailed, finish_output, say

        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except (KeyboardInterrupt, click.Abort):
            code = ExitCode.INTERRUPTED
        except click.ClickException as error:
            words = StringIO()
            _with_help(error).show(words)
            say(words.getvalue().rstrip("\n"))
            code = error.exit_code
        except OutputFailed as error:
            say(str(error))
            code = ExitCode.USAGE
        finally:
            finish_output()
        sys.exit(code)


def _with_help(error: click.ClickException) -> click.ClickException:
    """The same; of an option that is missing, with what its help says to give."""
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Option):
        return click.MissingParameter(error.param.help, error.ctx, error.param)
    return error


def _in_brackets(aliases: tuple[str, ...]) -> tuple[str, ...]:
    return (f"({', '.join(aliases)})",) if aliases else ()
