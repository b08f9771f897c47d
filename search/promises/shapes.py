"""Promises and questions as the API has them."""

from datetime import date
from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.markdown import plain
from portal.kernel.shapes import Moment, means, one_of
from portal.people.queries import today_of
from portal.people.shapes import NamedJson, named
from search.promises.models import Promise, PromiseFact
from search.promises.queries import Question
from workspaces.plan.shapes import DayJson


class SaidInJson(TypedDict):
    """Where it was said."""

    kind: Annotated[str, one_of("post", "note")]
    id: str


class StoodJson(TypedDict):
    """How a promise stood from a moment on."""

    at: Moment
    state: str
    due: DayJson | None
    about: str
    reason: str
    by: Annotated[NamedJson | None, means("Who said so; null for how it was noticed.")]


class PromiseJson(TypedDict):
    """A promise, of ours or of theirs."""

    id: str
    text: Annotated[str, means("The sentence; empty for clients where the message was changed since.")]
    about: Annotated[str, means("What was promised as a person put it, or empty.")]
    side: Annotated[str, one_of("ours", "theirs")]
    by: NamedJson
    to: Annotated[NamedJson | None, means("Whom the message replied to; null for all who could read it.")]
    due: DayJson | None
    state: Annotated[str, one_of("open", "kept", "overdue", "withdrawn", "contested")]
    changed: Annotated[bool, means("Whether the message was changed since, so that it may not say it any more.")]
    source: SaidInJson
    url: str
    at: Moment
    history: Annotated[
        list[StoodJson], means("The first first; for clients, what people said of its state, and of day and wording only those that stand.")
    ]
    answer: Annotated[None, means("Promises have none; here so that they read like questions.")]


class QuestionJson(TypedDict):
    """A client's question."""

    id: Annotated[str, means("That of its message.")]
    text: str
    by: NamedJson
    to: NamedJson | None
    due: None
    state: Annotated[str, one_of("open", "answered")]
    why: Annotated[str, one_of("", "said", "chosen", "replied", "closed")]
    said_by: Annotated[NamedJson | None, means("Whose word it is, where a person said so.")]
    source: SaidInJson
    url: str
    at: Moment
    answer: Annotated[SaidInJson | None, means("The message that answers it.")]


def promises_json(actor: Actor, promises: list[Promise]) -> list[PromiseJson]:
    today = today_of(actor)
    return [_promise(actor, promise, today) for promise in promises]


def _promise(actor: Actor, promise: Promise, today: date) -> PromiseJson:
    source, withheld = promise.post or promise.note, promise.changed_at is not None and not actor.is_staff
    replied = promise.post.reply_to if promise.post is not None and promise.post.answers_here else None
    return {
        "id": promise.id,
        "text": "" if withheld else plain(promise.words),
        "about": promise.about,
        "side": "ours" if promise.ours else "theirs",
        "by": named(promise.by),
        "to": named(replied.author) if replied is not None and replied.author.is_staff is not promise.ours else None,
        "due": _day(promise.due),
        "state": promise.stands_at(today),
        "changed": promise.changed_at is not None,
        "source": {"kind": "post" if promise.post is not None else "note", "id": source.id if source is not None else ""},
        "url": promise.path,
        "at": rfc3339(promise.said_at),
        "history": _history(actor, promise),
        "answer": None,
    }


def _history(actor: Actor, promise: Promise) -> list[StoodJson]:
    """How it stood. Clients are told what people said of its state: not how it was noticed, nor the day and wording that were before."""
    facts = promise.so_far
    if actor.is_staff:
        return [_stood(fact) for fact in facts]
    return [_stood(fact, stands=fact is facts[-1]) for fact in facts[1:] if fact.by_pk is not None]


def _stood(fact: PromiseFact, *, stands: bool = True) -> StoodJson:
    return {
        "at": rfc3339(fact.valid_from),
        "state": fact.state,
        "due": _day(fact.due) if stands else None,
        "about": fact.about if stands else "",
        "reason": fact.reason,
        "by": named(fact.by) if fact.by else None,
    }


def question_json(question: Question) -> QuestionJson:
    return {
        "id": question.post.id,
        "text": question.passage,
        "by": named(question.post.author),
        "to": None,
        "due": None,
        "state": "answered" if question.answered else "open",
        "why": "said" if question.fact is not None else question.why,
        "said_by": named(question.fact.by) if question.fact is not None else None,
        "source": {"kind": "post", "id": question.post.id},
        "url": question.post.path,
        "at": rfc3339(question.post.created_at),
        "answer": {"kind": "post", "id": question.answer.id} if question.answer is not None and question.answered else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
