"""Who knows what: people by what they answered, and what our side answered to others; both found among what the searcher may read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.keeping_apart import pair_of
from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.house import House
from portal.kernel.markdown import mention
from portal.kernel.policy import allowed
from portal.people.models import Person
from search.finding.fields import Asked, asked
from search.finding.queries import Line, find
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Workspace

LOOKED_AT = 40  # messages, the best first
MOST_PEOPLE, MOST_ANSWERS = 4, 4
MOST_FILLING = 3  # letters of a word that says little
STEM = 6  # letters by which two forms of a word are taken for the same
CHOSEN = 3  # what a chosen answer weighs beside one that was not


@dataclass
class Knows:
    """Somebody who answered about something: how often, the best of it, and where one may ask them ('' for nowhere)."""

    person: Person
    company: str | None
    answers: int
    chosen: int
    post: Post
    snippet: Any
    ask: str = ""


@dataclass(frozen=True)
class Answered:
    """What one of ours answered to somebody else, for which account."""

    post: Post
    line: Line
    chosen: bool


def who_knows(actor: Actor, house: House, told: Asked) -> list[Knows]:
    """People who answered about these words and can be asked: each is seen by the searcher where they wrote, and still reads there."""
    if not told.words or told.kind not in ("", "post") or told.author:
        return []
    found: dict[int, Knows] = {}
    lines = {line.id: line for line in find(actor, house, _about(told.words, told.place), limit=LOOKED_AT).lines if not line.team}
    readers: dict[int, set[int]] = {}
    for post in _answers(actor, lines):
        if post.author_pk == actor.pk or not _reads(actor, post, readers):
            continue
        knows = found.setdefault(post.author_pk, Knows(post.author, None, 0, 0, post, lines[post.id].snippet))
        knows.answers += 1
        knows.chosen += post.topic.accepted_post_pk == post.pk
    best = sorted(found.values(), key=lambda one: -(one.answers + CHOSEN * one.chosen))
    met = list(islice((one for one in best if not _apart(actor, one.person)), MOST_PEOPLE))
    for one in met:
        one.company = _company(actor, one.person)
        one.ask = _where(actor, one.post, one.person, told.words, readers)
    return met


def answered_to_others(actor: Actor, house: House, topic: Topic) -> list[Answered]:
    """What our side said elsewhere about what this discussion is called; chosen answers first, else the best match first."""
    words = _telling(topic.title)
    told = _about(" ".join(words), "")
    lines = {line.id: line for line in find(actor, house, told, limit=LOOKED_AT).lines if not line.team} if words else {}
    posts = [post for post in _answers(actor, lines) if post.author.is_staff and post.workspace_pk != topic.workspace_pk]
    made = [Answered(post, lines[post.id], post.topic.accepted_post_pk == post.pk) for post in posts if _is_about(post, words)]
    return sorted(made, key=lambda one: not one.chosen)[:MOST_ANSWERS]


def _telling(title: str) -> list[str]:
    """The words of a question that say what it is about: short ones are in every sentence, but for numbers and names such as 24 and V9."""
    words = re.findall(r"\w+", title.lower())
    return [word for word in words if len(word) > MOST_FILLING or (len(word) > 1 and any(letter.isdigit() for letter in word))]


def _is_about(post: Post, words: list[str]) -> bool:
    """Whether an answer, with the question it answers, has two of these words, or the one there is: one alone is often chance."""
    said = f"{post.topic.title} {post.body}".lower()
    return sum(word[:STEM] in said for word in set(words)) >= min(2, len(set(words)))


def _about(words: str, place: str) -> Asked:
    return asked(words, place=place, kind="post")


def _answers(actor: Actor, lines: Iterable[str]) -> list[Post]:
    """Those of these messages that answer something, in the order found."""
    order = {id: n for n, id in enumerate(lines)}
    standing = (Post.id.in_(order), Post.seq > 1, Post.removed_at.is_(None), Post.hidden_at.is_(None), Post.team.is_(False))
    found = allowed(actor, Forums.READ_WORDS).join(Person, Person.pk == Post.author_pk).where(*standing, Person.suspended_at.is_(None))
    found = found.where(seen(actor, Post.author_pk, Post.workspace_pk)).options(joinedload(Post.author), joinedload(Post.topic))
    return sorted(actor.session.scalars(found).unique(), key=lambda post: order[post.id])


def _reads(actor: Actor, post: Post, readers: dict[int, set[int]]) -> bool:
    """Whether who wrote it still reads where it stands."""
    if post.audience_pk not in readers:
        readers[post.audience_pk] = people_in(actor.session, post.audience_pk)
    return post.author_pk in readers[post.audience_pk]


def _apart(actor: Actor, person: Person) -> bool:
    """Whether their companies must not meet."""
    mine, theirs = actor.person.account_pk, person.account_pk
    return bool(mine and theirs and mine != theirs and pair_of(actor.session, mine, theirs))


def _company(actor: Actor, person: Person) -> str | None:
    return actor.session.scalar(select(Account.name).where(Account.pk == person.account_pk)) if person.account_pk else None


def _where(actor: Actor, post: Post, person: Person, words: str, readers: dict[int, set[int]]) -> str:
    """A new discussion with them named in it, in the forum where they answered, or another of that workspace that both read."""
    here = allowed(actor, Forums.START_TOPIC).where(Forum.workspace_pk == post.workspace_pk)
    forums = actor.session.scalars(here.order_by(Forum.pk != post.topic.forum_pk, Forum.position, Forum.pk)).all()
    for forum in forums:
        pk = forum.open_audience_pk
        if pk not in readers:
            readers[pk] = people_in(actor.session, pk)
        if person.pk in readers[pk]:
            room = actor.session.get_one(Workspace, forum.workspace_pk)
            told = {"forum": forum.id, "title": words[:160], "body": f"{mention(person.name, person.id)} "}
            return f"{room.path}discussions/new?{urlencode(told)}"
    return ""
