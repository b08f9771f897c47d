"""Who can be named in a topic, and who takes part in it."""

from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held, holders
from portal.kernel.prepared import prepared
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Workspace

MOST_NAMED = 8


def mentionable(actor: Actor, workspace: Workspace, audience_pk: int, typed: str) -> list[tuple[Person, str | None]]:
    """People who can read what is written under this audience and whom the actor sees, of whose name a part begins like what was typed."""
    name = func.lower(Person.name)
    found = (
        select(Person, Account.name)
        .outerjoin(Account, Account.pk == Person.account_pk)
        .where(
            Person.pk.in_(select(holders(audience_pk).subquery().c.person_pk)),
            Person.pk != actor.pk,
            seen(actor, Person.pk, workspace.pk),
            or_(name.like(_escaped(typed) + "%", escape="\\"), name.like("% " + _escaped(typed) + "%", escape="\\")),
        )
        .order_by(Person.name, Person.pk)
        .limit(MOST_NAMED)
    )
    return [(person, company) for person, company in actor.session.execute(found)]


def taking_part(actor: Actor, topic: Topic) -> list[Person]:
    """Who has written something that the reader can see, in the order in which they came in."""
    return list(_wrote(actor, topic=topic.pk).scalars())


@prepared
def _wrote(actor: Actor, *, topic: Any) -> Select[Any]:
    wrote = (
        select(Post.author_pk, func.min(Post.pk).label("first"))
        .where(Post.topic_pk == topic, held(actor, Post.audience_pk))
        .group_by(Post.author_pk)
        .subquery()
    )
    return select(Person).join(wrote, wrote.c.author_pk == Person.pk).order_by(wrote.c.first)


def _escaped(typed: str) -> str:
    return "".join("\\" + c if c in "%_\\" else c for c in typed.lower())
