"""Letters that sum up are planned with the first notice that goes into one; mails.py writes them when they are due."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.mail.queue import queue
from portal.notices.models import DIGEST, UNDO, Digest
from portal.notices.wishes import next_digest, wishes_of, zone_of
from portal.people.models import Person


def plan(session: Session, person_pk: int, kind: str, due: datetime, since: datetime) -> None:
    """Have a letter of a kind written at a moment, once, of what there is since the first that was planned for it."""
    there = select(Digest.pk).where(Digest.person_pk == person_pk, Digest.kind == kind, Digest.due_at == due)
    if session.scalar(there) is None:
        row = Digest(person_pk=person_pk, kind=kind, since=since, due_at=due)
        session.add(row)
        session.flush()
        queue(session, "digest", key=f"digest:{row.pk}", delay=due - now() + UNDO, digest=row.pk)


def plan_anew(session: Session, person: Person) -> None:
    """The hour was changed: what waits for the old one goes with the new one, and only then."""
    old = Digest.person_pk == person.pk, Digest.kind == DIGEST, Digest.sent_at.is_(None)
    since = session.scalar(select(Digest.since).where(*old).order_by(Digest.since).limit(1))
    session.execute(delete(Digest).where(*old))
    if since is not None:
        due = next_digest(wishes_of(session, person.pk), zone_of(session, person), now())
        plan(session, person.pk, DIGEST, due, since)
