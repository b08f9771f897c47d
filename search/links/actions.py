"""Links follow the words of messages; people cut them, and tie them again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Note
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.events import EventKind, record
from search.links import queries
from search.links.events import LINK_CUT, LINK_KEPT
from search.links.finding import Found, spoken_of
from search.links.models import ACCOUNT, CONTACT, PRODUCT, Link
from search.links.policy import May
from search.names.matching import Known
from workspaces.forums.actions.recording import record_for_us
from workspaces.forums.models import Post


@action(open="the system notes what messages speak of; whoever may not read one is shown nothing by it")
def follow_words(actor: Actor, messages: Sequence[Post | Note]) -> None:
    """Bring the links of these messages up to date with their words; what a person cut stays cut."""
    session = actor.session
    around = queries.accounts_around(session, messages)
    people = queries.contacts_of(session, set().union(*around.values()))
    named = [*queries.products(session), *queries.accounts_in(session, [each.body for each in messages])]
    posts = [each.pk for each in messages if isinstance(each, Post)]
    notes = [each.pk for each in messages if isinstance(each, Note)]
    there: dict[tuple[int | None, int | None], dict[Any, Link]] = {}
    for link in session.scalars(select(Link).where(Link.post_pk.in_(posts) | Link.note_pk.in_(notes))):
        there.setdefault((link.post_pk, link.note_pk), {})[link.target] = link
    for n, each in enumerate(messages):
        here = [name for person, name in people if person.account_pk in around[n] and person.person_pk != each.author_pk]
        key = (each.pk, None) if isinstance(each, Post) else (None, each.pk)
        _tie(actor, key, there.get(key, {}), spoken_of(each.body, Known([*named, *here])))


def _tie(actor: Actor, of: tuple[int | None, int | None], there: dict[Any, Link], found: list[Found]) -> None:
    spoken = {(each.what, each.target, each.value): each for each in found}
    for target, link in there.items():
        if target not in spoken and link.cut_at is None:
            actor.session.delete(link)
    for target, each in spoken.items():
        link = there.get(target) or _made(of, each)
        link.start, link.end = each.start, each.end
        actor.session.add(link)


def _made(of: tuple[int | None, int | None], found: Found) -> Link:
    target = {ACCOUNT: "account_pk", CONTACT: "contact_pk", PRODUCT: "name_pk"}.get(found.what)
    more = {target: found.target} if target else {}
    return Link(post_pk=of[0], note_pk=of[1], what=found.what, value=found.value, **more)


@action(May.CUT_LINK)
def cut_link(actor: Actor, link: Link) -> None:
    """The message does not speak of this."""
    if link.cut_at is None:
        link.cut_at, link.cut_by_pk = now(), actor.pk
        _record(actor, LINK_CUT, link)


@action(May.CUT_LINK)
def keep_link(actor: Actor, link: Link) -> None:
    """It does after all."""
    if link.cut_at is not None:
        link.cut_at = link.cut_by_pk = None
        _record(actor, LINK_KEPT, link)


def _record(actor: Actor, of: EventKind, link: Link) -> None:
    """About the message or note, for those of us who may see that; it does not name what was linked, which not all of them may know."""
    if link.post is not None:
        record_for_us(actor, of, link.post, account_pk=link.post.account_pk)
    elif link.note is not None:
        record(actor, of, link.note, audience_pk=link.note.audience_pk, account=link.note.account, facts={"title": ""})
