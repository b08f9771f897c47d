"""Workspaces: opened, people invited, let in, moved, seen out; and people looking around in them."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor, the_system
from portal.kernel.policy import allowed
from portal.mail.queue import COMPOSERS
from portal.notices import actions as notices
from portal.people import actions as people
from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.unread import with_news
from workspaces.library.models import Folder
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions import Wanted


def workspace(tale: Tale, scene: Scene) -> None:
    """Opens with one forum and one folder, kept as `<key>.general` and `<key>.files`."""
    key, told = scene.what[0], scene.fields
    accounts = [tale.things[each] for each in scene.listed("accounts")]
    made = rooms.open_workspace(
        tale.actor(scene.who), title=told["title"], purpose=told["purpose"], accounts=accounts, community=len(accounts) > 1
    )
    tale.keep(key, made)
    for name, model in (("general", Forum), ("files", Folder)):
        tale.keep(f"{key}.{name}", tale.session.scalars(select(model).where(model.workspace_pk == made.pk)).one())


def settings(tale: Tale, scene: Scene) -> None:
    fields: dict[str, Any] = {name: value for name, value in scene.fields.items() if name != "members_invite"}
    if "members_invite" in scene.fields:
        fields["members_invite"] = scene.fields["members_invite"] == "yes"
    rooms.change_workspace(tale.actor(scene.who), tale.things[scene.what[0]], **fields)


def invite(tale: Tale, scene: Scene) -> None:
    """The letter is written as it was then, and not sent: the story mails nobody."""
    room, key = scene.what
    wanted = Wanted(
        email=scene.fields["email"],
        role=scene.fields["role"],
        name=scene.fields["name"],
        groups=[tale.things[each] for each in scene.listed("groups")],
        note=tale.words(scene),
    )
    made = rooms.invite_people(tale.actor(scene.who), tale.things[room], wanted=[wanted])[0][0]
    COMPOSERS["invitation"](tale.house, the_system(tale.session), invitation=made.id, sending=1)
    tale.keep(f"{room}.invitation.{key}", made)


def accept(tale: Tale, scene: Scene) -> None:
    """Who comes in for the first time says what they do; `title` and `phone` are theirs."""
    invitation = tale.things[f"{scene.what[0]}.invitation.{scene.who}"]
    guest = Actor(tale.session, tale.things.get(scene.who))
    rooms.note_opened(guest, invitation)
    person = rooms.accept_invitation(guest, invitation, name=invitation.name).person
    if scene.who not in tale.things:
        tale.keep(scene.who, person)
        people.change_own(tale.actor(scene.who), timezone=people.installation(tale.session).timezone, **scene.fields)
    rooms.note_visit(tale.actor(scene.who), tale.things[scene.what[0]])


def appear(tale: Tale, scene: Scene) -> None:
    """Agree that the other companies of a community see who one is."""
    rooms.let_be_seen(tale.actor(scene.who), tale.things[scene.what[0]], shown=True)


def decline(tale: Tale, scene: Scene) -> None:
    invitation = tale.things[f"{scene.what[0]}.invitation.{scene.who}"]
    rooms.note_opened(Actor(tale.session), invitation)
    rooms.decline_invitation(Actor(tale.session), invitation)


def look(tale: Tale, scene: Scene) -> None:
    """Whoever is invited looks at the invitation, and leaves it at that."""
    rooms.note_opened(Actor(tale.session), tale.things[f"{scene.what[0]}.invitation.{scene.who}"])


def remove(tale: Tale, scene: Scene) -> None:
    room, person = scene.what
    rooms.remove_member(tale.actor(scene.who), tale.things[room], person=tale.things[person])


def promote(tale: Tale, scene: Scene) -> None:
    room, person, role = scene.what
    rooms.change_role(tale.actor(scene.who), tale.things[room], person=tale.things[person], role=role)


def group(tale: Tale, scene: Scene) -> None:
    room, key, *members = scene.what
    made = rooms.make_group(
        tale.actor(scene.who), tale.things[room], name=scene.fields["name"], members=[tale.things[each] for each in members]
    )
    tale.keep(key, made)


def archive(tale: Tale, scene: Scene) -> None:
    rooms.archive_workspace(tale.actor(scene.who), tale.things[scene.what[0]])


def visit(tale: Tale, scene: Scene) -> None:
    """Come in and read everything there is."""
    actor, room = tale.actor(scene.who), tale.things[scene.what[0]]
    rooms.note_visit(actor, room)
    news = allowed(actor, Forums.READ_TOPIC).where(Topic.workspace_pk == room.pk, Topic.pk.in_(with_news(actor)))
    for topic in tale.session.scalars(news).unique().all():
        forums.mark_read(actor, topic)
        notices.read_thing(actor, thing=f"topic:{topic.id}")


def feature(tale: Tale, scene: Scene) -> None:
    """Put a discussion or the plan under "Start here"."""
    room, key = tale.things[scene.what[0]], scene.what[1]
    thing = ("plan", room.id) if key == "plan" else ("topic", tale.things[key].id)
    rooms.pin(tale.actor(scene.who), room, thing, is_pinned=True)


ACTS = {
    "workspace": workspace,
    "settings": settings,
    "invite": invite,
    "accept": accept,
    "appear": appear,
    "decline": decline,
    "look": look,
    "remove": remove,
    "promote": promote,
    "group": group,
    "archive": archive,
    "feature": feature,
    "visit": visit,
}
