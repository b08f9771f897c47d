"""Commands about what messages are."""

import click
from sqlalchemy import select

from portal.accounts.models import Note
from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.indexing import index_again
from portal.kernel.shell import say, using_house
from search.categories import actions
from workspaces.forums.models import Post

AT_ONCE = 500


@click.group()
def categories() -> None:
    """What messages are: question, commitment, objection …"""


@categories.command()
@using_house
def again(house: House) -> None:
    """Look at every message and note anew, as after an upgrade that knows more. What people corrected stays."""
    looked = changed = 0
    for kind, model in (("post", Post), ("note", Note)):
        last = 0
        while True:
            with house.db.writing() as session:
                rows = session.execute(select(model.pk, model.id).where(model.pk > last).order_by(model.pk).limit(AT_ONCE)).all()
                if number := actions.categorise(the_system(session), keys=[f"{kind}:{row.id}" for row in rows]):
                    changed += number
                    index_again(session, kind, [row.id for row in rows])
            if not rows:
                break
            last, looked = rows[-1].pk, looked + len(rows)
    say(f"Looked at {looked} messages and notes; {changed} labels changed.")
