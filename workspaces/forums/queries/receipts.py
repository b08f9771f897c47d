"""Who has read an announcement that asks for it: of those who can read it now, its author aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from workspaces.forums.models import Receipt, Topic
from workspaces.rooms.queries.readers import Reader, readers


@dataclass(frozen=True)
class Receipts:
    """Counts are of all; named is whom the actor sees."""

    readers: int
    read: int
    waiting: list[Reader]
    done: list[Reader]
    at: dict[int, datetime]  # person pk -> when they read it first

    @property
    def unseen(self) -> int:
        """How many of those who have not read it are not named."""
        return self.readers - self.read - len(self.waiting)

    @property
    def unseen_done(self) -> int:
        return self.read - len(self.done)


def read_by(actor: Actor, topic: Topic) -> tuple[int, int]:
    """How many have read it, and of how many."""
    people = holders(topic.audience_pk).subquery()
    reads = select(func.count(func.distinct(Receipt.person_pk))).where(
        Receipt.topic_pk == topic.pk, Receipt.person_pk != topic.author_pk, Receipt.person_pk.in_(select(people.c.person_pk))
    )
    able = select(func.count(func.distinct(people.c.person_pk))).where(people.c.person_pk != topic.author_pk)
    read, all_of_them = actor.session.execute(select(reads.scalar_subquery(), able.scalar_subquery())).one()
    return read, all_of_them


def receipts(actor: Actor, topic: Topic) -> Receipts:
    """By name too."""
    read, all_of_them = read_by(actor, topic)
    at = dict(actor.session.execute(select(Receipt.person_pk, Receipt.at).where(Receipt.topic_pk == topic.pk)).all())
    others = [one for one in readers(actor, topic.workspace, topic.audience_pk) if one.person.pk != topic.author_pk]
    waiting = [one for one in others if one.person.pk not in at]
    done = sorted((one for one in others if one.person.pk in at), key=lambda one: at[one.person.pk])
    return Receipts(all_of_them, read, waiting, done, at)
