"""Idempotency-Key: the same key and request give the same answer for 24 hours, the same key with another request is refused.

The composer and every form that makes something send a key too, so that a second press or a retry stores once.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from flask import Response, request
from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.db import Base, Created
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.locks import take_turn
from portal.kernel.periodic import every
from portal.kernel.storage import Receiving
from portal.kernel.words import gettext as _

KEPT = timedelta(hours=24)
FIELD = "idempotency_key"


class KeptAnswer(Created, Base):
    """The answer given to a key; removed after 24 hours."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("person_pk", "key"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    person_pk: Mapped[int]
    key: Mapped[str] = mapped_column(String(200))
    asked: Mapped[str] = mapped_column(String(64))  # SHA-256 of method, path and body
    status: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(500))
    content_type: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)


def answer(actor: Actor, act: Callable[[], Response]) -> Response:
    """Act once per key; the answer is kept in the same transaction as what it acknowledges."""
    key = request.headers.get("Idempotency-Key") or request.form.get(FIELD)
    if not key or request.method != "POST" or not actor.person:
        return act()
    if len(key) > 200:
        raise Invalid((FIELD, _("An Idempotency-Key has at most 200 characters.")))
    asked = _asked()
    take_turn(actor.session, f"once {actor.pk} {key}")  # the same request may be under way in another process
    kept = actor.session.scalar(select(KeptAnswer).where(KeptAnswer.person_pk == actor.pk, KeptAnswer.key == key))
    if kept is not None and kept.created_at > now() - KEPT:
        if kept.asked != asked:
            raise Invalid((FIELD, _("This Idempotency-Key was used for another request.")))
        return _again(kept)
    if kept is not None:
        actor.session.delete(kept)
        actor.session.flush()
    response = act()
    if response.status_code < 400:
        actor.session.add(_keep(actor, key, asked, response))
    return response


@every("7 * * * *", "once.forget", "Forget answers that nobody may ask for any more")
def forget_old(house: House) -> None:
    with house.db.writing() as session:
        session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now() - KEPT))


def _asked() -> str:
    parts = [request.method, request.path, request.query_string.decode("latin-1")]
    if request.files:
        parts += sorted(f"{name}={file.filename}={_content(file)}" for name, file in request.files.items(multi=True))
    if request.form:
        parts += [f"{name}={value}" for name, value in request.form.items(multi=True) if name != "csrf_token"]
    elif request.is_json:
        parts.append(request.get_data(as_text=True))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _content(file: FileStorage) -> str:
    """The SHA-256 of what was received, where an endpoint has received it."""
    return file.stream.sha256 if isinstance(file.stream, Receiving) else ""


def _keep(actor: Actor, key: str, asked: str, response: Response) -> KeptAnswer:
    return KeptAnswer(
        person_pk=actor.pk,
        key=key,
        asked=asked,
        status=response.status_code,
        location=response.headers.get("Location"),
        content_type=response.content_type,
        body=response.get_data(),
    )


def _again(kept: KeptAnswer) -> Response:
    response = Response(kept.body, kept.status, content_type=kept.content_type)
    if kept.location:
        response.headers["Location"] = kept.location
    response.headers["Idempotent-Replay"] = "true"
    return response
