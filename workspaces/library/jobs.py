"""What the library does by itself: forget what was removed, sweep away bytes that nobody names, check that those named are there, and tell
people of what the virus check held back."""

import contextlib
import hashlib
import time
from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.kernel import blobs
from portal.kernel.actor import Actor, the_system
from portal.kernel.checks import check
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.house import House
from portal.kernel.outbox import on
from portal.kernel.periodic import every
from portal.kernel.policy import may
from portal.notices.actions import tell
from portal.people.models import Person
from workspaces.library import actions
from workspaces.library.events import FILE_HELD
from workspaces.library.models import KEPT, File, FileVersion, Upload
from workspaces.library.pieces import PREFIX
from workspaces.library.policy import May
from workspaces.rooms.models import OWNER, Membership

UNCLAIMED = 24 * 3600.0  # seconds that bytes may lie before a row must name them
PIECE = 1 << 20  # bytes
HELD = "held"  # why somebody is told, and the letter that says it
JUST_BEGUN = 3600.0  # seconds in which the row of an upload is written for certain

blobs.holds("file versions", select(FileVersion.sha256, FileVersion.size).where(KEPT))


@every("7 3 * * *", "library.forget_removed", "Forget files that were removed 30 days ago, for good")
def forget_removed(house: House) -> None:
    while True:
        with house.db.writing() as session:
            if not actions.forget_removed(the_system(session)):
                return


@every("47 3 * * *", "library.sweep", "Remove bytes that no file names, a day after they came")
def sweep_daily(house: House) -> None:
    """After the files of the night were forgotten, and half an hour later at the latest what was read of them: pictures are bytes too."""
    sweep(house)


@every("37 * * * *", "library.forget_uploads", "Forget uploads that nobody has gone on with for a day")
def forget_uploads(house: House) -> None:
    """The rows that ran out, and bytes that are of no row any more."""
    with house.db.writing() as session:
        actions.forget_uploads(the_system(session))
    found = list(house.settings.uploads_dir.glob(f"{PREFIX}*"))
    with house.db.reading() as session:
        under_way = set(session.scalars(select(Upload.id).where(Upload.file_pk.is_(None))))
    for path in found:
        if path.name.removeprefix(PREFIX) not in under_way and path.stat().st_mtime < time.time() - JUST_BEGUN:
            path.unlink(missing_ok=True)


def sweep(house: House) -> int:
    """Remove stored bytes that no row names and that are older than 24 hours; how many there were. None while a backup copies them."""
    storage = house.storage
    with blobs.staying(house, wait=False) as ours:
        if not ours:
            return 0
        stored = set(storage.names())  # before the rows: what is stored from now on is young
        with house.db.reading() as session:
            named = {sha256 for sha256, _size in blobs.named(session)}
        for sha256 in named - stored:
            with contextlib.suppress(OSError), storage.open(sha256):
                pass  # a bucket may have laid it aside: looking for it brings it back
        swept = sum(storage.remove(sha256, older_than=UNCLAIMED) for sha256 in stored - named)
        return swept + storage.forget_cut_off(UNCLAIMED)


@on(FILE_HELD.name, topic="tell of held files", meaning="Files that the virus check held back, of which people are to be told")
def tell_of_held(house: House, event_id: str) -> None:
    """Who added it and the owners of the workspace hear of it, in their inboxes and by mail as they wish, as far as they may know of it."""
    with house.db.writing() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        file = session.scalars(select(File).where(File.id == event.subject_id)).one()
        added = select(FileVersion.by_pk).where(FileVersion.file_pk == file.pk, FileVersion.number == event.facts["number"])
        own = (Membership.workspace_pk == file.workspace_pk, Membership.role == OWNER, current(Membership))
        meant = or_(Person.pk.in_(added), Person.pk.in_(select(Membership.person_pk).where(*own)))
        people = session.scalars(select(Person).where(meant).order_by(Person.pk)).all()
        knowing = {person.pk: HELD for person in people if may(Actor(session, person), May.READ_FILE, file)}
        tell(session, event, knowing, thing=f"file:{file.id}", mail=HELD)


@check("blobs")
def check_blobs(house: House, session: Session) -> Iterator[str]:
    """Every version whose bytes are missing or are not what was stored, in one line each; of forgotten files there are none."""
    known: dict[str, str] = {}
    found = select(FileVersion.id, FileVersion.sha256, FileVersion.size).where(KEPT)
    found = found.order_by(FileVersion.pk).execution_options(yield_per=1000)
    for id, sha256, size in session.execute(found):
        if sha256 not in known:
            known[sha256] = _wrong_with(house, sha256, size)
        if known[sha256]:
            yield f"file version {id}: {known[sha256]}"


def _wrong_with(house: House, sha256: str, size: int) -> str:
    digest, read = hashlib.sha256(), 0
    try:
        with house.storage.open(sha256) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                read += len(piece)
    except FileNotFoundError:
        return f"its bytes {sha256} are missing"
    except OSError as error:
        return f"its bytes {sha256} cannot be read ({error.strerror or error})"
    if read != size:
        return f"its bytes {sha256} are {read} long, {size} were stored"
    return "" if digest.hexdigest() == sha256 else f"its bytes {sha256} were altered"
