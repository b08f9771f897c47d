"""What doctor and the health page say of backups: when the last one and the last rehearsal were, and what came of them."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cronsim import CronSim

from portal.kernel.backups import schedule
from portal.kernel.backups.format import Unusable, is_database
from portal.kernel.checks import BAD, GOOD, POOR, Finding, examines
from portal.kernel.clock import now
from portal.kernel.house import House

LATE = timedelta(hours=6)  # that a backup may take, or that the machine may have been off
REHEARSED = timedelta(days=15)  # two Sundays


@examines("backup")
def standing(house: House) -> Iterator[Finding]:
    """Backups are made, are young enough, and one was restored for trial."""
    folder = house.settings.backup_dir
    if folder is None:
        yield Finding("backup", POOR, "no backups are made by themselves", "Set MAINSTAY_BACKUP_DIR to a folder on another disk.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("backup", BAD, f"{folder} is not there or not writable", "Mount its disk, or make the folder for this user.")
        return
    yield from _last(house, folder)
    yield from _rehearsed(folder)
    yield from _copies(folder)


def _last(house: House, folder: Path) -> Iterator[Finding]:
    try:
        found = schedule.newest(folder)
    except Unusable as error:
        yield Finding("backup", BAD, f"the newest backup cannot be used: {error}", "Make another: mainstay backup FILE")
        return
    if found is None:
        yield Finding("backup", POOR, "no backup was made yet", "Wait for MAINSTAY_BACKUP_SCHEDULE, or: mainstay backup FILE")
        return
    file, manifest = found
    made = datetime.fromisoformat(manifest.made_at)
    says = f"the last one is of {made:%Y-%m-%d %H:%M} UTC, {file.stat().st_size / 1e6:.1f} MB; {len(schedule.backups(folder))} in {folder}"
    due = _before_last(house.settings.backup_schedule)
    late = made < due - LATE
    yield Finding("backup", BAD if late else GOOD, says, "Is the worker running? The log says why: backup.make" if late else "")
    if manifest.damaged:
        mend = "mainstay verify names them; an older backup may have them."
        yield Finding("backup", BAD, f"{len(manifest.damaged)} files were missing or altered when it was made", mend)


def _rehearsed(folder: Path) -> Iterator[Finding]:
    last = schedule.last_rehearsal(folder)
    if last is None:
        if schedule.backups(folder):
            yield Finding("backup", POOR, "no backup was restored for trial yet", "It is done on Sundays, or: mainstay rehearse")
        return
    at = datetime.fromisoformat(last.at)
    when = f"{at:%Y-%m-%d %H:%M} UTC, in {last.seconds:.0f} s"
    if last.wrong:
        yield Finding(
            "backup",
            BAD,
            f"the last one that was restored for trial is not whole: {last.backup} ({when}): {last.wrong[0]}",
            "mainstay restore --check FILE",
        )
    elif at < now() - REHEARSED:
        yield Finding("backup", POOR, f"the last trial restore was long ago ({when})", "mainstay rehearse")
    else:
        yield Finding("backup", GOOD, f"the last one that was restored for trial is whole: {last.backup} ({when})")


def _copies(folder: Path) -> Iterator[Finding]:
    """Naive copies of the database file: they look like backups and are none."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and is_database(path):
            says = f"there is a copy of the database file alone, which is no backup: {path.name} lacks the files and may be torn"
            yield Finding("backup", BAD, says, "Remove it; make one with: mainstay backup FILE")


def _before_last(cron: str) -> datetime:
    """When a backup was due the time before the last time."""
    backwards = CronSim(cron, now(), reverse=True)
    next(backwards)
    return next(backwards)
