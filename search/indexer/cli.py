"""Commands about the search index."""

import click
from sqlalchemy import select

from portal.kernel import outbox, worker
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.kernel.shell import as_json, say, say_json, using_house
from search.indexer import check, jobs


@click.group()
def index() -> None:
    """The search index. It can be deleted at any time; it is rebuilt from the database."""


@index.command()
@as_json
@using_house
def status(house: House, as_json: bool) -> None:
    """Which generation it is at, how much waits to be indexed, and whether it is being rebuilt."""
    told = check.status(house)
    if as_json:
        say_json(told)
        return
    for name, value in told.items():
        shown = ", ".join(f"{count} {kind}" for kind, count in value.items()) if isinstance(value, dict) else value
        say(f"{name}: {shown}")


@index.command()
@using_house
def rebuild(house: House) -> None:
    """Build it anew beside the old one, then swap. People go on searching meanwhile.

    The worker does it where one runs, because it alone writes the index.
    """
    with house.db.writing() as session:
        jobs.ask_for_rebuild(session)
    worker.see_through(house, jobs.TOPIC, lambda: _asked(house))
    found = check.status(house)
    say(f"The index is {found['state']} at generation {found['generation']}.")
    if found["state"] != "ready":
        raise SystemExit(1)


@index.command()
@as_json
@using_house
def verify(house: House, as_json: bool) -> None:
    """Compare it with the database; exit code 1 where they differ. What waits in the outbox is no difference."""
    found = list(check.differences(house))
    if as_json:
        say_json({"differences": found})
    else:
        for line in found:
            say(line)
        say(f"{len(found)} differences" if found else "The index equals the database.")
    if found:
        raise SystemExit(1)


def _asked(house: House) -> bool:
    """Whether somebody's wish for a rebuild is still open."""
    with house.db.reading() as session:
        return (
            session.scalar(select(OutboxRow.pk).where(OutboxRow.topic == jobs.TOPIC, OutboxRow.key == jobs.REBUILD, *outbox.due()))
            is not None
        )
