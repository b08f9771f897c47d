"""Events: what happened, append-only, one hash chain per account. Recorded by actions in the transaction of the change.

The hash covers the digests of the facts and of the words, never the words themselves: erasing them later leaves the chain whole.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel import horizon, outbox
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.content import note_recorded
from portal.kernel.db import Base, Identified
from portal.kernel.ids import new_id

INSTALLATION = "installation"  # the chain of what belongs to no account
GENESIS = "0" * 64
HISTORY = "history"  # in a session's `info`: what is recorded comes from elsewhere and is no news; see portal.kernel.bulk


class Event(Identified, Base):
    """One thing that happened. `at` is when it happened, `recorded_at` when we knew."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_trail", "account_pk", "at", "pk"),
        Index("ix_event_workspace", "workspace_pk", "at", "pk"),
        Index("ix_event_subject", "subject_kind", "subject_id"),
        Index("uq_event_chain", "chain", "seq", unique=True),
    )

    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))
    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(22))
    facts: Mapped[dict[str, Any]]
    salt: Mapped[str | None] = mapped_column(String(32))  # gone once the facts and words are erased
    facts_digest: Mapped[str] = mapped_column(String(64))
    words_digest: Mapped[str | None] = mapped_column(String(64))
    chain: Mapped[str] = mapped_column(String(22))
    seq: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Chain(Base):
    """The head of each chain: finds a cut tail, and makes writers of one account queue up."""

    __tablename__ = "chain"

    name: Mapped[str] = mapped_column(String(22), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(Text, default=GENESIS)


NAMED = ("person", "account", "workspace")  # the tables of whom and what an event names


class Named(NamedTuple):
    """The ids of who did it, of the account and of the workspace, as the seal has them."""

    actor: str | None
    account: str | None
    workspace: str | None


@dataclass(frozen=True)
class EventKind:
    """A kind of event and how it reads on the trail; `reads` is a sentence with %(actor)s and the facts' names."""

    name: str
    meaning: str
    reads: str
    group: str = "conversations"  # the trail's filter: conversations, files, plan, people, account
    icon: str = "circle"  # of static/icons/icons.json
    without: dict[str, str] = field(default_factory=dict)  # name of a fact -> how it reads where that fact is empty
    ours: bool = False  # for the team's eyes, even where it is about what clients see, and wherever that moves
    spoken: tuple[str, ...] = ()  # facts that are words of ours: kept in English, said in the reader's language
    quiet: bool = False  # recorded and heard live, but a line on the trail only for who asks for this kind


KINDS: dict[str, EventKind] = {}


def kind(name: str, meaning: str, reads: str, **more: Any) -> EventKind:
    """Declare a kind of event; `more` are the other fields of EventKind."""
    if name in KINDS:
        raise RuntimeError(f"event kind {name} is declared twice")
    KINDS[name] = EventKind(name, meaning, reads, **more)
    return KINDS[name]


def quiet_kinds() -> list[str]:
    """The kinds that are no line of their own wherever people read what happened."""
    return [name for name, of in KINDS.items() if of.quiet]


def record(
    actor: Actor,
    of: EventKind,
    subject: Any,
    *,
    audience_pk: int,
    account: Any = None,
    workspace_pk: int | None = None,
    facts: dict[str, Any] | None = None,
    words: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Append the event of a change to its account's chain, with its outbox rows, in the transaction of the change.

    `account` is the Account row or None; `subject` any row with `__kind__` and `id`; `facts` JSON values that the trail's
    sentence needs; `words` what a person wrote, kept here only as a salted SHA-256.
    """
    session = actor.session
    session.flush()
    horizon.mark(session)
    head = _head(session, chain_of(account))
    more = {"audience_pk": audience_pk, "account": account, "workspace_pk": workspace_pk, "facts": facts, "words": words, "at": at}
    event = linked(head, actor, of, subject, **more)
    session.add(event)
    session.flush()
    note_recorded(session, subject)
    history = session.info.get(HISTORY, False)
    outbox.enqueue_event(session, event, history=history)
    if not history:
        session.info.setdefault("announcements", []).append({"event": event.id})
    return event


def linked(
    head: Chain,
    actor: Actor,
    of: EventKind,
    subject: Any,
    *,
    audience_pk: int,
    account: Any,
    workspace_pk: int | None,
    facts: dict[str, Any] | None,
    words: str | None,
    at: datetime | None,
    id: str = "",
) -> Event:
    """The event as the next link of a chain whose head is held; for `record`, and for portal.kernel.bulk."""
    salt, moment = secrets.token_hex(16), now()
    event = Event(
        kind=of.name,
        at=at or moment,
        recorded_at=moment,
        actor_pk=actor.pk or None,
        account_pk=account.pk if account is not None else None,
        workspace_pk=workspace_pk,
        audience_pk=audience_pk,
        subject_kind=subject.__kind__,
        subject_id=subject.id,
        facts=facts or {},
        salt=salt,
        facts_digest=digest(salt, canonical(facts or {})),
        words_digest=digest(salt, words) if words is not None else None,
        chain=head.name,
        seq=head.seq + 1,
        previous=head.hash,
    )
    event.id = id or new_id()
    who = actor.person.id if actor.pk else None
    where = _id_of(actor.session, "workspace", workspace_pk)
    event.hash = sealed(event, Named(who, account.id if account is not None else None, where))
    head.seq, head.hash = event.seq, event.hash
    return event


def chain_of(account: Any) -> str:
    """The name of the chain that an account's events are on; of what belongs to no account, the installation's."""
    return account.id if account is not None else INSTALLATION


def digest(salt: str, words: str) -> str:
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def sealed(event: Event, named: Named) -> str:
    """The event's hash: over everything in it that must not change, and the hash before it.

    Rows are in it by their ids, never by inner keys, so that a chain holds wherever its account is taken to.
    """
    parts = [
        event.previous,
        event.chain,
        event.seq,
        event.id,
        event.kind,
        rfc3339(event.at),
        rfc3339(event.recorded_at),
        named.actor,
        named.account,
        named.workspace,
        event.subject_kind,
        event.subject_id,
        event.facts_digest,
        event.words_digest,
    ]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def breaches(session: Session, only: str = "") -> Iterator[str]:
    """Every place where a chain, or `only` the one of this name, does not hold, first bad row first. Nothing yielded means that
    nothing was altered."""
    heads = {head.name: head for head in session.scalars(select(Chain).where(Chain.name == only) if only else select(Chain))}
    asked = _with_ids().where(Event.chain == only) if only else _with_ids()
    name, expected, seq = "", GENESIS, 0
    ends: dict[str, tuple[int, str]] = {}
    for event, *ids in session.execute(asked.order_by(Event.chain, Event.seq).execution_options(yield_per=1000)):
        if event.chain != name:
            name, expected, seq = event.chain, GENESIS, 0
        seq += 1
        if event.seq != seq:
            yield f"chain {name}: event {seq} is missing"
            seq = event.seq
        elif event.previous != expected:
            yield f"chain {name}: event {event.seq} ({event.id}) does not follow the one before it"
        if event.hash != sealed(event, Named(*ids)):
            yield f"chain {name}: event {event.seq} ({event.id}) was altered"
        if event.salt and event.facts_digest != digest(event.salt, canonical(event.facts)):
            yield f"chain {name}: the facts of event {event.seq} ({event.id}) were altered"
        expected = event.hash
        ends[name] = event.seq, event.hash
    for name, head in heads.items():
        if ends.get(name, (0, GENESIS)) != (head.seq, head.hash):
            yield f"chain {name}: its end was cut or replaced (the head says {head.seq} events)"
    for name in ends.keys() - heads.keys():
        yield f"chain {name}: its head is missing"


def _with_ids() -> Select[Any]:
    """Events beside the ids of who did it, of the account and of the workspace, in the order of `Named`."""
    tables = [Base.metadata.tables[name] for name in NAMED]
    found = select(Event, *(table.c.id for table in tables))
    for table, column in zip(tables, (Event.actor_pk, Event.account_pk, Event.workspace_pk), strict=True):
        found = found.outerjoin(table, table.c.pk == column)
    return found


def _id_of(session: Session, table: str, pk: int | None) -> str | None:
    """The id of a row that the kernel knows only by its key; asked once in a session, since ids never change."""
    if pk is None:
        return None
    known: dict[tuple[str, int], str] = session.info.setdefault("ids", {})
    if (table, pk) not in known:
        of = Base.metadata.tables[table]
        known[table, pk] = session.scalars(select(of.c.id).where(of.c.pk == pk)).one()
    return known[table, pk]


def _head(session: Session, name: str) -> Chain:
    """The chain's head, locked until the commit (PostgreSQL; SQLite's writers are one at a time)."""
    head = session.get(Chain, name, with_for_update=True)
    if head is None:
        head = Chain(name=name, seq=0, hash=GENESIS)
        session.add(head)
        session.flush()
    return head
