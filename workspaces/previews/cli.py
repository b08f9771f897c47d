"""Commands about the reading of files."""

import click
from sqlalchemy import func, select

from portal.kernel import worker
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow, due
from portal.kernel.shell import as_json, say, say_json, using_house
from workspaces.previews import jobs
from workspaces.previews.models import REFUSED, Preview


@click.group()
def previews() -> None:
    """What was read of files so that they are seen and found by their pages. It can be made again at any time."""


@previews.command()
@as_json
@using_house
def status(house: House, as_json: bool) -> None:
    """How much was read, what could not be and why, how much waits."""
    with house.db.reading() as session:
        read = session.execute(select(Preview.state, Preview.why, func.count()).group_by(Preview.state, Preview.why)).all()
        waits = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == jobs.TOPIC)) or 0
    told = {f"{state} ({why})" if state == REFUSED else state: count for state, why, count in read} | {"in the queue": waits}
    if as_json:
        say_json(told)
        return
    for name, count in told.items():
        say(f"{name}: {count}")


@previews.command()
@click.option("--all", "everything", is_flag=True, help="Also what was read, or refused, already.")
@using_house
def again(house: House, everything: bool) -> None:
    """Have files read that were not read yet; with --all every file. People see what there was until it is read anew."""
    with house.db.writing() as session:
        count = jobs.ask_for(session, everything=everything, unscanned=bool(house.settings.clamd_url))
    worker.see_through(house, jobs.TOPIC, lambda: _waits(house))
    say(f"{count} files were read.")


def _waits(house: House) -> bool:
    with house.db.reading() as session:
        return session.scalar(select(OutboxRow.pk).where(OutboxRow.topic == jobs.TOPIC, *due()).limit(1)) is not None
