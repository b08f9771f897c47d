"""What commands print: tables for eyes on a terminal, tab-separated lines on a pipe, JSON where asked for."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(line: str) -> None:
    click.echo(line)


def say_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2 if sys.stdout.isatty() else None, ensure_ascii=False, default=str))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table with a heading; on a pipe without heading and padding."""
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
