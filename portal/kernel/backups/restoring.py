"""Bringing a backup back into an empty place: looked through first, put right, and only then under its name.

Put right means: migrated to this program's revision, what was erased or taken away since done again, every session ended. The database
gets its name last, so a restore that was cut off is none.
"""

import dataclasses
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import delete

from portal.kernel import blobs, checks, erasing, migrations, worker
from portal.kernel.backups import copying, reading
from portal.kernel.backups.format import DATABASE, ERASURES, Manifest, Unusable, force
from portal.kernel.bus import BusRow
from portal.kernel.erasing import Entry
from portal.kernel.house import House
from portal.kernel.locks import file_lock
from portal.kernel.outbox import CONSUMERS
from portal.kernel.settings import Settings, prepared

SCRATCH = "restoring"
MAY_STAY = {"secret_key", erasing.NAME, worker.LOCK, "migrate.lock", blobs.LOCK, "logs", SCRATCH}
log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True)
class Restored:
    """What came of it. All is well where `breaches` and `left` are empty."""

    manifest: Manifest
    migrated: bool
    again: int  # entries of the list of erasures for which there was something to do
    left: list[str]  # and those which could not be done
    done: dict[str, int]  # what is always done: sessions ended …
    breaches: dict[str, list[str]]  # by check; empty lists left out
    seconds: float


def restore(house: House, file: Path, lists: list[Path]) -> Restored:
    """Bring a backup back into the empty place of this house; `lists` are further lists of what was erased since.

    Raises Unusable where it is not empty, for what is no whole backup, and WrongList; then nothing was changed but scratch files.
    """
    began = time.monotonic()
    _refuse_taken(house)
    with file_lock(house.settings.data_dir / worker.LOCK, wait=False) as alone:
        if not alone:
            raise Unusable(f"A worker serves {house.settings.data_dir}: stop it first.")
        with _scratch(house) as scratch:
            manifest = reading.check(file, folder=scratch)
            migrations.refuse_newer(manifest.revision)
            entries = _entries(scratch / ERASURES, [erasing_beside(file), house.settings.data_dir / erasing.NAME, *lists])
        with _scratch(house, kept=True) as scratch:
            reading.unpack(file, scratch, lambda sha256, size, pieces: _store(house, sha256, size, pieces))
            inner = house.another(_inner(house.settings, scratch))
            try:
                migrated, again, left, done = _put_right(inner, entries)
            finally:
                inner.close()
            copying.tidy(scratch / DATABASE)
            erasing.append(house.settings.data_dir / erasing.NAME, entries)
            _name(house, scratch / DATABASE)
        for consumer in CONSUMERS.values():  # the index is missing: its consumer builds it anew
            if consumer.idle is not None:
                consumer.idle(house)
        breaches = {name: lines for name, lines in checks.breaches(house).items() if lines}
    seconds = time.monotonic() - began
    log.info("backup.restored", file=str(file), seconds=round(seconds, 1), breaches=sum(map(len, breaches.values())))
    return Restored(manifest, migrated, again, left, done, breaches, seconds)


def erasing_beside(file: Path) -> Path:
    """The list that lies beside scheduled backups: newer than the one inside an old one."""
    return file.absolute().parent / erasing.NAME


def _refuse_taken(house: House) -> None:
    data = house.settings.data_dir
    cut_off = (data / SCRATCH).exists()  # a restore that did not come to its end may be done again
    taken = sorted(each.name for each in data.iterdir() if each.name not in MAY_STAY and not (each.is_dir() and _is_empty(each)))
    if cut_off:
        taken = [name for name in taken if name != "blobs"]
    if taken:
        raise Unusable(f"{data} is not empty ({', '.join(taken[:5])}): a backup is restored into an empty data directory only.")
    if house.db.is_sqlite:
        if Path(str(house.db.engine.url.database)).exists():
            raise Unusable(f"{house.db.engine.url.database} exists: a backup is restored into an empty place only.")
    elif migrations.revision(house.db) is not None and any(copying.is_used(house.db)):
        raise Unusable("The database is not empty: a backup is restored into an empty one only.")


def _is_empty(folder: Path) -> bool:
    return not any(each.is_file() for each in folder.rglob("*"))


def _entries(own: Path, others: list[Path]) -> list[Entry]:
    """What the backup's own list and the others say."""
    found = erasing.read(own.read_bytes(), f"the backup's {ERASURES}")
    for path in others:
        if path.exists():
            found += erasing.read(path.read_bytes(), str(path))
    return found


def _store(house: House, sha256: str, size: int, pieces: Iterator[bytes]) -> None:
    stored = house.storage.put(pieces, max(size, 1))
    if stored.sha256 != sha256:
        raise Unusable(f"The bytes {sha256} were altered while they were restored: look at the disk.")


def _inner(told: Settings, scratch: Path) -> Settings:
    """A house around the scratch database that reaches nobody: no bus of others, no mail."""
    apart = dataclasses.replace(told, data_dir=scratch, database_url="", search_url="whoosh:", storage_url="file:")
    return prepared(dataclasses.replace(apart, redis_url="", mail_url="maildir:", backup_dir=None))


def _put_right(inner: House, entries: list[Entry]) -> tuple[bool, int, list[str], dict[str, int]]:
    migrated = migrations.migrate(inner)
    with inner.db.writing() as session:
        session.execute(delete(BusRow))
        done = {says: act(session) for says, act in erasing.AFTERWARDS.items()}
        again, left = erasing.apply(session, entries)
        session.info.pop("announcements", None)  # nobody is connected
    return migrated, again, left, done


def _name(house: House, database: Path) -> None:
    """Put the database where this house has it."""
    if house.db.is_sqlite:
        target = Path(str(house.db.engine.url.database))
        database.chmod(0o600)
        force(database)
        os.replace(database, target)
        force(target.parent)
    else:
        migrations.migrate(house)
        copying.put(database, house.db)


@contextmanager
def _scratch(house: House, *, kept: bool = False) -> Iterator[Path]:
    """A folder on the database's own disk, so that naming it is a rename; `kept` where something fails, to say what was cut off."""
    parent = Path(str(house.db.engine.url.database)).parent if house.db.is_sqlite else house.settings.data_dir
    made = parent / SCRATCH
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    try:
        yield made
    except BaseException:
        if not kept:
            shutil.rmtree(made, ignore_errors=True)
        raise
    shutil.rmtree(made, ignore_errors=True)
