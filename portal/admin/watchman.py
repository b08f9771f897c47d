"""The watchman: in each web process a thread looks at what is watched, and admins get a letter when it turns, and when it is well again.

It is not the worker that looks, as a dead worker tells nobody; and it sends by itself, past the queue that nobody may be draining.
Whatever was seen must stay so for three looks. One row says what admins know, so several processes tell them once.
"""

import socket
import time
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.admin import queries
from portal.admin.models import Alarm
from portal.kernel import migrations
from portal.kernel.actor import the_system
from portal.kernel.checks import BAD, EXAMINATIONS, GOOD, POOR, WATCHED, Finding
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.mail.letters import letter
from portal.mail.transport import Letter, message
from portal.people.models import Person
from portal.web.beside import beside

log = structlog.get_logger(__name__)
LOOK = 5.0  # seconds between looks
STEADY = 3  # looks that must agree
QUIET = timedelta(minutes=30)  # what turned for the worse, was well, and turns again: not told before
AGAIN = timedelta(minutes=1)  # between tries to send a letter
HERE = {"disk"}  # of this machine, where several share a database
RANK = (GOOD, POOR, BAD)


@beside("watchman")
def keep_watch(house: House) -> None:
    watchman = Watchman(house)
    while True:
        time.sleep(LOOK)
        try:
            watchman.look()
        except Exception as error:  # a database that is away: /readyz says so, and the next look may fare better
            log.warning("watchman.cannot_look", error=str(error)[:300])


class Watchman:
    """Looks, remembers what was seen lately, and tells."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._seen: dict[str, tuple[str, int]] = {}  # area -> state, and in how many looks one after the other

    def look(self) -> None:
        if migrations.revision(self.house.db) != migrations.head():
            return
        for area in sorted(WATCHED & EXAMINATIONS.keys()):
            worst = self._worst(area)
            state, looks = self._seen.get(area, ("", 0))
            self._seen[area] = worst.state, looks + 1 if state == worst.state else 1
            if self._seen[area][1] >= STEADY:
                self._note(f"{area} of {socket.gethostname()}" if area in HERE else area, worst)
        self._tell()

    def _worst(self, area: str) -> Finding:
        try:
            found = list(EXAMINATIONS[area](self.house))
        except Exception as error:  # what cannot be looked at is not well
            return Finding(area, BAD, f"cannot be looked at: {type(error).__name__}", "mainstay doctor")
        return max(found, key=lambda each: RANK.index(each.state), default=Finding(area, GOOD, ""))

    def _note(self, name: str, found: Finding) -> None:
        """Remember that it turned, where admins do not know it yet."""
        with self.house.db.reading() as session:
            if not _news(session.get(Alarm, name), found):
                return
        try:
            with self.house.db.writing() as session:
                row = session.get(Alarm, name, with_for_update=True)
                if not _news(row, found):
                    return  # another process was first
                if row is None:
                    session.add(row := Alarm(name=name, raised_at=None))
                row.state, row.says, row.mend = found.state, found.says, found.mend
                row.since = row.try_at = now()
                row.untold = True
                if found.state != GOOD:
                    row.raised_at = now()
        except IntegrityError:
            return  # another process was first
        tell = log.info if found.state == GOOD else log.error
        tell("watchman.turned", what=name, state=found.state, says=found.says, mend=found.mend)

    def _tell(self) -> None:
        """Send what is untold; what does not leave is tried again."""
        with self.house.db.reading() as session:
            waiting = list(session.scalars(select(Alarm.name).where(Alarm.untold.is_(True), Alarm.try_at <= now())))
        for name in waiting:
            with self.house.db.writing() as session:
                row = session.get_one(Alarm, name, with_for_update=True)
                if not row.untold or row.try_at > now():
                    continue
                row.try_at = now() + AGAIN
            with self.house.db.writing() as session:
                letters = [_letter(self.house, row, admin) for admin in queries.admins(the_system(session))]
            if self._send(letters):
                with self.house.db.writing() as session:
                    again = session.get_one(Alarm, name, with_for_update=True)
                    again.untold = again.since != row.since  # it turned once more meanwhile

    def _send(self, letters: list[Letter]) -> bool:
        try:
            for each in letters:
                self.house.post.send(message(self.house.settings, each))
        except Exception as error:  # whatever a mail server does
            log.warning("watchman.cannot_tell", error=str(error)[:300])
            return False
        return True


def _news(row: Alarm | None, found: Finding) -> bool:
    """Whether admins should hear of it: it got worse, or is well again."""
    known = row.state if row else GOOD
    if found.state == known:
        return False
    if found.state == GOOD:
        return True
    if row is not None and known == GOOD and row.raised_at is not None and now() - row.raised_at < QUIET:
        return False
    return RANK.index(found.state) > RANK.index(known)


def _letter(house: House, row: Alarm, admin: Person) -> Letter:
    well = row.state == GOOD
    return letter(
        house,
        "alarm",
        to=admin,
        subject=lambda: _("Well again: %(what)s", what=row.name) if well else _("Needs a look: %(what)s", what=row.name),
        key=f"alarm-{row.since:%Y%m%d%H%M%S}-{row.name.partition(' ')[0]}-{admin.id}",
        what=row.name,
        well=well,
        says=row.says,
        mend=row.mend,
        since=row.since,
    )
