"""What every command needs: the house, and a way to speak. The commands themselves are the features' and portal/cli's."""

import functools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from portal.kernel import logs, migrations, settings
from portal.kernel.house import House
from portal.kernel.settings import Settings

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@dataclass(frozen=True)
class Program:
    """What commands are run with: how to build a house, and an app on it; `story(house)` writes the demo's world and gives
    (who they are, e-mail address) for those to sign in as."""

    house: Callable[[Settings | None], House]
    app: Callable[[Settings | None, House | None], Any]
    story: Callable[[House], list[tuple[str, str]]]


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

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        program = click.get_current_context().find_object(Program)
        if program is None:
            raise RuntimeError("commands run below `cli`, which is given a Program")
        with opened(program) as house:
            return command(house, *arguments, **options)

    return run


def say(line: str) -> None:
    click.echo(line)


def say_json(value: Any) -> None:
    """JSON, indented for eyes on a terminal."""
    click.echo(json.dumps(value, indent=2 if sys.stdout.isatty() else None, ensure_ascii=False, default=str))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table with a heading; on a pipe tab-separated, without heading and padding."""
    lines = [["" if value is None else str(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in lines:
            click.echo("\t".join(line))
        return
    widths = [max(len(line[n]) for line in [list(columns), *lines]) for n in range(len(columns))]
    click.secho("  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip(), bold=True)
    for line in lines:
        click.echo("  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip())


def grumble(line: str) -> None:
    """To stderr: what went wrong, or what is going on."""
    click.echo(line, err=True)
