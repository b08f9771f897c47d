"""Server-side sessions and tokens: how a request becomes a person. Flask-Login stands at the edge; secrets are kept as hashes."""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from portal.kernel import horizon
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.people.models import Person, SignIn, SignInLink, Token
from portal.people.queries import language_of

LASTS = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
SCOPES = ("read", "write", "admin")


_LIVE = (  # built once: every request asks it
    select(SignIn, horizon.Reached())
    .where(SignIn.token_hash == bindparam("hash"), SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("moment"))
    .options(joinedload(SignIn.person))
)


@dataclass
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login carries: a person and the session they came by."""

    person: Person
    token: str
    sign_in_pk: int
    reached: int | None = None  # how far events could be read when they were recognised

    def get_id(self) -> str:
        return self.token


class People:
    """The answer to portal.web.identity.Identity."""

    def of_browser(self, session: Session) -> Actor:
        g.session = session
        g.pop("_login_user", None)  # a request asks again in each of its transactions
        found = current_user._get_current_object()
        if not isinstance(found, SignedIn):
            return Actor(session)
        g.reached = found.reached
        return Actor(session, found.person, None, found.sign_in_pk)

    def of_token(self, session: Session, token: Any) -> Actor:
        if not isinstance(token, str) or not token:
            return Actor(session)
        if (sign_in := live_sign_in(session, token)) is not None:
            _seen(session, sign_in)
            return Actor(session, sign_in.person, None, sign_in.pk)
        found = session.scalar(
            select(Token)
            .where(Token.token_hash == hashed(token), Token.revoked_at.is_(None), _not_expired())
            .options(joinedload(Token.person))
        )
        if found is None or found.person.suspended_at:
            return Actor(session)
        if found.used_at is None or found.used_at < now() - SEEN_EVERY:
            _used(session, found)
        scopes = frozenset(found.scopes) - (frozenset() if found.person.is_admin else {"admin"})
        return Actor(session, found.person, scopes, -found.pk)

    def person(self, session: Session, pk: int) -> Person | None:
        return session.scalar(select(Person).where(Person.pk == pk, Person.suspended_at.is_(None)))

    def language(self, actor: Actor) -> str:
        return language_of(actor)

    def shown(self, session: Session, pks: set[int]) -> list[Any]:
        seen = select(Person.id, Person.name).where(Person.pk.in_(pks), Person.suspended_at.is_(None), Person.present.is_(True))
        return [{"id": id, "name": name} for id, name in session.execute(seen.order_by(Person.name, Person.pk))] if pks else []

    def alive(self, session: Session, sign_ins: set[int]) -> set[int]:
        live = select(SignIn.pk).where(SignIn.pk.in_(sign_ins), SignIn.ended_at.is_(None), SignIn.expires_at > now())
        tokens = [-pk for pk in sign_ins if pk < 0]
        if not tokens:
            return set(session.scalars(live))
        working = select(Token.pk).where(Token.pk.in_(tokens), Token.revoked_at.is_(None), _not_expired())
        return set(session.scalars(live)) | {-pk for pk in session.scalars(working)}


def set_up(app: Any) -> None:
    """Flask-Login over our own sessions; its signed cookie only carries the token."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # templates get `me`
    manager.session_protection = None

    @manager.user_loader
    def load(token: str) -> SignedIn | None:
        sign_in, reached = _live_sign_in(g.session, token)
        if sign_in is None:
            return None
        _seen(g.session, sign_in)
        return SignedIn(sign_in.person, token, sign_in.pk, reached)


def live_sign_in(session: Session, token: str) -> SignIn | None:
    """The session of a token, unless it ended, ran out, or its person was suspended."""
    return _live_sign_in(session, token)[0]


def _live_sign_in(session: Session, token: str) -> tuple[SignIn | None, int | None]:
    """Likewise, and how far events can be read: asked together, as every page needs both."""
    found, reached = session.execute(_LIVE, {"hash": hashed(token), "moment": now()}).first() or (None, None)
    return (found, reached) if found is not None and found.person.suspended_at is None else (None, None)


def begin(session: Session, person: Person, *, device: str = "", address: str = "") -> tuple[SignIn, str]:
    """A new session of a person, and its token, which is told only now."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        person_pk=person.pk,
        token_hash=hashed(token),
        device=device[:200],
        address=address[:45],
        seen_at=now(),
        expires_at=now() + LASTS,
    )
    session.add(sign_in)
    session.flush()
    return sign_in, token


def enter(session: Session, person: Person) -> SignIn:
    """Sign the person in, in the browser that is asking: a new session under a new token; the one it had ends."""
    leave(session)
    sign_in, token = begin(session, person, device=request.headers.get("User-Agent", ""), address=request.remote_addr or "")
    login_user(SignedIn(person, token, sign_in.pk), remember=False)
    cookie.permanent = True
    return sign_in


def leave(session: Session) -> None:
    """End the session of the browser that is asking, sockets too; its cookie forgets everything."""
    if (here := live_sign_in(session, cookie.get("_user_id", ""))) is not None:
        end(session, here)
    cookie.clear()


def end(session: Session, sign_in: SignIn) -> None:
    """End one session at once, sockets too."""
    sign_in.ended_at = now()
    announce(session, {"ended": [sign_in.pk]})


def make_link(session: Session, person: Person, *, lasts: timedelta = timedelta(hours=24)) -> str:
    """The path of a link that signs its person in once, in any browser: for commands. Earlier ones made so stop working."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignInLink).where(SignInLink.person_pk == person.pk, SignInLink.browser == ""))
    session.add(SignInLink(person_pk=person.pk, email=person.email, token_hash=hashed(token), expires_at=now() + lasts))
    session.flush()
    return link_path(token)


def link_path(token: str) -> str:
    return f"/sign-in/link/{token}"


def end_all(session: Session, person_pk: int, *, but: int = 0) -> None:
    """End a person's sessions at once, sockets too; `but` is the pk of one that may stay."""
    pks = list(session.scalars(select(SignIn.pk).where(SignIn.person_pk == person_pk, SignIn.ended_at.is_(None), SignIn.pk != but)))
    session.execute(update(SignIn).where(SignIn.pk.in_(pks)).values(ended_at=now()))
    if pks:
        announce(session, {"ended": pks})


def _not_expired() -> ColumnElement[bool]:
    return or_(Token.expires_at.is_(None), Token.expires_at > now())


def _seen(session: Session, sign_in: SignIn) -> None:
    """When and from where a session was last used, told by what changes something: reading never writes."""
    if _is_writing(session) and sign_in.seen_at < now() - SEEN_EVERY:
        sign_in.seen_at, sign_in.address = now(), (request.remote_addr or "")[:45]


def _used(session: Session, token: Token) -> None:
    """When a token was last used. Reading changes nothing that anybody waits for: it is noted in its own short transaction once the
    answer is out."""
    if _is_writing(session):
        token.used_at = now()
        return
    house, pk = current_app.extensions["house"], token.pk

    @after_this_request
    def note(response: Response) -> Response:
        response.call_on_close(lambda: _note_use(house, pk))
        return response


def _note_use(house: House, token_pk: int) -> None:
    with contextlib.suppress(SQLAlchemyError), house.db.writing() as session:
        session.execute(update(Token).where(Token.pk == token_pk).values(used_at=now()))


def _is_writing(session: Session) -> bool:
    return bool(session.get_bind().get_execution_options().get("write"))


def hashed(secret: str) -> str:
    """SHA-256: enough for secrets of 128 random bits and more, which cannot be guessed."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
