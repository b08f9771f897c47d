"""What `doctor` asks the servers that a larger installation stands on: PostgreSQL and Redis. Nothing where neither is used."""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel.checks import BAD, GOOD, POOR, Finding, examines
from portal.kernel.clock import now
from portal.kernel.house import House

SKEW = 2.0  # seconds


@examines("postgresql")
def postgresql(house: House) -> Iterator[Finding]:
    """It keeps what it has acknowledged, has connections enough, and tells the same time."""
    if house.db.is_sqlite:
        return
    try:
        with house.db.engine.connect() as connection:
            yield from _durability(connection)
            yield from _standbys(connection)
            yield from _clock(connection)
    except SQLAlchemyError as error:
        says = str(error).splitlines()[0]
        yield Finding("postgresql", BAD, f"does not answer: {says}", "Look at MAINSTAY_DATABASE_URL and at the server.")


@examines("redis")
def redis(house: House) -> Iterator[Finding]:
    """Live events cross processes."""
    if not house.settings.redis_url:
        return
    try:
        house.bus.ping()
    except OSError as error:
        mend = (
            "Look at MAINSTAY_REDIS_URL and at the server. Until then pages ask for news every ten seconds, and each process counts alone."
        )
        yield Finding("redis", BAD, f"does not answer: {error}", mend)
    else:
        yield Finding("redis", GOOD, "answers")


def _durability(connection: Connection) -> Iterator[Finding]:
    lax = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if _shown(connection, name) == "off"]
    for name in lax:
        says = f"{name} is off: what was acknowledged may be lost when the machine goes down"
        yield Finding("postgresql", BAD, says, f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();")
    if not lax:
        yield Finding("postgresql", GOOD, "keeps what it has acknowledged")


def _standbys(connection: Connection) -> Iterator[Finding]:
    there = connection.scalar(text("SELECT count(*) FROM pg_stat_replication"))
    if there and not _shown(connection, "synchronous_standby_names"):
        says = "its standby follows asynchronously: a failover may lose the last messages"
        yield Finding("postgresql", POOR, says, "Set synchronous_standby_names to the standby's name.")


def _clock(connection: Connection) -> Iterator[Finding]:
    before = now()
    theirs = connection.scalar(text("SELECT clock_timestamp()"))
    middle = before + (now() - before) / 2
    if theirs is not None and abs((theirs - middle).total_seconds()) > SKEW:
        says = f"its clock is {abs((theirs - middle).total_seconds()):.0f} s off ours"
        yield Finding("postgresql", POOR, says, "Set the clocks of both machines (NTP).")


def _shown(connection: Connection, name: str) -> str:
    return str(connection.scalar(text("SELECT current_setting(:name)"), {"name": name}))
