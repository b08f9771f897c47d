"""Databases of a PostgreSQL server, made for a test and dropped: MAINSTAY_TEST_POSTGRESQL names the server, else it is SQLite."""

import os
import uuid

from sqlalchemy import NullPool, create_engine, text

POSTGRESQL = os.environ.get("MAINSTAY_TEST_POSTGRESQL", "")  # postgresql+psycopg://…, a server where databases may be made
MADE: set[str] = set()


def new(name: str, template: str = "") -> str:
    """The URL of a new database, as a copy of another where a URL of one is given; "" stands for SQLite, as in the settings."""
    if not POSTGRESQL:
        return ""
    made = f"mainstay_{name}_{uuid.uuid4().hex[:12]}"
    like = f' TEMPLATE "{_name(template)}" STRATEGY FILE_COPY' if template else ""  # of small ones files are copied twice as fast
    _run(f'CREATE DATABASE "{made}"{like}')
    MADE.add(url := POSTGRESQL.rsplit("/", 1)[0] + "/" + made)
    return url


def drop(url: str) -> None:
    if url in MADE:
        MADE.discard(url)
        _run(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


def drop_all() -> None:
    """What no fixture has dropped."""
    for url in list(MADE):
        drop(url)


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _run(statement: str) -> None:
    with create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text(statement))
