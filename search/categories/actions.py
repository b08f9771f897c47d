"""Saying what messages are: the machine by itself, a person over it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Note
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.indexing import index_again
from portal.kernel.policy import require
from portal.notices.wishes import zone_of
from portal.people.models import Person
from search.categories import queries
from search.categories.events import POST_CATEGORISED
from search.categories.labels import Category
from search.categories.machine import Guess, Hears, guesses
from search.categories.models import Label
from search.categories.policy import May
from workspaces.forums.actions.recording import record_for_us
from workspaces.forums.models import Post

PERSON = "person"
# What names of the company's own make of a sentence, by feature: looked up once for all that is looked at together.
HEARS: dict[str, Callable[[Session], Hears]] = {}
# What follows from what messages are, by feature: asked of each message and note that was looked at or corrected.
AFTERWARDS: dict[str, Callable[[Actor, Sequence[Post | Note]], object]] = {}


@action(open="the system says what messages are, of what was written; nobody is shown anything by it")
def categorise(actor: Actor, *, keys: Iterable[str]) -> int:
    """Guess anew what these "kind:id" are; what a person said of them stays. How many labels changed."""
    named: dict[str, list[str]] = {"post": [], "note": []}
    for kind, _, id in (key.partition(":") for key in keys):
        if kind in named:
            named[kind].append(id)
    posts = list(actor.session.scalars(select(Post).where(Post.id.in_(named["post"])).options(joinedload(Post.author))))
    notes = list(actor.session.scalars(select(Note).where(Note.id.in_(named["note"])).options(joinedload(Note.author))))
    if not posts and not notes:
        return 0
    authors: set[Person] = {post.author for post in posts} | {note.author for note in notes}
    zones = {author.pk: zone_of(actor.session, author) for author in authors}  # "tomorrow" is meant where somebody is
    taught, before = queries.taught(actor.session), queries.before(actor.session, posts)
    hears = _hears(actor.session)
    made = {
        ("post", post.id): guesses(
            post.body,
            before=before.get(post.pk, ""),
            side="staff" if post.author.is_staff else "client",
            on=post.created_at.astimezone(zones[post.author_pk]).date(),
            lessons=taught,
            hears=hears,
        )
        for post in posts
    }
    made |= {
        ("note", note.id): guesses(note.body, on=note.at.astimezone(zones[note.author_pk]).date(), lessons=taught, hears=hears)
        for note in notes
    }
    changed = _keep(actor, made)
    _go_on(actor, [*posts, *notes])
    return changed


def _hears(session: Session) -> Hears:
    every = [of(session) for of in HEARS.values()]

    def heard(text: str) -> dict[Category, str]:
        return {category: why for hears in every for category, why in hears(text).items()}

    return heard


def _go_on(actor: Actor, messages: Sequence[Post | Note]) -> None:
    for then in AFTERWARDS.values():
        then(actor, messages)


def _keep(actor: Actor, made: dict[tuple[str, str], list[Guess]]) -> int:
    found = actor.session.scalars(select(Label).where(Label.thing.in_({thing for _kind, thing in made})))
    there = {(label.kind, label.thing, label.category): label for label in found}
    likely = {(*of, guess.category.value): guess for of, guesses in made.items() for guess in guesses}
    changed = 0
    for key, label in there.items():
        if key not in likely and label.by_pk is None:
            actor.session.delete(label)
            changed += 1
    for (kind, thing, category), guess in likely.items():
        label = there.get((kind, thing, category)) or Label(kind=kind, thing=thing, category=category)
        if label.by_pk is None:
            actor.session.add(label)
            for name, value in _grounds(guess).items():
                setattr(label, name, value)
            changed += actor.session.is_modified(label)
    return changed


def _grounds(guess: Guess) -> dict[str, Any]:
    return {"start": guess.start, "end": guess.end, "why": guess.why, "sure": round(guess.sure, 2), "due": guess.due}


@action(May.CATEGORISE_POST)
def categorise_post(actor: Actor, post: Post, *, categories: Iterable[Category]) -> Post:
    """A person's word: these, and no others. It wins over the machine, and what reads the same is taken so from now on."""
    wanted = {category.value for category in categories}
    there = {label.category: label for label in actor.session.scalars(select(Label).where(Label.kind == "post", Label.thing == post.id))}
    said = []
    for category in Category:
        label = there.get(category.value)
        is_one, was = category.value in wanted, label is not None and not label.denied
        if is_one is was:
            continue
        said.append(category.value if is_one else f"no {category.value}")
        if label is None:
            actor.session.add(Label(kind="post", thing=post.id, category=category.value, why=PERSON, sure=1.0, by_pk=actor.pk))
        else:
            label.denied, label.why, label.sure, label.by_pk, label.at = not is_one, PERSON, 1.0, actor.pk, now()
    if said:
        record_for_us(actor, POST_CATEGORISED, post, account_pk=post.account_pk, what=", ".join(said))
        index_again(actor.session, "post", [post.id])
        _go_on(actor, [post])
    return post


@action(open="of each message it is asked whether the actor may say what it is")
def categorise_several(actor: Actor, posts: Sequence[Post], *, category: Category, is_one: bool) -> list[Post]:
    """A person's word on many at once, each on record of its own: that they are of a category, or are not. Those for which it is news."""
    changed = []
    for post in posts:
        require(actor, May.CATEGORISE_POST, post)
        are = {Category(said.category) for said in queries.of_post(actor, post) if not said.label.denied}
        if is_one is not (category in are):
            categorise_post(actor, post, categories=are | {category} if is_one else are - {category})
            changed.append(post)
    return changed
