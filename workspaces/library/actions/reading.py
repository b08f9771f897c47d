"""How long a file is before somebody: counted in beats that the page sends, where the workspace measures it."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden
from portal.kernel.words import gettext as _
from workspaces.library.models import FileReading, FileVersion
from workspaces.library.policy import May

BEAT = 10  # seconds that a beat stands for
SOONEST = timedelta(seconds=8)  # after the one before, whatever they read: time passes once for everybody
LONGEST = 24 * 3600  # seconds counted of a page


@action(May.READ_VERSION)
def note_reading(actor: Actor, version: FileVersion, *, page: int = 0) -> None:
    """Ten more seconds. Raises Forbidden where it is not measured; what comes too soon counts for nothing."""
    if not version.file.workspace.reading_times:
        raise Forbidden(_("It is not measured here how long files are read."))
    last = actor.session.scalar(select(func.max(FileReading.beat_at)).where(FileReading.person_pk == actor.pk))
    if last is not None and last > now() - SOONEST:
        return
    reading = actor.session.get(FileReading, (version.pk, actor.pk, page))
    if reading is None:
        reading = FileReading(version_pk=version.pk, person_pk=actor.pk, page=page, seconds=0, beat_at=now())
        actor.session.add(reading)
    reading.seconds, reading.beat_at = min(reading.seconds + BEAT, LONGEST), now()
