"""First messages wait: what is held, who sees it, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kernel.actor import the_system
from portal.kernel.clock import now
from portal.kernel.erasing import Entry
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.policy import fetch, may
from portal.people.models import Person
from workspaces.forums import actions as forums
from workspaces.forums.actions.reading import keep_draft
from workspaces.forums.holding import HOLD
from workspaces.forums.models import Draft, Forum, Post, ReadMark, Topic
from workspaces.library.models import File, Scan
from workspaces.library.receiving import Received
from workspaces.moderation import actions, queries
from workspaces.moderation.erasing import erase_held
from workspaces.moderation.models import Held
from workspaces.moderation.policy import May
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@pytest.fixture
def strict(acting, world):
    """The room has first messages wait, and Rolf, who wrote nothing there so far, takes part."""
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.change_workspace(rhea, room, holds_first=True)
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["rolf"]), role="member")
    return world


def topic_of(actor, world):
    return actor.session.get_one(Topic, world.pks["topic"])


def held_by_rolf(acting, world, **more):
    with acting("rolf") as rolf:
        return actions.hold_message(rolf, topic_of(rolf, world), **{"body": "Is 24 V enough?", **more}).pk


def decide(acting, pk, who="rhea", *, approve=True, reason="", version=1):
    with acting(who) as actor:
        held = actor.session.get_one(Held, pk)
        actions.decide_held(actor, held, approve=approve, reason=reason, version=version)
        return held.post_pk


def test_only_first_messages_of_clients_wait_and_only_where_it_is_wished(acting, strict):
    def due(name, key="room"):
        with acting(name) as actor:
            return HOLD.due(actor, actor.session.get_one(Workspace, strict.pks[key]))

    assert due("rolf")
    assert not due("rhea")  # staff
    assert not due("mark")  # moderates
    assert not due("petra")  # what she wrote stands there
    assert not due("paul", "side")  # another room
    with acting("rhea") as rhea:
        rooms.change_workspace(rhea, rhea.session.get_one(Workspace, strict.pks["room"]), holds_first=False)
    assert not due("rolf")


def test_nothing_is_written_past_the_hold(acting, strict):
    with acting("rolf") as rolf:
        general = rolf.session.get_one(Forum, strict.pks["general"])
        with pytest.raises(Invalid):
            forums.post_message(rolf, topic_of(rolf, strict), body="Past it.")
        with pytest.raises(Invalid):
            forums.start_topic(rolf, general, title="Past it", body="Past it.")


def test_what_waits_is_nothing_yet(acting, strict, house):
    def world_of():
        with house.db.reading() as session:
            topic = session.get_one(Topic, strict.pks["topic"])
            counts = [session.scalar(select(func.count()).select_from(model)) for model in (Post, Topic, File, ReadMark)]
            trail = session.scalar(select(func.count(Event.pk)).where(Event.account_pk.is_not(None)))
            return [*counts, trail, topic.post_count, topic.last_post_at, topic.unanswered_since]

    before = world_of()
    held_by_rolf(acting, strict, received=[Received("a.txt", "0" * 64, 3, "text/plain")])
    assert world_of() == before
    with house.db.reading() as session:
        events = session.scalars(select(Event).where(Event.kind == "message.held")).all()
        assert [(event.account_pk, "24 V" in str(event.facts)) for event in events] == [(None, False)]


def test_its_author_and_moderators_of_its_place_see_it(acting, strict):
    pk = held_by_rolf(acting, strict)
    for name, sees in {"rolf": True, "rhea": True, "mark": True, "petra": False, "paul": False, "otto": False, "mona": False}.items():
        with acting(name) as actor:
            assert may(actor, May.READ_HELD, actor.session.get_one(Held, pk)) is sees, name
    with acting("mark") as mark:
        assert [held.body for held in queries.held_waiting(mark)] == ["Is 24 V enough?"]
        assert queries.count_waiting(mark) == 1
    with acting("petra") as petra:
        assert queries.count_waiting(petra) == 0


def test_of_a_place_that_a_moderator_does_not_see_nothing_waits_for_them(acting, strict):
    with acting("petra") as petra:  # Mark is not of the group
        actions.hold_topic(petra, petra.session.get_one(Forum, strict.pks["inner"]), title="Terms", body="60 days?")
    with acting("mark") as mark:
        assert queries.held_waiting(mark) == []
    with acting("rhea") as rhea:
        assert [held.title for held in queries.held_waiting(rhea)] == ["Terms"]


def test_let_through_it_is_an_ordinary_message_of_its_author(acting, strict):
    first, second = held_by_rolf(acting, strict), held_by_rolf(acting, strict, body="And 48?")
    post = decide(acting, first, "mark")
    with acting("petra") as petra:
        made = petra.session.get_one(Post, post)
        assert (made.body, made.author.name, made.created_at > petra.session.get_one(Held, first).created_at) == (
            "Is 24 V enough?",
            "Rolf Reader",
            True,
        )
        written = petra.session.scalars(select(Event).where(Event.subject_id == made.id, Event.kind == "post.created")).one()
        assert written.actor_pk == made.author_pk
        assert written.account_pk is not None
    with acting("rolf") as rolf:
        assert forums.post_message(rolf, topic_of(rolf, strict), body="Thank you.").pk  # from now on they do not wait
    with acting("rhea") as rhea:
        assert [held.pk for held in queries.held_waiting(rhea)] == [second]  # what waited before is decided on its own
    with pytest.raises(Invalid, match="decided this already"):
        decide(acting, first)


def test_a_first_discussion_waits_with_its_title_kind_and_tags(acting, strict):
    with acting("rolf") as rolf:
        general = rolf.session.get_one(Forum, strict.pks["general"])
        held = actions.hold_topic(rolf, general, title="Panels", body="Which?", kind="question", tags=("power",))
        pk = held.pk
        with pytest.raises(Invalid):
            actions.hold_topic(rolf, general, title="Hear", body="Hear.", kind="announcement")
    post = decide(acting, pk)
    with acting("petra") as petra:
        topic = petra.session.get_one(Post, post).topic
        assert (topic.title, topic.kind, topic.tags, topic.author.name) == ("Panels", "question", ["power"], "Rolf Reader")


def test_files_wait_with_it_and_go_out_with_it(acting, strict, house):
    stored = house.storage.put([b"PNG"], 10)
    pk = held_by_rolf(acting, strict, received=[Received("a.png", stored.sha256, stored.size, "image/png")])
    with acting("petra") as petra:
        assert petra.session.scalar(select(func.count()).select_from(File).where(File.name == "a.png")) == 0
    post = decide(acting, pk)
    with acting("petra") as petra:
        file = petra.session.scalars(select(File).where(File.post_pk == post)).one()
        assert (file.name, file.id) == ("a.png", petra.session.get_one(Held, pk).files[0].id)


def test_what_the_scanner_found_elsewhere_is_handed_to_no_moderator(acting, strict, house, door):
    stored = house.storage.put([b"harm"], 10)
    pk = held_by_rolf(acting, strict, received=[Received("a.txt", stored.sha256, stored.size, "text/plain")])
    with acting("rhea") as rhea:
        id = rhea.session.get_one(Held, pk).files[0].id
    addresses = f"/held/files/{id}", f"/api/v1/held/files/{id}/content"
    for address in addresses:
        with door("rhea").get(address) as had:
            assert had.data == b"harm"
    with house.db.writing() as session:
        session.add(Scan(sha256=stored.sha256, threat="Eicar"))
    assert [door("rhea").get(address).status_code for address in addresses] == [403, 403]


def test_refused_it_never_was_and_its_author_reads_why(acting, strict):
    pk = held_by_rolf(acting, strict)
    with pytest.raises(Invalid, match="Write why"):
        decide(acting, pk, approve=False)
    assert decide(acting, pk, approve=False, reason="Please ask in the other room.") is None
    with acting("rolf") as rolf:
        held = rolf.session.get_one(Held, pk)
        assert (held.outcome, held.reason) == ("refused", "Please ask in the other room.")
        assert HOLD.due(rolf, held.workspace)
        with pytest.raises(Forbidden):
            actions.withdraw_held(rolf, held)


def test_only_moderators_decide(acting, strict):
    pk = held_by_rolf(acting, strict)
    with pytest.raises(Forbidden):
        decide(acting, pk, "rolf")
    with pytest.raises(NotFound):
        decide(acting, pk, "petra")
    assert decide(acting, pk, "rhea")


def test_what_was_not_read_is_not_let_through(acting, strict):
    pk = held_by_rolf(acting, strict)
    with acting("rolf") as rolf:
        actions.change_held(rolf, rolf.session.get_one(Held, pk), body="Buy from Otway.")
    with pytest.raises(Invalid, match="changed this meanwhile"):
        decide(acting, pk, version=1)
    assert decide(acting, pk, version=2)


def test_withdrawn_it_waits_for_nobody(acting, strict):
    pk = held_by_rolf(acting, strict)
    with acting("rolf") as rolf:
        held = rolf.session.get_one(Held, pk)
        assert [each.pk for each in queries.mine_in(rolf, held.workspace, held.topic)] == [pk]
        actions.withdraw_held(rolf, held)
        assert queries.mine_in(rolf, held.workspace, held.topic) == []
    with acting("rhea") as rhea:
        assert queries.count_waiting(rhea) == 0
    with pytest.raises(Invalid, match="withdrawn"):
        decide(acting, pk)


def test_undone_it_waits_again(acting, strict):
    pk = held_by_rolf(acting, strict)
    post = decide(acting, pk)
    with acting("mark") as mark:
        actions.undo_held(mark, mark.session.get_one(Held, pk))
    with acting("rolf") as rolf:
        assert rolf.session.get_one(Post, post).removed_at is not None
        assert HOLD.due(rolf, topic_of(rolf, strict).workspace)
    again = decide(acting, pk)
    assert again != post
    with acting("rolf") as rolf, pytest.raises(Forbidden):
        actions.undo_held(rolf, rolf.session.get_one(Held, pk))


def test_a_first_discussion_is_undone_with_its_only_message_and_not_with_others(acting, strict):
    def started(answered):
        with acting("petra") as petra:
            general = petra.session.get_one(Forum, strict.pks["general"])
            pk = actions.hold_topic(petra, general, title="Panels", body="Which?").pk
        post = decide(acting, pk)
        with acting("rhea") as rhea:
            topic = rhea.session.get_one(Post, post).topic
            if answered:
                forums.post_message(rhea, topic, body="The small ones.")
            actions.undo_held(rhea, rhea.session.get_one(Held, pk))
            return topic.removed_at is not None, rhea.session.get_one(Post, post).removed_at is not None

    assert started(answered=False) == (True, False)
    assert started(answered=True) == (False, True)


def test_what_its_author_began_and_did_not_read_meanwhile_stays_so(acting, strict):
    pk = held_by_rolf(acting, strict)
    with acting("rolf") as rolf:
        keep_draft(rolf, place=f"topic:{strict.ids['topic']}", body="Another thing")
    decide(acting, pk)
    with acting("rolf") as rolf:
        assert [draft.body for draft in rolf.session.scalars(select(Draft).where(Draft.person_pk == rolf.pk))] == ["Another thing"]
        assert rolf.session.scalars(select(ReadMark.seq).where(ReadMark.person_pk == rolf.pk)).all() == []


@pytest.mark.parametrize("meanwhile", ["closed", "removed", "paused", "reads"])
def test_where_its_author_could_not_write_it_now_it_is_not_let_through(acting, strict, meanwhile):
    pk = held_by_rolf(acting, strict)
    with acting("rhea") as rhea:
        room, rolf = rhea.session.get_one(Workspace, strict.pks["room"]), rhea.session.get_one(Person, strict.pks["rolf"])
        if meanwhile == "closed":
            forums.lock_topic(rhea, topic_of(rhea, strict))
        if meanwhile == "removed":
            rooms.remove_member(rhea, room, person=rolf)
        if meanwhile == "reads":
            rooms.change_role(rhea, room, person=rolf, role="reader")
        if meanwhile == "paused":
            rooms.pause_person(rhea, room, person=rolf, until=(now() + timedelta(days=7)).date(), reason="Calm down.")
    with pytest.raises(Invalid, match="closed meanwhile" if meanwhile == "closed" else "cannot write there"):
        decide(acting, pk)
    assert decide(acting, pk, approve=False, reason="Too late.") is None


def test_in_an_archive_it_waits_until_that_is_open_again(acting, strict):
    pk = held_by_rolf(acting, strict)
    with acting("rhea") as rhea:
        rooms.archive_workspace(rhea, rhea.session.get_one(Workspace, strict.pks["room"]))
    with acting("rhea") as rhea:
        assert queries.held_waiting(rhea) == []
    with acting("rolf") as rolf, pytest.raises(Forbidden):
        fetch(rolf, May.CHANGE_HELD, rolf.session.get_one(Held, pk).id)
    with acting("rhea") as rhea:
        rooms.restore_workspace(rhea, rhea.session.get_one(Workspace, strict.pks["room"]))
        assert may(rhea, Rooms.MODERATE, rhea.session.get_one(Workspace, strict.pks["room"]))
    assert decide(acting, pk)


def test_it_follows_a_discussion_that_was_merged(acting, strict):
    pk = held_by_rolf(acting, strict)
    with acting("rhea") as rhea:
        into = forums.start_topic(rhea, rhea.session.get_one(Forum, strict.pks["general"]), title="All of power", body="Here.")
        forums.merge_topic(rhea, topic_of(rhea, strict), into=into)
        into_pk = into.pk
    post = decide(acting, pk)
    with acting("petra") as petra:
        assert petra.session.get_one(Post, post).topic_pk == into_pk


def test_of_who_is_erased_no_words_wait(acting, strict, house):
    pk = held_by_rolf(acting, strict, received=[Received("a.txt", "0" * 64, 3, "text/plain")])
    through = held_by_rolf(acting, strict, body="Let through.")
    post = decide(acting, through)
    with house.db.writing() as session:
        assert erase_held(the_system(session), Entry("person", strict.ids["rolf"]))
    with house.db.reading() as session:
        held = session.get_one(Held, pk)
        assert (held.body, held.html, held.outcome, held.files, held.workspace.held_count) == ("", "", "withdrawn", [], 0)
        assert session.get_one(Post, post).body == "Let through."  # a message like any other by now
