"""How a promise and a question are said on pages."""

from dataclasses import dataclass
from datetime import date

from portal.accounts.queries import Team
from portal.kernel.actor import Actor
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from search.promises.models import CONTESTED, KEPT, OPEN, OVERDUE, WITHDRAWN, Promise, PromiseFact
from search.promises.queries import Question
from search.promises.queries.debt import CHOSEN, CLOSED

TONES = {OVERDUE: "signal", KEPT: "green", CONTESTED: "red"}


@dataclass(frozen=True)
class Said:
    """A promise in words. `due`: the badge; `was`: the days before; `holder`: who keeps it where who made it has left."""

    state: str
    badge: str
    tone: str
    was: str
    to: str
    holder: str
    reason: str


def state_words(state: str) -> str:
    """What a state is called."""
    said = {OPEN: _("Open"), OVERDUE: _("Overdue"), KEPT: _("Kept"), WITHDRAWN: _("Withdrawn"), CONTESTED: _("Contested")}
    return said[state]


def said(actor: Actor, promise: Promise, today: date, team: Team | None = None) -> Said:
    """In the reader's words; `team` are those who look after the account now, where that is known. Clients are told what stands now,
    and not the days before."""
    state = promise.stands_at(today)
    facts = promise.so_far
    earlier = [fact.due for fact in facts[:-1] if actor.is_staff and fact.due is not None and fact.due != promise.due]
    replied = promise.post.reply_to if promise.post is not None and promise.post.answers_here else None
    to = replied.author.name if replied is not None and replied.author.is_staff is not promise.ours else ""
    if not to and promise.ours and promise.account is not None:
        to = promise.account.name
    return Said(
        state,
        _badge(promise, state, today),
        TONES.get(state, ""),
        ", ".join(_day(day, today) for day in dict.fromkeys(earlier)),
        to,
        _holder(promise, team),
        _reason(facts[-1]) if facts and (actor.is_staff or len(facts) > 1) else "",  # how it was noticed is for our side
    )


def _badge(promise: Promise, state: str, today: date) -> str:
    if state not in (OPEN, OVERDUE) or promise.due is None:
        return state_words(state)
    if state == OVERDUE:
        return _("Overdue since %(day)s", day=_day(promise.due, today))
    return _("Due today") if promise.due == today else _("Until %(day)s", day=_day(promise.due, today))


def _day(day: date, today: date) -> str:
    return dated(day, "d MMM" if day.year == today.year else "d MMM y")


def _holder(promise: Promise, team: Team | None) -> str:
    """A promise of ours belongs to the account: who is not of its team any more has left it to the owner."""
    if team is None or not promise.ours or team.owner is None:
        return ""
    here = {person.pk for person in team.everybody if person.suspended_at is None}
    return "" if promise.by_pk in here else team.owner.name


def _reason(fact: PromiseFact) -> str:
    """Who said how it stands, and why, in a line."""
    if fact.by is None or (fact.state == OPEN and not fact.reason):
        return ""
    words = {
        OPEN: _("%(name)s says that it is still to be kept", name=fact.by.name),
        KEPT: _("%(name)s says that it was kept", name=fact.by.name),
        WITHDRAWN: _("%(name)s withdrew it", name=fact.by.name),
        CONTESTED: _("%(name)s says that it was not kept", name=fact.by.name),
    }[fact.state]
    return f"{words}: {fact.reason}" if fact.reason else words


def stood(fact: PromiseFact, before: PromiseFact | None) -> str:
    """One knot of a promise's history."""
    if before is None:
        return _("It was noticed") if fact.by is None else _("%(name)s noted it", name=fact.by.name)
    if fact.by is None:
        return _("The message was changed")
    if fact.state != before.state or (fact.due, fact.about) == (before.due, before.about):
        return _reason(fact) or _("%(name)s says that it is still to be kept", name=fact.by.name)
    if fact.due != before.due and fact.due is not None:
        return _("%(name)s set the day to %(day)s", name=fact.by.name, day=dated(fact.due, "d MMM y"))
    if fact.due != before.due:
        return _("%(name)s took the day away", name=fact.by.name)
    return _("%(name)s put it in other words: %(words)s", name=fact.by.name, words=fact.about or "–")


def why(question: Question, day: str) -> str:
    """Why a question counts as answered, or as open after all; `day` is that of the answer."""
    if question.fact is not None:
        said_so = _("%(name)s says that it is answered") if question.answered else _("%(name)s says that it is not answered yet")
        return said_so % {"name": question.fact.by.name}
    if question.answer is None:
        return _("because the discussion was closed") if question.why == CLOSED else ""
    name = question.answer.author.name
    if question.why == CHOSEN:
        return _("because a message of %(name)s was chosen as the answer", name=name)
    return _("because %(name)s replied on %(day)s", name=name, day=day)
