"""demo: a world told by the cast, in a directory of its own, and a way in for each of its people."""

import dataclasses
import os
import shutil
from pathlib import Path

import click
from sqlalchemy import select

from portal.cli.serving import LOOPBACK, serve_with
from portal.kernel import logs, migrations, settings
from portal.kernel.house import House
from portal.kernel.settings import Settings
from portal.kernel.shell import Program, grumble, say
from portal.people import sign_ins
from portal.people.models import Person

STORY = "story.txt"  # written once the story is told; names who may sign in, a line each


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Forget what was done in the demo and tell its story anew.")
@click.pass_obj
def demo(program: Program, port: int, fresh: bool) -> None:
    """Serve a demonstration: several accounts with months of talk.

    It lives in ./demo, or in MAINSTAY_DATA_DIR, and keeps what you do there. Prints a sign-in link for each role.
    """
    folder = Path(os.environ.get("MAINSTAY_DATA_DIR", "demo")).resolve()
    if fresh:
        _forget(folder)
    told = settings.load(os.environ | {"MAINSTAY_DATA_DIR": str(folder)})
    quiet = "warning" if told.log == "info" else told.log
    told = dataclasses.replace(told, base_url=f"http://127.0.0.1:{port}", host_names=(*told.host_names, *LOOPBACK), log=quiet)
    logs.set_up(quiet)
    _tell(program, told)
    serve_with(program, told, host="127.0.0.1", port=port)


def _tell(program: Program, told: Settings) -> None:
    """Tell the story where it was not told yet, and print the links."""
    house = program.house(told)
    migrations.migrate(house)
    told_already = told.data_dir / STORY
    if not told_already.exists():
        with house.db.reading() as session:
            if session.scalar(select(Person.pk).limit(1)) is not None:
                raise click.ClickException(f"{told.data_dir} is not a demo: somebody is in it already. Name another MAINSTAY_DATA_DIR.")
        grumble("Telling the demo's story; this takes a moment.")
        people = program.story(house)
        told_already.write_text("".join(f"{email}\t{who}\n" for who, email in people))
    _print_links(house, told_already.read_text())
    house.close()


def _print_links(house: House, people: str) -> None:
    """One link each; it signs in once. Running the demo again makes new ones."""
    say("Sign in as (each link works once, for a day):")
    with house.db.writing() as session:
        for email, _tab, who in (line.partition("\t") for line in people.splitlines()):
            person = session.scalar(select(Person).where(Person.email == email, Person.suspended_at.is_(None)))
            if person is not None:
                say(f"  {f'{person.name}, {who}':<44} {house.settings.base_url}{sign_ins.make_link(session, person)}")


def _forget(folder: Path) -> None:
    """Remove a demo's directory; nothing else is ever removed."""
    if not folder.exists():
        return
    if not (folder / STORY).exists() and (folder / "mainstay.db").exists():
        raise click.ClickException(f"{folder} is not a demo: its story was never told. Remove it yourself if you mean to.")
    shutil.rmtree(folder)
