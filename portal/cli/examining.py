"""What `doctor` looks at, from the ground up. Each finding says what to do."""

import smtplib
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import migrations
from portal.kernel.checks import BAD, GOOD, POOR, Finding, examines
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.setting_values import POSTGRESQL, WHOOSH
from portal.mail.transport import Smtp

QUICK = 2**28  # bytes of a database that are looked through at once


@examines("configuration")
def configuration(house: House) -> Iterator[Finding]:
    """Settings that work but are not what one would want."""
    told = house.settings
    yield Finding("configuration", GOOD, f"data directory {told.data_dir}")
    if not told.base_url:
        yield Finding("configuration", POOR, "no base URL: mail cannot link to pages", "Set MAINSTAY_BASE_URL=https://….")
    elif not told.secure:
        yield Finding("configuration", POOR, f"{told.base_url} is plain http: served to loopback only", "Put it behind https.")
    key = told.data_dir / "secret_key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("configuration", BAD, "others on this machine can read the secret key", f"chmod 600 {key}")
    if stat.S_IMODE(told.data_dir.stat().st_mode) & 0o007:
        yield Finding("configuration", POOR, "others on this machine can look into the data directory", f"chmod 700 {told.data_dir}")


@examines("database")
def database(house: House) -> Iterator[Finding]:
    """Reachable, at our revision, whole."""
    try:
        at = migrations.revision(house.db)
    except SQLAlchemyError as error:
        yield Finding("database", BAD, f"cannot be reached: {error}", "Look at MAINSTAY_DATABASE_URL and at the server.")
        return
    if at is None:
        yield Finding("database", POOR, "is empty", "mainstay serve prepares it by itself.")
        return
    if at != migrations.head():
        yield Finding("database", BAD, f"is at revision {at}, not {migrations.head()}", "mainstay migrate")
        return
    yield Finding("database", GOOD, f"{'SQLite' if house.db.is_sqlite else 'PostgreSQL'} at revision {at}")
    if house.db.is_sqlite and Path(str(house.db.engine.url.database)).stat().st_size < QUICK:  # above, `mainstay verify` looks
        with house.db.engine.connect() as connection:
            said = str(connection.exec_driver_sql("PRAGMA quick_check").scalar())
        if said != "ok":
            yield Finding("database", BAD, f"the file is damaged: {said}", "Stop, keep a copy, restore the last backup.")


@examines("search")
def search(house: House) -> Iterator[Finding]:
    """The index can be opened, and is whole."""
    if house.search is None:
        return
    where = "in the data directory" if house.settings.search_url == WHOOSH else "in PostgreSQL"
    server = "" if house.settings.search_url in (WHOOSH, POSTGRESQL) else "Look at MAINSTAY_SEARCH_URL and at the server. "
    try:
        house.search.verify()
    except Exception as error:  # whatever an engine stumbles over
        yield Finding(
            "search",
            POOR,
            f"the index {where} cannot be used: {error}",
            f"{server}It rebuilds itself while the worker runs, or: mainstay index rebuild",
        )
    else:
        yield Finding("search", GOOD, f"the index {where} can be read")


@examines("storage")
def storage(house: House) -> Iterator[Finding]:
    """Bytes can be written and read back."""
    try:
        stored = house.storage.put([b"Mainstay looks whether it can write here.\n"], 1000)
        with house.storage.open(stored.sha256) as file:
            file.read()
        next(iter(house.storage.names()), None)
        house.storage.remove(stored.sha256)
    except Exception as error:  # whatever an adapter stumbles over
        why = error.__cause__ or error
        yield Finding("storage", BAD, f"files cannot be stored: {why}", _mend_storage(house))
    else:
        where = "in the bucket" if _in_bucket(house) else "in the data directory"
        yield Finding("storage", GOOD, f"files can be written and read {where}")


@examines("mail")
def mail(house: House) -> Iterator[Finding]:
    """Mail has a way out."""
    if not isinstance(house.post, Smtp):
        yield Finding("mail", POOR, "mail is only written to a folder", "Set MAINSTAY_MAIL_URL=smtp://… to have it sent.")
        return
    try:
        with house.post.connect() as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding("mail", BAD, f"the mail server does not answer: {error}", "Look at MAINSTAY_MAIL_URL and at the server.")
    else:
        yield Finding("mail", GOOD, "the mail server answers")


@examines("clock")
def clock(house: House) -> Iterator[Finding]:
    """The clock has not gone back behind what was recorded, and agrees with the disk's."""
    if migrations.revision(house.db) != migrations.head():
        return
    with house.db.reading() as session:
        last = session.scalar(select(func.max(Event.recorded_at)))
    if last is not None and last > now() + timedelta(seconds=5):
        yield Finding("clock", BAD, f"the newest event is of {last}, which is to come", "Set this machine's clock (NTP).")
    else:
        yield Finding("clock", GOOD, f"it is {now():%Y-%m-%d %H:%M:%S} UTC here, and nothing recorded is later")
    probe = house.settings.data_dir / ".clock"
    probe.touch()
    skew = abs(probe.stat().st_mtime - time.time())
    probe.unlink()
    if skew > 5:
        yield Finding("clock", POOR, f"the disk's clock is {skew:.0f} s off", "Set the clock of the file server (NTP).")


def _in_bucket(house: House) -> bool:
    return house.settings.storage_url.startswith("s3:")


def _mend_storage(house: House) -> str:
    if not _in_bucket(house):
        return f"Look at the rights of {house.settings.blobs_dir}."
    return "Look at MAINSTAY_STORAGE_URL, at AWS_ACCESS_KEY_ID and its like, and at their rights: list, get, put and delete objects."
