"""Backups that make themselves, and the rehearsal: once a week the newest one is restored beside the installation and looked through."""

import dataclasses
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from portal.kernel import erasing
from portal.kernel.backups import reading
from portal.kernel.backups.format import Manifest, Unusable
from portal.kernel.backups.making import SCRATCH, make
from portal.kernel.backups.restoring import restore
from portal.kernel.clock import now, rfc3339
from portal.kernel.house import House
from portal.kernel.periodic import every
from portal.kernel.settings import prepared

PREFIX, SUFFIX = "mainstay-", ".tar"
REHEARSAL = "rehearsal.json"
STAGE = "rehearsal"  # a folder of the data directory
CUT_OFF = 24 * 3600.0  # seconds after which the scratch files of a backup are those of one that was cut off
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rehearsal:
    """What came of restoring a backup for trial; all is well where `wrong` is empty."""

    at: str  # RFC 3339
    backup: str  # the file's name
    seconds: float
    wrong: list[str]


@every(lambda settings: settings.backup_schedule, "backup.make", "Make a backup, and remove those too old to keep")
def make_scheduled(house: House) -> None:
    """Raises Unusable, which the job's row and doctor then say."""
    folder = house.settings.backup_dir
    if folder is None:
        return
    _refuse_absent(folder)
    _forget_cut_off(folder)
    made = make(house, folder / f"{PREFIX}{now():%Y-%m-%dT%H%M%SZ}{SUFFIX}")
    erasing.append(folder / erasing.NAME, erasing.read(erasing.kept(house.settings), erasing.NAME))  # what it missed while it was away
    if made.manifest.damaged:
        raise Unusable(
            f"The backup was made without {len(made.manifest.damaged)} files whose bytes are missing or altered; older backups are kept. "
            "mainstay verify names them"
        )
    for old in backups(folder)[house.settings.backup_keep :]:
        old.unlink(missing_ok=True)
        log.info("backup.forgotten", file=str(old))


@every("10 4 * * 0", "backup.rehearse", "Restore the newest backup beside the installation, and look through it")
def rehearse_weekly(house: House) -> None:
    folder = house.settings.backup_dir
    if folder is not None and (found := backups(folder)):
        rehearse(house, found[0])


def rehearse(house: House, file: Path) -> Rehearsal:
    """Restore a backup into a scratch directory and look through it; of a scheduled one what came of it is written down beside it."""
    began = time.monotonic()
    stage = house.settings.data_dir / STAGE
    shutil.rmtree(stage, ignore_errors=True)  # of one that was cut off
    try:
        wrong = _restored(house, file, stage)
    except Exception as error:  # whatever is wrong with a backup is what a rehearsal is to find out
        wrong = [str(error) or type(error).__name__]
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    came = Rehearsal(rfc3339(now()), file.name, round(time.monotonic() - began, 1), wrong)
    if file.parent == house.settings.backup_dir:
        (file.parent / REHEARSAL).write_text(json.dumps(dataclasses.asdict(came)))
    (log.error if wrong else log.info)("backup.rehearsed", file=file.name, wrong=wrong[:3], seconds=came.seconds)
    return came


def backups(folder: Path) -> list[Path]:
    """Scheduled backups, the newest first."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True)


def newest(folder: Path) -> tuple[Path, Manifest] | None:
    """The newest backup and what it says of itself. Raises Unusable."""
    found = backups(folder)
    return (found[0], reading.told(found[0])) if found else None


def age(folder: Path | None) -> float | None:
    """Seconds since the newest backup was written; None where there is none. Looks at names and times only."""
    try:
        found = backups(folder) if folder is not None else []
        return max(0.0, now().timestamp() - found[0].stat().st_mtime) if found else None
    except OSError:
        return None


def last_rehearsal(folder: Path) -> Rehearsal | None:
    try:
        return Rehearsal(**json.loads((folder / REHEARSAL).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _restored(house: House, file: Path, stage: Path) -> list[str]:
    free, needed = shutil.disk_usage(house.settings.data_dir).free, file.stat().st_size * 2
    if free < needed:
        raise Unusable(f"There is no room to rehearse: {needed >> 20} MiB are needed in {house.settings.data_dir}, {free >> 20} are free.")
    apart = dataclasses.replace(house.settings, data_dir=stage, database_url="", search_url="whoosh:", storage_url="file:")
    inner = house.another(prepared(dataclasses.replace(apart, redis_url="", mail_url="maildir:", backup_dir=None)))
    try:
        came = restore(inner, file, [])
    finally:
        inner.close()
    return came.left + [f"{name}: {line}" for name, lines in came.breaches.items() for line in lines[:20]]


def _refuse_absent(folder: Path) -> None:
    """A folder that is not there is most likely a disk that is not mounted: never make it, or the backups fill the wrong one."""
    if not folder.is_dir():
        raise Unusable(f"{folder} is not there: is its disk mounted? Make the folder once by hand.")


def _forget_cut_off(folder: Path) -> None:
    for left in folder.glob(SCRATCH + "*"):
        if time.time() - left.stat().st_mtime > CUT_OFF:
            shutil.rmtree(left, ignore_errors=True)
