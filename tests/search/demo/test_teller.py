"""The demo's world as its people find it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import wsgi
from portal.accounts.models import Account, ContactRole, Note
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.db import Base
from portal.kernel.events import Event, breaches
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS, OutboxRow
from portal.kernel.policy import allowed
from portal.kernel.settings import Settings, prepared
from portal.kernel.worker import drain
from portal.notices.queries import inbox
from portal.people.models import Person
from search.demo.teller import tell
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.unread import unread
from workspaces.library.models import File, FileVersion
from workspaces.library.policy import May as Library
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.shelf.models import Placement


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The story, told once."""
    made = wsgi.build_house(prepared(Settings(data_dir=tmp_path_factory.mktemp("demo"), secret_key="test" * 10)))
    with made.db.writing() as session:
        Base.metadata.create_all(session.connection())
    made.extras["told"] = tell(made)
    yield made
    made.bus.close()
    made.db.close()


@pytest.fixture
def db(house: House) -> Iterator[Session]:
    with house.db.reading() as session:
        yield session


def named(db: Session, name: str) -> Actor:
    return Actor(db, db.scalars(select(Person).where(Person.name.startswith(name))).one())


def titles(db: Session, actor: Actor) -> set[str]:
    return set(db.scalars(allowed(actor, Rooms.READ_WORKSPACE).with_only_columns(Workspace.title)))


def test_what_is_still_to_be_done_waits_from_now_on(house: House, db: Session):
    """Else whoever looks at the machine takes it for a queue that has stood still for weeks."""
    waits = db.scalars(select(OutboxRow.due_at)).all()
    assert waits
    assert min(waits) > now() - timedelta(hours=1)


def test_it_says_whom_to_sign_in_as(house: House, db: Session):
    told = house.extras["told"]
    assert [who for who, _email in told] == ["a rep", "a new rep", "their manager", "an admin", "a client"]
    for _who, email in told:
        assert db.scalar(select(Person).where(Person.email == email, Person.suspended_at.is_(None))) is not None


def test_it_is_long_enough_to_be_worth_reading_and_all_in_the_past(db: Session):
    assert (db.scalar(select(func.count()).select_from(Post)) or 0) > 150
    assert (db.scalar(select(func.count()).select_from(Account)) or 0) >= 5
    assert db.scalar(select(func.max(Event.at))) < now()
    assert db.scalar(select(Event.pk).where(Event.recorded_at > now())) is None


def test_the_chains_hold(db: Session):
    assert list(breaches(db)) == []


def test_nobody_is_mailed_and_there_is_only_to_read_and_to_index(house: House, db: Session):
    assert set(db.scalars(select(OutboxRow.topic).distinct())) <= {"index", "previews"}
    assert not [path for path in (house.settings.data_dir / "mail").rglob("*") if path.is_file()]


def test_links_in_messages_lead_to_something(db: Session):
    known = {id for of in (Post, Topic, File, Note) for id in db.scalars(select(of.id))}
    linked = [found for body in db.scalars(select(Post.body)) for found in re.findall(r"\]\((/[^)]+)\)", body)]
    assert linked
    for path in linked:
        assert path.rpartition("#p-")[2] in known or path.rpartition("/")[2][:22] in known, path


def test_the_rep_who_left_is_out_and_nora_owns_what_was_hers(db: Session):
    assert named(db, "Rhea").person.gone
    assert titles(db, named(db, "Rhea")) == set()
    nora = named(db, "Nora")
    assert set(db.scalars(allowed(nora, Accounts.READ_ACCOUNT).with_only_columns(Account.name))) == {
        "Calderbrook Water",
        "Halden Brewery",
        "Northmere Water",
    }


def test_a_question_waits_for_nora_and_its_answer_is_written_already(db: Session):
    nora = named(db, "Nora")
    waiting = db.scalars(allowed(nora, Forums.READ_TOPIC).where(Topic.unanswered_since.is_not(None)).order_by(Topic.unanswered_since))
    first = waiting.unique().first()
    assert first is not None
    assert first.author.name == "Petra Raman"
    assert inbox(nora)[0].unread
    promised = db.scalars(allowed(nora, Forums.READ_POST).where(Post.body.contains("the same **€1,240, held until"))).one()
    assert promised.author.name == "Rhea Lindqvist"


