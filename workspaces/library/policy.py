"""Who may do what in the file library. A file follows its folder's audience, an attachment its post's."""

from datetime import timedelta

from sqlalchemy import and_, exists, literal, or_, select, true
from sqlalchemy.orm import aliased

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.policy import Condition, Verbs, rule
from portal.kernel.prepared import present
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.library.models import File, FileVersion, FileView, Folder, Upload
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import moderated_by, open_for_writing, read_workspace, run_by, see_settings, taken_part_in_by

_its_folder, _its_post, _its_topic = aliased(Folder), aliased(Post), aliased(Topic)  # looked at file by file
RESTS = timedelta(days=30)  # how long what was removed can be brought back


class May(Verbs):
    """Verbs of the library."""

    READ_LIBRARY = "Come to the files of a workspace: who may come in; to those on the shelf: staff"
    READ_FOLDER = "See a folder: who holds its audience"
    MAKE_FOLDER_IN = "Make a folder in a folder: who reads it and takes part"
    CHANGE_FOLDER = "Rename or remove a folder: those who run the workspace"
    RESTORE_FOLDER = "Bring back a removed folder within 30 days: those who run the workspace"
    ADD_FILE = "Add a file to a folder: who reads it and takes part"
    READ_FILE = "See and download a file: who holds the audience it was added under"
    CHANGE_FILE = "Rename or move a file: who added it, and moderators"
    ADD_VERSION = "Add a new version of a file in a folder: who reads it and takes part"
    REMOVE_FILE = "Remove a file: who added it, and moderators"
    RESTORE_FILE = "Bring back a removed file within 30 days: who removed it, and those who run the workspace"
    PIN_FILE = "Put a file under Start here, ask everybody to read it: those who run the workspace"
    READ_VERSION = "See a version of a file: who may read the file"
    SEE_ROOM_LEFT = "See how much the files of a workspace take, and may take: those who run it, and admins (who see no content by it)"
    SET_QUOTA = "Say how much the files of a workspace may take: admins (who see no content by it)"
    CONTINUE_UPLOAD = "Go on with an upload, or end it: who began it"
    READ_VIEW = "See who opened a file that one may read: staff all, clients their own company's people and the vendor's"


@rule(May.READ_LIBRARY, Workspace)
def read_library(actor: Actor) -> Condition:
    return or_(read_workspace(actor), held(actor, Workspace.team_audience_pk))


@rule(May.READ_FOLDER, Folder, reads=True)
def read_folder(actor: Actor) -> Condition:
    return and_(held(actor, Folder.open_audience_pk), Folder.removed_at.is_(None))


def _writes_in(actor: Actor) -> Condition:
    return and_(read_folder(actor), taken_part_in_by(actor, Folder.workspace_pk), open_for_writing(Folder.workspace_pk))


@rule(May.MAKE_FOLDER_IN, Folder, refusal="You can read here, but not add.")
def make_folder_in(actor: Actor) -> Condition:
    return _writes_in(actor)


@rule(May.CHANGE_FOLDER, Folder, refusal="Only the people who run this workspace can change a folder.")
def change_folder(actor: Actor) -> Condition:
    return and_(read_folder(actor), run_by(actor, Folder.workspace_pk), open_for_writing(Folder.workspace_pk))


@rule(May.RESTORE_FOLDER, Folder, refusal="Only the people who run this workspace can bring back a folder.")
def restore_folder(actor: Actor) -> Condition:
    return and_(
        held(actor, Folder.open_audience_pk),
        Folder.removed_at > present(-RESTS),
        run_by(actor, Folder.workspace_pk),
        open_for_writing(Folder.workspace_pk),
    )


@rule(May.ADD_FILE, Folder, refusal="You can read here, but not add files.")
def add_file(actor: Actor) -> Condition:
    return _writes_in(actor)


def _parent_stands() -> Condition:
    """Its folder is not removed; its post is neither removed nor hidden, nor is the topic removed."""
    removed = exists().where(_its_folder.pk == File.folder_pk, _its_folder.removed_at.is_not(None))
    topic = exists().where(_its_topic.pk == _its_post.topic_pk, _its_topic.removed_at.is_(None))
    standing = exists().where(_its_post.pk == File.post_pk, _its_post.removed_at.is_(None), _its_post.hidden_at.is_(None), topic)
    return and_(or_(File.folder_pk.is_(None), ~removed), or_(File.post_pk.is_(None), standing))


@rule(May.READ_FILE, File, reads=True)
def read_file(actor: Actor) -> Condition:
    return and_(held(actor, File.audience_pk), File.removed_at.is_(None), _parent_stands())


@rule(May.CHANGE_FILE, File, refusal="Only who added it and moderators can change this.")
def change_file(actor: Actor) -> Condition:
    whose = or_(File.uploaded_by_pk == actor.pk, moderated_by(actor, File.workspace_pk))
    return and_(whose, read_file(actor), open_for_writing(File.workspace_pk))


@rule(May.ADD_VERSION, File, refusal="You can read here, but not add files.")
def add_version(actor: Actor) -> Condition:
    return and_(
        File.folder_pk.is_not(None),
        read_file(actor),
        taken_part_in_by(actor, File.workspace_pk),
        open_for_writing(File.workspace_pk),
    )


@rule(May.REMOVE_FILE, File, refusal="Only who added it and moderators can remove this.")
def remove_file(actor: Actor) -> Condition:
    return change_file(actor)


@rule(May.RESTORE_FILE, File, refusal="Only who removed it and the people who run this workspace can bring it back.")
def restore_file(actor: Actor) -> Condition:
    whose = or_(File.removed_by_pk == actor.pk, run_by(actor, File.workspace_pk))
    resting = and_(File.removed_at > present(-RESTS), File.version_pk.is_not(None))
    return and_(whose, held(actor, File.audience_pk), _parent_stands(), resting, open_for_writing(File.workspace_pk))


@rule(May.PIN_FILE, File, refusal="Only the people who run this workspace choose what is under Start here, and what is to be read.")
def pin_file(actor: Actor) -> Condition:
    return and_(run_by(actor, File.workspace_pk), read_file(actor), File.folder_pk.is_not(None), open_for_writing(File.workspace_pk))


@rule(May.READ_VERSION, FileVersion, reads=True)
def read_version(actor: Actor) -> Condition:
    return FileVersion.file_pk.in_(select(File.pk).where(read_file(actor)))


@rule(May.READ_VIEW, FileView, reads=True)
def read_view(actor: Actor) -> Condition:
    of_readable = FileView.version_pk.in_(select(FileVersion.pk).where(read_version(actor)))
    return and_(of_readable, FileView.person_pk.in_(select(Person.pk).where(shown_to(actor))))


@rule(May.SEE_ROOM_LEFT, Workspace, refusal="Only the people who run this workspace see how much room its files take.")
def see_room_left(actor: Actor) -> Condition:
    return true() if actor.is_admin else see_settings(actor)


@rule(May.SET_QUOTA, Workspace, refusal="Only an admin can change how much room its files may take.")
def set_quota(actor: Actor) -> Condition | bool:
    return Workspace.archived_at.is_(None) if actor.is_admin else False


@rule(May.CONTINUE_UPLOAD, Upload, reads=True)
def continue_upload(actor: Actor) -> Condition:
    return and_(literal(actor.person is not None), Upload.person_pk == actor.pk)


def shown_to(actor: Actor) -> Condition:
    """Whom a reader is shown as having opened something: what one sees of others, they see of oneself."""
    if actor.is_staff or not actor.person:
        return literal(actor.is_staff)
    return or_(Person.is_staff.is_(True), Person.account_pk == actor.person.account_pk)
