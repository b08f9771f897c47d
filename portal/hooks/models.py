"""Webhooks: where a person has news sent, and what became of each piece of it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.kernel.events import Event
from portal.people.models import Person

# What becomes of a delivery: it waits for its (next) try, arrived, was not sent (`why`), or was tried often enough.
WAITING, DELIVERED, WITHHELD, DEAD = "waiting", "delivered", "withheld", "dead"
STATES = (WAITING, DELIVERED, WITHHELD, DEAD)


class Webhook(Identified, Created, Base):
    """Somebody's wish to have events sent to a server of theirs, as far as they may see them at the moment of sending.

    Its secret is not kept: it is made of the installation's key and a nonce (portal.hooks.signing).
    """

    __tablename__ = "webhook"
    __kind__: ClassVar[str] = "webhook"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[list[str]]  # of event, or their first halves; empty: all
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))  # only of this account
    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))  # only of this workspace
    team: Mapped[bool] = mapped_column(Boolean, default=False)  # also what no client is meant by
    nonce: Mapped[str] = mapped_column(String(43))
    old_nonce: Mapped[str | None] = mapped_column(String(43))  # of the secret before, which signs too until `old_until`
    old_until: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_why: Mapped[str] = mapped_column(String(10), default="")  # of OFF
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]  # after a failure nothing is tried for a while

    person: Mapped[Person] = relationship()


OFF = ("owner", "admin", "gone", "failing", "restored")  # who did it; or the target said 410, or failed for days; or a backup came back


class Delivery(Identified, Created, Base):
    """One event for one webhook, or a test; how the last try went. Kept for 30 days."""

    __tablename__ = "webhook_delivery"
    __kind__: ClassVar[str] = "webhook_delivery"
    __table_args__ = (
        Index("uq_webhook_delivery_event", "webhook_pk", "event_pk", unique=True),
        Index("ix_webhook_delivery_newest", "webhook_pk", "created_at", "pk"),
    )

    webhook_pk: Mapped[int] = mapped_column(ForeignKey("webhook.pk"))
    event_pk: Mapped[int | None] = mapped_column(ForeignKey("event.pk"))  # None: a test
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    why: Mapped[str] = mapped_column(String(10), default="")  # of WHY, where it is withheld
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    took: Mapped[int | None]  # milliseconds
    code: Mapped[int | None]  # of the answer
    response: Mapped[str] = mapped_column(Text, default="")  # the beginning of it
    error: Mapped[str] = mapped_column(String(200), default="")  # what was wrong where no answer came

    webhook: Mapped[Webhook] = relationship()
    event: Mapped[Event | None] = relationship()


# Why something was not sent: the owner may not see it any more, has no access, the webhook asks for other things by now, or is off.
WHY = ("rights", "owner", "choice", "off")
TEST = "webhook.test"  # the kind of a test, which is no event
