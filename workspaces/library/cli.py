"""Commands about how much room files take."""

import click

from portal.kernel.actor import the_system
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.shell import as_json, say, say_json, say_table, using_house
from portal.kernel.words import filesize
from workspaces.library import actions, quotas
from workspaces.library.queries.space import all_space, workspace_of


@click.group()
def space() -> None:
    """How much room the files of workspaces take, and may take."""


@space.command(name="list")
@as_json
@using_house
def list_space(house: House, as_json: bool) -> None:
    """Every workspace, what takes most first."""
    with house.db.reading() as session:
        found = all_space(session)
    if as_json:
        say_json([{"id": each.id, "title": each.title, "used": room.used, "limit": room.limit or None} for each, room in found])
        return
    rows = [(each.id, filesize(room.used), filesize(room.limit) if room.limit else "none", each.title) for each, room in found]
    say_table(("ID", "USED", "LIMIT", "TITLE"), rows)


@space.command(name="set")
@click.argument("workspace")
@click.argument("limit")
@using_house
def set_space(house: House, workspace: str, limit: str) -> None:
    """Let the files of WORKSPACE (its id) take LIMIT: such as "5 GB", "none", or "default" for MAINSTAY_WORKSPACE_QUOTA."""
    try:
        size = quotas.said({"none": "0", "default": ""}.get(limit.strip().lower(), limit.strip() or "?"))
    except Invalid:
        raise click.BadParameter("Write a size such as 500 MB or 5 GB, none, or default.", param_hint="LIMIT") from None
    with house.db.writing() as session:
        found = workspace_of(session, workspace)
        if found is None:
            raise click.BadParameter("There is no such workspace.", param_hint="WORKSPACE")
        actions.set_quota(the_system(session), found, quota=size)
        room = quotas.room_of(session, found)
    say(f"{filesize(room.used)} used, limit {filesize(room.limit) if room.limit else 'none'}")
