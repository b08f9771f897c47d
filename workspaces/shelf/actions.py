"""The shelf is opened; documents are placed; newer versions come, or are kept away."""

from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, new_pair, people_in
from portal.kernel.errors import Forbidden, Invalid, TooLarge
from portal.kernel.events import EventKind, record
from portal.kernel.locks import take_turn, writing
from portal.kernel.policy import may, require
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.library import actions as library
from workspaces.library.models import File, FileVersion, Folder
from workspaces.library.receiving import Received
from workspaces.library.scanning import refuse_threat
from workspaces.rooms.models import SHELF, Workspace
from workspaces.shelf import queries
from workspaces.shelf.events import ASKS, FOLLOWS, KEPT, PLACED, SHELF_OPENED
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May

MOST_AT_ONCE = 100  # folders that a document is placed in at a time


@action(May.USE_SHELF)
def open_shelf(actor: Actor) -> Workspace:
    """The one shelf of the installation, with a folder to put documents into. As a workspace nobody is in it."""
    session = actor.session
    if (there := queries.shelf(actor)) is not None:
        return there
    nobody, everybody = Audience(kind="workspace", subject_pk=0), Audience(kind=SHELF, subject_pk=0)
    session.add_all((nobody, everybody))
    session.flush()
    title = _("Shelf")
    made = Workspace(title=title, kind=SHELF, created_by_pk=actor.pk or None, open_audience_pk=nobody.pk, team_audience_pk=everybody.pk)
    session.add(made)
    session.flush()
    nobody.subject_pk = everybody.subject_pk = made.pk
    shared, team = new_pair(session, SHELF, made.pk)
    session.add(Folder(workspace_pk=made.pk, name=title, open_audience_pk=shared.pk, team_audience_pk=team.pk))
    record(actor, SHELF_OPENED, made, audience_pk=everybody.pk, workspace_pk=made.pk)
    return made


@action(May.PLACE_MASTER)
def place(actor: Actor, master: File, *, folders: list[Folder], follows: bool = True) -> list[Placement]:
    """Put a document of the shelf, as it is now, into folders; there it is a file like any other. Raises Invalid at `folders`."""
    if not folders:
        raise Invalid(("folders", _("Choose at least one folder.")))
    if len(folders) > MOST_AT_ONCE:
        raise Invalid(("folders", _("Choose at most %(n)s folders at a time.", n=MOST_AT_ONCE)))
    refuse_threat(actor.session, master.version.sha256)
    # Workspace by workspace in one order, so that of two who place in the same ones neither waits for the other
    return [_place(actor, master, folder, follows) for folder in sorted(folders, key=lambda each: (each.workspace_pk, each.pk))]


@action(May.CHANGE_PLACEMENT)
def take_newer(actor: Actor, placement: Placement, *, note: str = "") -> None:
    """What the shelf has now becomes the file's version; `note` is what its readers are told. Raises Invalid where the shelf has it no
    more. What the master's own note says stays on the shelf."""
    master, file = placement.master, placement.file
    if placement.withdrawn:
        raise Invalid(("", _("The shelf no longer has this document.")))
    refuse_threat(actor.session, master.version.sha256)
    if (known := _version_of(actor, file, master.version.sha256)) is not None:
        library.make_current(actor, file, version=known)
    else:
        library.add_version(actor, file, received=_as_it_is(master), note=note)
    placement.number, placement.version_pk, placement.kept = master.version.number, file.version.pk, None
    actor.session.flush()


@action(May.CHANGE_PLACEMENT)
def keep_ours(actor: Actor, placement: Placement) -> None:
    """Leave the file as it is, and be asked again when the shelf has yet another version. Raises Invalid where there is nothing newer."""
    if not placement.newer:
        raise Invalid(("", _("The shelf has nothing newer.")))
    if placement.asks:
        placement.kept = placement.master.version.number
        _record(actor, KEPT, placement, number=placement.kept)


@action(May.CHANGE_PLACEMENT)
def let_follow(actor: Actor, placement: Placement, *, follows: bool) -> None:
    """Whether new versions arrive by themselves, what waits already among them, or the team is asked."""
    if follows != placement.follows:
        placement.follows = follows
        _record(actor, FOLLOWS if follows else ASKS, placement)
        arrive(actor, placement)


@action(open="whoever it is done for was found to be allowed to add a version")
def arrive(actor: Actor, placement: Placement) -> bool:
    """A new version of the master comes to where it is followed; whether it did. Where the workspace made a version of its own, where
    the team wants to be asked, and where nobody of the team may add one, it waits until somebody takes it. What was kept away stays
    away."""
    take_turn(actor.session, writing("workspace", placement.file.workspace_pk))
    actor.session.refresh(placement.file)  # as the one before left it: perhaps with a version of its own
    if not placement.follows or placement.is_own or not placement.asks:
        return False
    if (whose := _who_takes_it(actor, placement)) is None:
        return False
    try:
        take_newer(Actor(actor.session, whose), placement)
    except (Forbidden, TooLarge):
        return False  # held back by the virus check, or no room there: it waits, and the page says that there is something newer
    return True


def _who_takes_it(actor: Actor, placement: Placement) -> Person | None:
    """Who placed it, or once they are not there any more somebody of the team: a version is by one whom its readers can know."""
    session = actor.session
    team = select(Person).where(Person.pk.in_(people_in(session, placement.file.audience_pk)), Person.is_staff.is_(True))
    for person in [placement.placed_by, *session.scalars(team.order_by(Person.pk))]:
        if may(Actor(session, person), May.CHANGE_PLACEMENT, placement):
            return person
    return None


def _place(actor: Actor, master: File, folder: Folder, follows: bool) -> Placement:
    require(actor, May.PLACE_IN, folder)
    there = select(Placement.pk).join(File, File.pk == Placement.file_pk)
    there = there.where(Placement.master_pk == master.pk, File.folder_pk == folder.pk, File.removed_at.is_(None))
    if actor.session.scalar(there) is not None:
        where = f"{folder.workspace.title} / {folder.name}"
        raise Invalid(("folders", _("%(name)s is in “%(folder)s” already.", name=master.name, folder=where)))
    file = library.add_file(actor, folder, received=_as_it_is(master), both=True)
    placement = Placement(
        file=file, master=master, number=master.version.number, version=file.version, follows=follows, placed_by_pk=actor.pk
    )
    actor.session.add(placement)
    actor.session.flush()
    actor.session.expire(file, ["placed"])
    _record(actor, PLACED, placement, number=placement.number)
    return placement


def _as_it_is(master: File) -> Received:
    version = master.version
    return Received(master.name, version.sha256, version.size, version.mime)


def _version_of(actor: Actor, file: File, sha256: str) -> FileVersion | None:
    """The version of a file that is these bytes already."""
    found = select(FileVersion).where(FileVersion.file_pk == file.pk, FileVersion.sha256 == sha256)
    return actor.session.scalar(found.order_by(FileVersion.number.desc()).limit(1))


def _record(actor: Actor, of: EventKind, placement: Placement, **facts: Any) -> None:
    file = placement.file
    record(
        actor,
        of,
        file,
        audience_pk=file.folder.team_audience_pk if file.folder else file.audience_pk,
        account=actor.session.get(Account, file.account_pk) if file.account_pk else None,
        workspace_pk=file.workspace_pk,
        facts={"name": file.name, **facts},
    )
