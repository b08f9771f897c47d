"""Tidewell Instruments and its client Calder Water: how six pumping stations came to ask for sensors."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now, standing_at
from portal.kernel.house import House
from portal.people import actions as people
from portal.people.models import Person
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum
from workspaces.rooms import actions as rooms

STAFF = [
    ("ada", "Ada Admin", ["admin"], "an admin"),
    ("mona", "Mona Manager", ["manager"], "their manager"),
    ("rhea", "Rhea Rep", ["rep"], "a rep"),
    ("nora", "Nora Newrep", ["rep"], "a new rep"),
]


def tell(house: House) -> list[tuple[str, str]]:
    """Write the world; who may be signed in as: (who they are, e-mail address)."""
    with house.db.writing() as session, standing_at(now() - timedelta(days=90)):
        people.installation(session).name = "Tidewell Instruments"
        cast = _staff(session)
        petra = _client(session, cast["rhea"])
    who = [(what, f"{name}@tidewell.example") for name, _full, _roles, what in STAFF]
    return [*who, ("a client", petra)]


def _staff(session: Session) -> dict[str, Person]:
    system = the_system(session)
    cast: dict[str, Person] = {}
    for name, full, roles, _what in STAFF:
        manager = cast.get("mona") if name in ("rhea", "nora") else None
        cast[name] = people.add_staff(system, email=f"{name}@tidewell.example", name=full, roles=roles, manager=manager)
    return cast


def _client(session: Session, owner: Person) -> str:
    """The account, its workspace, the prospect in it, and their first question; the prospect's address."""
    rhea = Actor(session, owner)
    calder = accounts.open_account(rhea, name="Calder Water", domains=("calder.example",), industry="Water utility")
    petra = Person(email="petra@calder.example", name="Petra Prospect", account_pk=calder.pk, title="Network engineer")
    session.add(petra)
    session.flush()
    room = rooms.open_workspace(rhea, title="Leak detection", accounts=[calder], purpose="Choosing sensors for six stations")
    rooms.join(rhea, room, petra, role="member", account=calder)
    forum = session.query(Forum).filter_by(workspace_pk=room.pk).one()
    asking = Actor(session, petra)
    topic = forums.start_topic(
        asking, forum, title="Can the gateways run on 24 V panels?", body="Six of our stations only have 24 V.", kind="question"
    )
    forums.post_message(rhea, topic, body="No converter needed: the /24 takes 18 to 32 V.")
    return petra.email
