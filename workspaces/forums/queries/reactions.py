"""Who reacted to what, for a page of messages at once."""

from dataclasses import dataclass, field

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.people.models import Person
from workspaces.forums.models import Post, Reaction
from workspaces.forums.reactions import EMOJI, called


@dataclass(frozen=True)
class Sign:
    """A sign on a message, and whose it is: (id, name) in the order in which they came."""

    emoji: str
    people: list[tuple[str, str]] = field(default_factory=list)

    @property
    def called(self) -> str:
        return called(self.emoji)

    @property
    def names(self) -> str:
        return ", ".join(name for _id, name in self.people)

    @property
    def ids(self) -> list[str]:
        return [id for id, _name in self.people]


def signs_on(actor: Actor, posts: list[Post]) -> dict[int, list[Sign]]:
    """post pk -> its signs, of posts that the actor may read; of what was removed or hidden none. One query."""
    standing = [post.pk for post in posts if post.stands]
    if not standing:
        return {}
    found = (
        select(Reaction.post_pk, Reaction.emoji, Person.id, Person.name)
        .join(Person, Person.pk == Reaction.person_pk)
        .where(Reaction.post_pk.in_(standing))
        .order_by(Reaction.at, Reaction.person_pk)
    )
    made: dict[int, dict[str, Sign]] = {}
    for post_pk, emoji, id, name in actor.session.execute(found):
        made.setdefault(post_pk, {}).setdefault(emoji, Sign(emoji)).people.append((id, name))
    return {pk: sorted(signs.values(), key=lambda sign: EMOJI.index(sign.emoji)) for pk, signs in made.items()}
