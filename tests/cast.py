"""The cast and their world, written through the same actions as everything else. Small, with noise rows beside it.

Rhea owns the account Calder Water and its workspace; Nora takes over; Ravi is a rep without access, and owns Otway Foods; Mona is
the manager of Rhea and Nora; Ada is admin; Petra is the prospect in the workspace, Mark a client who moderates, Rolf a reader;
Paul is of the same account in another workspace; Otto is of Otway Foods; Nils was removed.
"""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.kernel.actor import Actor, the_system
from portal.people import actions as people
from portal.people.models import Person
from workspaces.forums import actions as forums
from workspaces.library import actions as library
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Group, GroupMember

STAFF = {
    "ada": ("Ada Admin", ["admin"]),
    "mona": ("Mona Manager", ["manager"]),
    "rhea": ("Rhea Rep", ["rep"]),
    "nora": ("Nora Newrep", ["rep"]),
    "ravi": ("Ravi Rep", ["rep"]),
}
CLIENTS = {
    "petra": ("Petra Prospect", "calder"),
    "mark": ("Mark Moderator", "calder"),
    "rolf": ("Rolf Reader", "calder"),
    "nils": ("Nils Nolonger", "calder"),
    "paul": ("Paul Parallel", "calder"),
    "otto": ("Otto Outsider", "otway"),
}
PEOPLE = (*STAFF, *CLIENTS)


@dataclass
class World:
    """Ids and keys of what the cast has made; rows are fetched anew in each session."""

    ids: dict[str, str] = field(default_factory=dict)
    pks: dict[str, int] = field(default_factory=dict)

    def keep(self, name: str, row: object) -> None:
        self.ids[name], self.pks[name] = row.id, row.pk  # type: ignore[attr-defined]

    def actor(self, session: Session, name: str) -> Actor:
        """One of the cast in this session; 'nobody' is signed out."""
        return Actor(session) if name == "nobody" else Actor(session, session.get(Person, self.pks[name]))


def build(session: Session) -> World:
    """Write the world."""
    world = World()
    system = the_system(session)
    people.installation(session).name = "Tidewell Instruments"
    for name, (full, roles) in STAFF.items():
        manager = session.get(Person, world.pks["mona"]) if name in ("rhea", "nora") else None
        person = people.add_staff(
            system, email=f"{name}@tidewell.example", name=full, roles=roles, manager=manager, title="Account manager"
        )
        world.keep(name, person)
    rhea, ravi = world.actor(session, "rhea"), world.actor(session, "ravi")
    calder = accounts.open_account(rhea, name="Calder Water", domains=("calder.example",), industry="Water utility")
    otway = accounts.open_account(ravi, name="Otway Foods", domains=("otway.example",))
    world.keep("calder", calder)
    world.keep("otway", otway)
    for name, (full, account) in CLIENTS.items():
        person = Person(email=f"{name}@{account}.example", name=full, account_pk=world.pks[account], title="Network engineer")
        session.add(person)
        session.flush()
        world.keep(name, person)
    room = rooms.open_workspace(rhea, title="Leak detection", accounts=[calder], purpose="Choosing sensors")
    side = rooms.open_workspace(rhea, title="Billing questions", accounts=[calder])
    other = rooms.open_workspace(ravi, title="Cold chain", accounts=[otway])
    for key, made in {"room": room, "side": side, "other": other}.items():
        world.keep(key, made)
    for name, role in {"petra": "member", "mark": "moderator", "rolf": "reader", "nils": "member"}.items():
        rooms.join(rhea, room, session.get_one(Person, world.pks[name]), role=role, account=calder)
    rooms.join(rhea, side, session.get_one(Person, world.pks["paul"]), role="member", account=calder)
    rooms.join(ravi, other, session.get_one(Person, world.pks["otto"]), role="member", account=otway)
    _places(session, world)
    rooms.remove_member(rhea, room, person=session.get_one(Person, world.pks["nils"]))
    return world


def _places(session: Session, world: World) -> None:
    """Forums, folders and talk; the same kinds of noise in the rooms beside."""
    from workspaces.forums.models import Forum
    from workspaces.library.models import Folder
    from workspaces.rooms.models import Workspace

    rhea, petra = world.actor(session, "rhea"), world.actor(session, "petra")
    room = session.get_one(Workspace, world.pks["room"])
    group = Group(workspace_pk=room.pk, name="Procurement")
    session.add(group)
    session.flush()
    session.add(GroupMember(group_pk=group.pk, person_pk=world.pks["petra"]))
    session.flush()
    world.keep("group", group)
    general = session.query(Forum).filter_by(workspace_pk=room.pk, title="General").one()
    world.keep("general", general)
    world.keep("backstage", forums.make_forum(rhea, room, title="Backstage", audience="staff"))
    world.keep("inner", forums.make_forum(rhea, room, title="Procurement only", audience=group))
    world.keep("folder", session.query(Folder).filter_by(workspace_pk=room.pk).one())
    world.keep("safe", library.make_folder(rhea, room, name="Calculations", audience="staff"))
    topic = forums.start_topic(
        petra, general, title="Can the gateways run on 24 V panels?", body="Six stations only have 24 V.", kind="question"
    )
    world.keep("topic", topic)
    world.keep("post", forums.post_message(rhea, topic, body="No converter needed, the /24 takes 18 to 32 V."))
    world.keep("team_note", forums.post_message(rhea, topic, body="They will ask for a discount next.", team=True))
    world.keep(
        "staff_topic",
        forums.start_topic(rhea, session.get_one(Forum, world.pks["backstage"]), title="Margin", body="We can go to 12 percent."),
    )
    for noise, author in (("side", "paul"), ("other", "otto")):
        forum = session.query(Forum).filter_by(workspace_pk=world.pks[noise]).one()
        world.keep(f"{noise}_forum", forum)
        started = forums.start_topic(
            world.actor(session, author), forum, title=f"Noise of {author}", body=f"Something that {author} asked."
        )
        world.keep(f"{noise}_topic", started)
