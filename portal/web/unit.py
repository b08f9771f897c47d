"""The unit of work: one request, one transaction. GET reads; the others write, and commit only a good answer."""

from typing import Any

from flask import Response, abort, current_app, g, make_response, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.db import lost_race
from portal.kernel.errors import Forbidden, NotSignedIn, TooMany
from portal.kernel.house import House
from portal.kernel.locks import take_turn, writing
from portal.kernel.words import gettext as _
from portal.web import allowance, edits, once, speech, viewing
from portal.web.endpoint import Guard, View, loaded
from portal.web.receiving import Request
from portal.web.throttle import too_many

RACES = 2  # times that a request which lost a race is run again
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
csrf = CSRFProtect()


class _NotCommitted(Exception):
    """Carries an answer of 400 or more out of the transaction, which is taken back."""

    def __init__(self, response: Response) -> None:
        self.response = response


def house() -> House:
    """The house of the running app."""
    return current_app.extensions["house"]


def absolute(path: str) -> str:
    """The URL of a path of this server: under its settled name, else under the one that was asked."""
    return (house().settings.base_url or request.url_root.rstrip("/")) + path


def run(view: View, guard: Guard, arguments: dict[str, Any]) -> Response:
    """Count, identify, check, act, commit once."""
    allowance.count_credential()
    if guard.limits and (seconds := too_many(guard.limits, request)):
        raise TooMany(_("That was often. Try again in %(n)s seconds.", n=seconds), seconds)
    if request.method in SAFE:
        with house().db.reading() as session:
            actor = _scoped(identify(session), guard, "read")
            return edits.tagged(make_response(view(actor, **loaded(actor, guard, arguments))))
    _refuse_cross_site()
    if guard.before is not None:
        with house().db.reading() as session:
            loaded(_scoped(identify(session), guard), guard, dict(arguments))
        # From here on the body is read: who may not send it has been refused.
        if (guard.loads or guard.verb) and isinstance(request, Request):
            request.receive_files(house().storage, house().settings.max_upload)
    _refuse_forged()
    if guard.before is not None:
        arguments = arguments | {"received": guard.before(house(), request)}
    for _again in range(RACES):
        try:
            return _written(view, guard, arguments)
        except DBAPIError as error:  # what another was faster with is there now: the same again finds it
            if not lost_race(error):
                raise
    return _written(view, guard, arguments)


def _written(view: View, guard: Guard, arguments: dict[str, Any]) -> Response:
    """Act in a transaction of its own, committed if the answer is good."""
    try:
        with house().db.writing() as session:
            actor = _scoped(identify(session), guard)
            rows = loaded(actor, guard, dict(arguments))
            if not house().db.is_sqlite:
                take_turn(session, _place(actor, rows))
                session.expire_all()
                rows = loaded(actor, guard, dict(arguments))  # as the one before left it
            edits.refuse_stale(actor)
            response = once.answer(actor, lambda: make_response(view(actor, **rows)))
            if response.status_code >= 400:
                raise _NotCommitted(response)
            return edits.tagged(response) if request.method in ("PATCH", "PUT") else response
    except _NotCommitted as refused:
        return refused.response


def _place(actor: Actor, rows: dict[str, Any]) -> str:
    """What writers are one at a time in, so that no count or number is made from what another is about to change: a workspace, else
    an account, else what is the person's own. SQLite's writers are one at a time everywhere."""
    for row in rows.values():
        if getattr(row, "__kind__", "") in ("workspace", "account"):
            return writing(row.__kind__, row.pk)
        for name in ("workspace_pk", "account_pk"):
            if pk := getattr(row, name, None):
                return writing(name.removesuffix("_pk"), pk)
    return writing("person", actor.pk)


def identify(session: Session) -> Actor:
    """Who is asking: a bearer token, else the browser's session, else nobody. A cookie beside a token counts for nothing."""
    identity = current_app.extensions["identity"]
    if "Authorization" in request.headers:
        scheme, _space, token = request.headers["Authorization"].partition(" ")
        actor = identity.of_token(session, token.strip()) if scheme.lower() == "bearer" else Actor(session)
        if not actor.person:
            raise NotSignedIn(_("This token is not valid, or no longer."))
    else:
        actor = identity.of_browser(session)
    g.person_id = actor.person.id if actor.person else None
    allowance.count_person(actor)
    g.actor = actor = actor if "Authorization" in request.headers else viewing.seen_as(actor)
    words.speak(speech.of(actor, identity))
    return actor


def _scoped(actor: Actor, guard: Guard, usual: str = "write") -> Actor:
    """A token may do no more than its scopes say, a borrowed pair of eyes no more than look."""
    viewing.refuse(actor, guard)
    needed = guard.scope or usual
    if actor.scopes is not None and needed not in actor.scopes:
        raise Forbidden(_("This token has no scope “%(scope)s”.", scope=needed))
    return actor


def _refuse_cross_site() -> None:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)


def _refuse_forged() -> None:
    """A browser's cookie proves nothing without our token; a bearer token is not sent by browsers on their own."""
    if "Authorization" in request.headers:
        return
    if request.path.startswith("/api/") and not request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]):
        return
    if request.endpoint in current_app.extensions["forgeable"]:
        return
    csrf.protect()
