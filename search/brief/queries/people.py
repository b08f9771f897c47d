"""Who is who at an account, and when each last said anything in words that the reader may read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from portal.accounts import queries as accounts
from portal.accounts.models import Account, Contact
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from search.brief.asked import When
from search.brief.queries.then import written
from workspaces.forums.models import Post
from workspaces.forums.policy import May

LOOKED_AT = 60  # contacts of an account, those with a part in the purchase first


@dataclass(frozen=True)
class Known:
    """A contact with the part they have in the purchase, and the last message of theirs, where there is any."""

    contact: Contact
    roles: tuple[str, ...]
    last: tuple[str, datetime] | None  # its id, and when

    @property
    def at(self) -> datetime | None:
        return self.last[1] if self.last else None


def known(actor: Actor, account: Account, when: When) -> list[Known]:
    """Those with a part in the purchase first, then who wrote last. Three queries, whatever was written."""
    lines = accounts.contacts(actor, account, when.at, when.known_at)[:LOOKED_AT]
    said = _last_words(actor, [line.contact.pk for line in lines], account, when)
    people = [Known(line.contact, line.roles, said.get(line.contact.pk)) for line in lines]
    return sorted(people, key=lambda each: (not each.roles, -each.at.timestamp() if each.at else 0.0, each.contact.name.lower()))


def _last_words(actor: Actor, contacts: list[int], account: Account, when: When) -> dict[int, tuple[str, datetime]]:
    """By contact; who turned out to be another contact counts as that one."""
    same = aliased(Contact)
    whose = select(same.person_pk).where(or_(same.pk == Contact.pk, same.merged_pk == Contact.pk), same.person_pk.is_not(None))
    last = (
        allowed(actor, May.READ_WORDS)
        .where(Post.author_pk.in_(whose.correlate(Contact)), Post.account_pk == account.pk, Post.hidden_at.is_(None), *written(when, Post))
        .with_only_columns(Post.pk)
        .order_by(Post.created_at.desc(), Post.pk.desc())  # what was brought in later may be older
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    found: Any = actor.session.execute(select(Contact.pk, last).where(Contact.pk.in_(contacts))).all()
    posts = {post for _contact, post in found if post}
    of = {pk: (id, at) for pk, id, at in actor.session.execute(select(Post.pk, Post.id, Post.created_at).where(Post.pk.in_(posts)))}
    return {contact: of[post] for contact, post in found if post}
