"""What pages ask about what comes: the address of an account or workspace, what is held, what came lately, the original of a message."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from workspaces.capture.models import HELD, CaptureAddress, Captured, CapturedThing
from workspaces.capture.policy import May
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import Workspace

SHOWN, MOST_HELD = 30, 200


def address_of(actor: Actor, where: Account | Workspace) -> CaptureAddress | None:
    """The address that is in use now. The page asks first whether the reader may capture there."""
    mine = CaptureAddress.account_pk == where.pk if isinstance(where, Account) else CaptureAddress.workspace_pk == where.pk
    return actor.session.scalar(select(CaptureAddress).where(mine, CaptureAddress.ended_at.is_(None)))


def held_at(actor: Actor, where: Account | Workspace) -> list[Captured]:
    """What waits for somebody's look, the oldest first."""
    found = allowed(actor, May.READ_CAPTURED).where(_at(where), Captured.state == HELD)
    return list(actor.session.scalars(found.order_by(Captured.pk).limit(MOST_HELD)))


def lately_at(actor: Actor, where: Account | Workspace) -> list[Captured]:
    """What came and is not held, the latest first."""
    found = allowed(actor, May.READ_CAPTURED).where(_at(where), Captured.state != HELD)
    return list(
        actor.session.scalars(
            found.options(joinedload(Captured.by), selectinload(Captured.things)).order_by(Captured.pk.desc()).limit(SHOWN)
        )
    )


def originals_of(actor: Actor, kind: str, thing_id: str) -> list[Captured]:
    """What a post or note was made of, as far as it is there."""
    of = select(CapturedThing.captured_pk).where(CapturedThing.kind == kind, CapturedThing.thing_id == thing_id)
    found = allowed(actor, May.READ_CAPTURED).where(Captured.pk.in_(of), Captured.sha256 != "")
    return list(actor.session.scalars(found.order_by(Captured.pk).limit(5)))


def _at(where: Account | Workspace) -> ColumnElement[bool]:
    return Captured.account_pk == where.pk if isinstance(where, Account) else Captured.workspace_pk == where.pk


def originals_in(actor: Actor, topic: Topic) -> list[Captured]:
    """The letters that the messages of a discussion came in, the latest first."""
    of = select(CapturedThing.captured_pk).join(Post, Post.id == CapturedThing.thing_id)
    of = of.where(CapturedThing.kind == "post", Post.topic_pk == topic.pk)
    found = allowed(actor, May.READ_CAPTURED).where(Captured.pk.in_(of), Captured.sha256 != "")
    return list(actor.session.scalars(found.order_by(Captured.pk.desc()).limit(SHOWN)))


def at_a_glance(actor: Actor, account: Account) -> tuple[str, int]:
    """What stands before the @ of the address in use, '' where there is none; and how many letters wait for somebody's look. One query."""
    waiting = allowed(actor, May.READ_CAPTURED).where(Captured.account_pk == account.pk, Captured.state == HELD)
    count = waiting.with_only_columns(func.count()).scalar_subquery()
    mine = select(CaptureAddress.local).where(CaptureAddress.account_pk == account.pk, CaptureAddress.ended_at.is_(None))
    local, held = actor.session.execute(select(mine.scalar_subquery(), count)).one()
    return local or "", held or 0
