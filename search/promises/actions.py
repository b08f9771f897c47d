"""Promises follow what messages are taken to be; people say how they stand."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from portal.accounts.models import Note
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import change, corrected, current, end
from portal.kernel.words import gettext as _
from search.categories.labels import Category
from search.categories.models import Label
from search.categories.policy import May as Categories
from search.promises import events
from search.promises.models import BACK, CONTESTED, KEPT, OPEN, WITHDRAWN, Promise, PromiseFact, QuestionFact
from search.promises.policy import May
from search.promises.queries.reading import says, speaks_of_us, whole_sentences
from workspaces.forums.actions.recording import record_for_us
from workspaces.forums.models import Post


@action(open="the system notes what messages promise, of what they were found to be; whoever may not read one is shown nothing by it")
def follow_labels(actor: Actor, messages: Sequence[Post | Note]) -> None:
    """Bring what is promised up to date with the labels of these messages."""
    labelled = select(Label).where(Label.category == Category.COMMITMENT, Label.thing.in_([each.id for each in messages]))
    labels = {label.thing: label for label in actor.session.scalars(labelled)}
    posts = [each.pk for each in messages if isinstance(each, Post)]
    notes = [each.pk for each in messages if isinstance(each, Note)]
    known = {
        (promise.post_pk, promise.note_pk): promise
        for promise in actor.session.scalars(select(Promise).where(Promise.post_pk.in_(posts) | Promise.note_pk.in_(notes)))
    }
    for each in messages:
        key = (each.pk, None) if isinstance(each, Post) else (None, each.pk)
        _follow(actor, each, labels.get(each.id), known.get(key))


def _follow(actor: Actor, message: Post | Note, label: Label | None, promise: Promise | None) -> None:
    if promise is None:
        if label is not None and not label.denied:
            _make(actor, message, label)
    elif label is None:
        _let_go(actor, message, promise)
    elif label.denied:
        promise.dropped_at = promise.dropped_at or now()
    else:
        promise.dropped_at = None
        _go_by(actor, message, label, promise)


def _make(actor: Actor, message: Post | Note, label: Label) -> None:
    said = whole_sentences(message.body, label.start, label.end)
    at = message.created_at if isinstance(message, Post) else message.at
    promise = Promise(
        id=message.id,  # one a message: what is made anew is under the same address
        post_pk=message.pk if isinstance(message, Post) else None,
        note_pk=message.pk if isinstance(message, Note) else None,
        account_pk=_made_to(message),
        workspace_pk=message.workspace_pk if isinstance(message, Post) else None,
        ours=message.author.is_staff if isinstance(message, Post) else speaks_of_us(said),
        by_pk=message.author_pk,
        said_at=at,
        words=said,
        due=label.due,
    )
    actor.session.add(promise)
    actor.session.flush()
    since = min(at, now())  # what was imported may say that it is of a day to come
    actor.session.add(PromiseFact(promise_pk=promise.pk, state=OPEN, due=label.due, words=said, valid_from=since, by_pk=label.by_pk))


def _made_to(message: Post | Note) -> int | None:
    """The account it is promised to: of what answers a client that client's, whoever opened the discussion; a community has several."""
    replied = message.reply_to if isinstance(message, Post) and message.answers_here else None
    answers = replied is not None and message.author.is_staff and not replied.author.is_staff
    return replied.account_pk if replied is not None and answers else message.account_pk


def _let_go(actor: Actor, message: Post | Note, promise: Promise) -> None:
    """The message is not taken for a promise any more. The machine has learned better, or its author mended it at once: then it never
    was one. Changed in the open so that it is not said any more it is withdrawn, unless a person says since then how it stands."""
    there = says(message.body, promise.words)
    if (there or message.edited_at is None) and not _touched(actor, promise):
        _forget(actor, promise)
    elif not there:
        changed = message.edited_at or promise.changed_at or now()
        promise.changed_at = promise.changed_at or now()
        if promise.state == OPEN and _fact(actor, promise).valid_from < changed:
            _restate(actor, promise, None, state=WITHDRAWN)


def _go_by(actor: Actor, message: Post | Note, label: Label, promise: Promise) -> None:
    """It is one still. Where what it rests on stands as it stood nothing is noted; what was changed in the open is marked, and of what
    nobody has touched the day follows."""
    said = whole_sentences(message.body, label.start, label.end)
    there, touched = says(message.body, promise.words), _touched(actor, promise)
    back = promise.changed_at is not None and promise.state == WITHDRAWN and _fact(actor, promise).by_pk is None
    if message.edited_at is None and not touched:
        if (said, label.due, _made_to(message)) != (promise.words, promise.due, promise.account_pk):
            _forget(actor, promise)
            _make(actor, message, label)
    elif not there:
        promise.changed_at = now() if message.edited_at is not None else promise.changed_at
        due = promise.due if touched else label.due
        _restate(actor, promise, None, words=said, due=due, state=OPEN if back else promise.state)
    elif back:
        promise.changed_at = None
        _restate(actor, promise, None, state=OPEN)
    elif not touched and label.due != promise.due:
        _restate(actor, promise, None, words=said, due=label.due)


