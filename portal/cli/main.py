"""The `mainstay` command. Features bring their own commands; wsgi.py adds them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.kernel import logs, migrations, settings
from portal.kernel.errors import Refused
from portal.kernel.house import House
from portal.kernel.settings import Settings, WrongSetting


@dataclass(frozen=True)
class Program:
    """What commands are run with: how to build a house, and an app on it; `story(house)` writes the demo's world and gives
    (who they are, e-mail address) for those to sign in as."""

    house: Callable[[Settings | None], House]
    app: Callable[[Settings | None, House | None], Flask]
    story: Callable[[House], list[tuple[str, str]]]


class Commands(click.Group):
    """A group whose refusals are one line each, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (WrongSetting, migrations.Unfit, Refused) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"The database cannot be used: {error.orig}") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Mainstay, a client-workspace portal: serve it, look after it.

    Settings come from the environment or mainstay.toml; see docs/operating.md.
    """


@contextmanager
def opened(program: Program) -> Iterator[House]:
    """The house of the configured installation, its database at our revision."""
    told = settings.load()
    logs.set_up("warning" if told.log == "info" else told.log)  # a command's own words are its answer
    house = program.house(told)
    try:
        migrations.refuse_unfit(house)
        yield house
    finally:
        house.close()


def using_house(command: Callable[..., Any]) -> Callable[..., Any]:
    """For commands: call with the house as first argument."""

    def run(*arguments: Any, **options: Any) -> Any:
        program = click.get_current_context().find_object(Program)
        assert program is not None, "commands run below `cli`, which is given a Program"
        with opened(program) as house:
            return command(house, *arguments, **options)

    run.__doc__, run.__name__ = command.__doc__, command.__name__
    if hasattr(command, "__click_params__"):
        run.__click_params__ = command.__click_params__  # type: ignore[attr-defined]
    return run