def test_the_numbers_can_be_read_in_their_order(db: Session):
    petra = named(db, "Petra")
    asked = allowed(petra, Forums.READ_POST).join(Topic, Topic.pk == Post.topic_pk).where(Topic.title == "Gateways: how many, and when")
    said = " ".join(post.body for post in db.scalars(asked.order_by(Post.pk)))
    order = [said.index(words) for words in ("**100 gateways**", "**50 gateways**, for Easter Moor only", "**125 gateways.", "4500-2291")]
    assert order == sorted(order)


def test_something_is_new_for_petra_and_most_is_read(db: Session):
    for name in ("Petra", "Nora", "Mona"):
        actor = named(db, name)
        readable = db.scalar(allowed(actor, Forums.READ_POST).with_only_columns(func.count())) or 0
        new = db.scalar(select(func.count()).where(unread(actor))) or 0
        assert 0 < new < readable / 4, name


def test_others_find_nothing_of_calderbrook(db: Session):
    assert titles(db, named(db, "Ravi")) == {"Cold store monitoring"}
    assert titles(db, named(db, "Otto")) == {"Cold store monitoring"}
    assert titles(db, named(db, "Paul")) == {"Meter readings for billing"}
    assert titles(db, named(db, "Nils")) == set()
    for name in ("Ravi", "Otto"):
        words = db.scalars(allowed(named(db, name), Forums.READ_POST).with_only_columns(Post.body))
        assert not [body for body in words if "Easter Moor" in body]


def test_it_has_one_of_everything(db: Session):
    assert db.scalar(select(Post.pk).where(Post.hidden_reason != "").limit(1))
    assert db.scalar(select(Post.pk).where(Post.removed_at.is_not(None)).limit(1))
    assert db.scalar(select(Post.pk).where(Post.edited_at.is_not(None)).limit(1))
    assert db.scalar(select(Post.pk).where(Post.team.is_(True)).limit(1))
    assert db.scalar(select(Topic.pk).where(Topic.accepted_post_pk.is_not(None)).limit(1))
    assert db.scalar(select(Topic.pk).where(Topic.pinned_at.is_not(None), Topic.kind == "announcement").limit(1))
    assert db.scalar(select(Topic.pk).where(Topic.locked_at.is_not(None)).limit(1))
    assert db.scalar(select(Workspace.pk).where(Workspace.archived_at.is_not(None)).limit(1))
    assert db.scalar(select(Workspace.pk).where(Workspace.kind == "community").limit(1))
    assert db.scalar(select(ContactRole.pk).where(ContactRole.valid_to.is_not(None)).limit(1))
    assert db.scalar(select(FileVersion.pk).where(FileVersion.number == 3).limit(1))
    assert {invitation.state for invitation in db.scalars(select(Invitation))} >= {"waiting", "accepted", "declined"}


def test_staff_folders_stay_with_staff(db: Session):
    seen = set(db.scalars(allowed(named(db, "Petra"), Library.READ_FILE).with_only_columns(File.name)))
    assert "Quote Q-1042.pdf" in seen
    assert not {name for name in seen if "Margin" in name or "draft" in name}


def test_a_price_list_on_the_shelf_is_with_two_clients(db: Session):
    placed = {each.file.workspace.title: each for each in db.scalars(select(Placement))}
    assert set(placed) == {"Cold store monitoring", "Meter readings for billing"}
    assert placed["Cold store monitoring"].asks
    came = placed["Meter readings for billing"].file.version
    assert (came.number, came.note) == (2, "")
    assert came.by.is_staff
    assert not came.by.gone, "Rhea, who placed it, had left; it is by one of the team"


def test_it_is_read_and_indexed_by_the_worker(house: House):
    for topic in ("previews", "index"):
        while drain(house, CONSUMERS[topic]):
            pass
    with house.db.reading() as session:
        assert session.scalar(select(OutboxRow.pk).where(OutboxRow.done_at.is_(None)).limit(1)) is None