def _forget(actor: Actor, promise: Promise) -> None:
    actor.session.execute(delete(PromiseFact).where(PromiseFact.promise_pk == promise.pk))
    actor.session.delete(promise)
    actor.session.flush()


def _touched(actor: Actor, promise: Promise) -> bool:
    """Whether a person has said anything of it."""
    by_people = select(PromiseFact.pk).where(PromiseFact.promise_pk == promise.pk, PromiseFact.by_pk.is_not(None))
    return actor.session.scalar(by_people.limit(1)) is not None


@action(May.SETTLE_PROMISE)
def settle_promise(actor: Actor, promise: Promise, *, state: str, reason: str = "") -> None:
    """Kept, withdrawn, contested or open after all, or BACK; how it stood before stays readable."""
    _state(actor, promise, state, reason)


@action(May.JUDGE_PROMISE)
def judge_promise(actor: Actor, promise: Promise, *, state: str, reason: str = "") -> None:
    """A client's word: kept, or not. They take back only their own."""
    if state not in (KEPT, CONTESTED, BACK) and not (state == OPEN and _fact(actor, promise).by_pk == actor.pk):
        raise Forbidden(_("You can say whether it was kept, or not; the rest is for %(name)s.", name=promise.by.name))
    _state(actor, promise, state, reason)


def _state(actor: Actor, promise: Promise, state: str, reason: str) -> None:
    if state == BACK:
        return _take_back(actor, promise)
    if state == promise.state and not reason:
        return
    _restate(actor, promise, actor.pk, state=state, reason=reason)
    _record(actor, events.STATED[state], promise, reason=reason)


def _take_back(actor: Actor, promise: Promise) -> None:
    """What the actor has said last of how it stands was a mistake: what stood before it stands on, by the word of who said that."""
    *_earlier, before, last = [None, None, *promise.so_far]
    said_so = before is not None and last is not None and (last.due, last.about) == (before.due, before.about)
    if before is None or last is None or not said_so or last.by_pk != actor.pk:
        raise Invalid(("state", _("There is nothing of yours to take back.")))
    moment = now()
    last.recorded_to = before.recorded_to = moment
    corrected(actor.session, before, moment, valid_to=None)
    promise.state = before.state
    actor.session.flush()
    actor.session.expire(promise, ["facts"])
    _record(actor, events.TAKEN_BACK, promise)


@action(May.SETTLE_PROMISE)
def mend_promise(actor: Actor, promise: Promise, *, due: date | None, about: str) -> None:
    """Another day, or what was promised in other words than the sentence's; the earlier ones stay readable."""
    if due == promise.due and about == promise.about:
        return
    _restate(actor, promise, actor.pk, due=due, about=about)
    _record(actor, events.MENDED, promise, due=due.isoformat() if due else None)


def _restate(actor: Actor, promise: Promise, by_pk: int | None, *, reason: str = "", **values: Any) -> None:
    """It stands otherwise from now on, by this person's word; None: by what the message says."""
    change(actor.session, _fact(actor, promise), **values, reason=reason, by_pk=by_pk)
    for name, value in values.items():
        setattr(promise, name, value)
    actor.session.flush()
    actor.session.expire(promise, ["facts"])


def _fact(actor: Actor, promise: Promise) -> PromiseFact:
    return actor.session.scalars(select(PromiseFact).where(PromiseFact.promise_pk == promise.pk, current(PromiseFact))).one()


def _record(actor: Actor, of: EventKind, promise: Promise, **facts: Any) -> None:
    """About the message or note, so that it is told to exactly those of us who may see that."""
    if promise.post is not None:
        record_for_us(actor, of, promise.post, account_pk=promise.account_pk, **facts)
    elif promise.note is not None:
        note = promise.note
        record(actor, of, note, audience_pk=note.audience_pk, account=note.account, facts={"title": "", **facts})


@action(Categories.CATEGORISE_POST)
def say_answered(actor: Actor, post: Post, *, answered: bool | None) -> None:
    """A person's word on a question, which wins; None takes it back. Raises Invalid where the message asks nothing."""
    asks = select(Label.thing).where(
        Label.kind == "post", Label.thing == post.id, Label.category == Category.QUESTION, Label.denied.is_(False)
    )
    if actor.session.scalar(asks) is None:
        raise Invalid(("state", _("This message asks nothing.")))
    fact = actor.session.scalar(select(QuestionFact).where(QuestionFact.post_pk == post.pk, current(QuestionFact)))
    if (fact.answered if fact else None) is answered:
        return
    if fact is not None:
        end(actor.session, fact)
    if answered is not None:
        actor.session.add(QuestionFact(post_pk=post.pk, answered=answered, by_pk=actor.pk))
    of = {True: events.ANSWERED, False: events.UNANSWERED, None: events.ANSWER_TAKEN_BACK}[answered]
    record_for_us(actor, of, post, account_pk=post.account_pk)
