"""Ways in for each of the cast: a signed-in browser, a bearer token, a database session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.people import sign_ins
from portal.people.models import Person
from portal.web import viewing
from tests.cast import World
from tests.conftest import csrf_of

# Rows that merely asking may write: nothing a person could read of another.
NOISE_TABLES = {"bus", "kept_answer", "periodic"}


@dataclass
class Doors:
    """The running app, and who can be sent to it. "token" is Rhea's read-only API token, "bearer:NAME" a person's session token."""

    app: Flask
    house: House
    world: World
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    usual: dict[tuple[str, str, bool], bytes] = field(default_factory=dict)  # the ladder's: what each gets for an id that is nothing

    def client(self, name: str) -> FlaskClient:
        """A browser signed in as one of the cast, or sending a token; kept for the next call. What was asked before may have begun a look
        as somebody else, by which all else is refused: a judge looks with the person's own eyes."""
        if name not in self.clients:
            self.clients[name] = self._new(name)
        if self.clients[name].get_cookie("mainstay") is not None:
            with self.clients[name].session_transaction() as cookie:
                cookie.pop(viewing.KEY, None)
        return self.clients[name]

    def csrf(self, name: str) -> str:
        """The CSRF token of this browser's session."""
        if name not in self.tokens:
            self.tokens[name] = csrf_of(self.client(name))
        return self.tokens[name]

    @contextmanager
    def acting(self, name: str) -> Iterator[Actor]:
        """One of the cast in a reading session."""
        with self.house.db.reading() as session:
            yield self.actor(session, name)

    def actor(self, session: Session, name: str) -> Actor:
        if name == "token":
            return Actor(session, session.get(Person, self.world.pks["rhea"]), frozenset({"read"}))
        return self.world.actor(session, name.removeprefix("bearer:"))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but the noise, to see whether anything was changed."""
        with self.house.db.reading() as session:
            return {
                table.name: [tuple(row) for row in session.execute(_shown(table).order_by(*table.primary_key.columns))]
                for table in Base.metadata.sorted_tables
                if table.name not in NOISE_TABLES
            }

    def _new(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = "test"
        kind, _colon, who = name.rpartition(":")
        if name == "token":
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.world.ids['rhea_secret']}"
        elif kind == "bearer":
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self._session_token(who)}"
        elif name != "nobody":
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self._session_token(name)
        return client

    def _session_token(self, name: str) -> str:
        with self.house.db.writing() as session:
            return sign_ins.begin(session, session.get_one(Person, self.world.pks[name]))[1]


def _shown(table: Any) -> Any:
    """The table without when a sign-in or a token was last used."""
    used = {("sign_in", "seen_at"), ("token", "used_at")}
    return select(*(column for column in table.columns if (table.name, column.name) not in used))
