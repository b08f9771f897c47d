"""Topics moved, merged and split: who sees them then, what goes along, where old links lead, and taking it back."""

import re

import pytest
from sqlalchemy import func, select

from portal.kernel.audiences import Audience
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event, breaches
from portal.kernel.indexing import FINDABLE
from portal.kernel.outbox import OutboxRow
from portal.kernel.policy import allowed, fetch
from portal.notices.actions import tell
from portal.notices.models import Notice
from tests.conftest import agreed, post, seen
from tests.workspaces.forums.test_live import heard, listen  # noqa: F401 - a fixture
from workspaces.forums import actions, queries
from workspaces.forums.models import Following, Forum, Post, Topic, Transfer
from workspaces.forums.policy import May
from workspaces.library import actions as library
from workspaces.library.models import File
from workspaces.library.receiving import take
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


@pytest.fixture
def get(world):
    return lambda actor, model, name: actor.session.get_one(model, world.pks[name])


@pytest.fixture
def room(world):
    return f"/w/{world.ids['room']}"


@pytest.fixture
def twin(acting, world):
    """A second topic of Petra's in the same forum, with a team note, that nobody else has opened."""
    with acting("petra") as petra:
        topic = actions.start_topic(petra, petra.session.get_one(Forum, world.pks["general"]), title="24 V again", body="Asked twice.")
        world.keep("twin", topic)
    with acting("rhea") as rhea:
        note = actions.post_message(rhea, rhea.session.get_one(Topic, topic.pk), body="She asked before.", team=True)
        world.keep("twin_note", note)
    return topic


@pytest.fixture
def secret(acting, world):
    """A topic in the group's forum, of which only Petra, among the clients, knows."""
    with acting("petra") as petra:
        world.keep(
            "secret", actions.start_topic(petra, petra.session.get_one(Forum, world.pks["inner"]), title="Budget", body="Forty thousand.")
        )


def numbers(actor, topic):
    found = select(Post.audience_pk, Post.seq).where(Post.topic_pk == topic.pk).order_by(Post.pk)
    return [tuple(row) for row in actor.session.execute(found)]


def news(actor, world):
    return actor.session.scalar(select(queries.unread_posts(actor, actor.session.get_one(Workspace, world.pks["room"]))))


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_two_topics_become_one(acting, get, world, twin):
    with acting("mark") as mark:
        topic, into = get(mark, Topic, "twin"), get(mark, Topic, "topic")
        actions.merge_topic(mark, topic, into=into)
    with acting("rhea") as rhea:
        topic, into, general = get(rhea, Topic, "twin"), get(rhea, Topic, "topic"), get(rhea, Forum, "general")
        shared, team = general.open_audience_pk, general.team_audience_pk
        assert numbers(rhea, into) == [(shared, 1), (shared, 2), (team, 1), (shared, 3), (team, 2)]
        assert (into.post_count, topic.post_count) == (3, 0)
        assert list(breaches(rhea.session)) == []
        event = rhea.session.scalars(select(Event).where(Event.kind == "topic.merged")).one()
        assert set(FINDABLE["post"].affected(rhea.session, event)) == set(
            rhea.session.scalars(select(Post.id).where(Post.topic_pk == into.pk))
        )
        assert queries.notices(rhea, into)[0].said == "Mark Moderator merged “24 V again” into this, 1 message"
    with acting("petra") as petra:
        assert world.ids["twin_note"] not in set(petra.session.scalars(allowed(petra, May.READ_POST).with_only_columns(Post.id)))
        with pytest.raises(NotFound):
            fetch(petra, May.READ_TOPIC, world.ids["twin"])


def test_what_people_have_read_is_never_more_than_it_was(acting, get, world, twin):
    with acting("rolf") as rolf:
        actions.mark_read(rolf, get(rolf, Topic, "topic"))
        assert news(rolf, world) == 1
    with acting("petra") as petra:
        actions.mark_read(petra, get(petra, Topic, "topic"))
        assert news(petra, world) == 0
    with acting("rhea") as rhea:
        actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=get(rhea, Topic, "topic"))
    with acting("rolf") as rolf:
        assert news(rolf, world) == 1
    with acting("petra") as petra:
        assert news(petra, world) == 0
    with acting("rhea") as rhea:
        actions.split_topic(rhea, get(rhea, Topic, "topic"), title="Again", posts=[get(rhea, Post, "post")])
    with acting("rolf") as rolf:
        assert news(rolf, world) == 1
    with acting("petra") as petra:
        assert news(petra, world) == 0


def test_followers_drafts_and_inboxes_go_along(acting, get, world, twin, house):
    with acting("petra") as petra:
        actions.keep_draft(petra, place=f"topic:{world.ids['twin']}", body="Half a tho")
    with acting("rolf") as rolf:
        actions.follow_topic(rolf, get(rolf, Topic, "twin"), how="follow")
    with acting("mark") as mark:
        actions.follow_topic(mark, get(mark, Topic, "twin"), how="follow")
        actions.follow_topic(mark, get(mark, Topic, "topic"), how="mute")
    with acting("rhea") as rhea:
        written = actions.post_message(rhea, get(rhea, Topic, "twin"), body="Look at the other.")
        event = rhea.session.scalars(select(Event).where(Event.kind == "post.created", Event.subject_id == written.id)).one()
        tell(rhea.session, event, {world.pks["petra"]: "reply"}, thing=f"topic:{world.ids['twin']}", mail="talk")
    with acting("rhea") as rhea:
        actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=get(rhea, Topic, "topic"))
        into = f"topic:{world.ids['topic']}"
        assert rhea.session.scalars(select(Notice.thing)).all() == [into]
        keys = set(rhea.session.scalars(select(OutboxRow.key).where(OutboxRow.topic == "mail")))
        assert f"talk:{world.pks['petra']}:{into}" in keys  # the letter tells of it under its new name
        follow = dict(
            rhea.session.execute(select(Following.person_pk, Following.muted).where(Following.topic_pk == world.pks["topic"])).all()
        )
        assert follow[world.pks["rolf"]] is False
        assert follow[world.pks["mark"]] is True  # who muted it hears no more than before
    with acting("petra") as petra:
        assert queries.bearings(petra, get(petra, Topic, "topic"), False).draft.body == "Half a tho"


def test_some_messages_become_a_topic_of_their_own(acting, get, world, house):
    with acting("petra") as petra:
        actions.accept_answer(petra, get(petra, Topic, "topic"), post=get(petra, Post, "post"))
        asked = actions.post_message(petra, get(petra, Topic, "topic"), body="And the price?", reply_to=get(petra, Post, "post"))
        world.keep("asked", asked)
    with acting("rhea") as rhea:
        received = take(house.storage, "sheet.txt", [b"24 V"], 1000)
        world.keep("sheet", library.attach_files(rhea, get(rhea, Post, "post"), received=[received])[0])
    with acting("mark") as mark:
        topic = get(mark, Topic, "topic")
        made, _transfer = actions.split_topic(mark, topic, title="The panels", posts=[get(mark, Post, "post")])
        world.keep("made", made)
    with acting("rhea") as rhea:
        topic, made = get(rhea, Topic, "topic"), get(rhea, Topic, "made")
        first = get(rhea, Post, "post")
        assert (first.topic_pk, first.seq, first.opens) == (made.pk, 1, True)
        assert (made.kind, made.accepted_post_pk, topic.accepted_post_pk) == ("question", first.pk, None)
        assert (made.author_pk, made.created_at, made.account_pk) == (first.author_pk, first.created_at, first.account_pk)
        assert (topic.post_count, made.post_count) == (2, 1)
        assert get(rhea, File, "sheet").audience_pk == first.audience_pk
        assert not get(rhea, Post, "asked").answers_here  # what it answers may be for others one day
        assert [note.said for note in queries.notices(rhea, topic)] == ["Mark Moderator moved 1 message to"]
        assert [note.title for note in queries.notices(rhea, made)] == [topic.title]


def test_what_cannot_be_split_says_why(acting, get, world):
    with acting("rhea") as rhea:
        topic = get(rhea, Topic, "topic")
        everything = [each for each in queries.splittable(rhea, topic) if not each.team]
        assert len(everything) == 2
        for posts in ([], [get(rhea, Post, "team_note")], everything):
            with pytest.raises(Invalid):
                actions.split_topic(rhea, topic, title="Another", posts=posts)
        with pytest.raises(Invalid):
            actions.merge_topic(rhea, topic, into=topic)
        with pytest.raises(Invalid):
            actions.merge_topic(rhea, topic, into=get(rhea, Topic, "side_topic"))
        actions.split_topic(rhea, topic, title="Another", posts=[get(rhea, Post, "post")])
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.merge_topic(petra, get(petra, Topic, "topic"), into=get(petra, Topic, "topic"))


@pytest.mark.parametrize("kind", ["moved", "merged", "split"])
def test_each_can_be_taken_back(acting, get, world, twin, kind):
    def state(actor):
        topics = select(Topic.pk, Topic.audience_pk, Topic.post_count, Topic.removed_at, Topic.merged_into_pk)
        posts = select(Post.pk, Post.topic_pk, Post.audience_pk, Post.seq).where(Post.removed_at.is_(None))
        events = select(Event.subject_id, Event.audience_pk).where(Event.kind.in_(("topic.created", "post.created"))).order_by(Event.pk)
        standing = topics.where(Topic.removed_at.is_(None)).order_by(Topic.pk)
        return [actor.session.execute(each).all() for each in (standing, posts.order_by(Post.pk), events)]

    with acting("rhea") as rhea:
        before = state(rhea)
        topic = get(rhea, Topic, "topic")
        if kind == "moved":
            actions.move_topic(rhea, topic, forum=get(rhea, Forum, "backstage"))
        elif kind == "merged":
            actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=topic)
        else:
            actions.split_topic(rhea, topic, title="Another", posts=[get(rhea, Post, "post")])
        assert state(rhea) != before
    with acting("rhea") as rhea:
        transfer = rhea.session.scalars(select(Transfer)).one()
        actions.undo_transfer(rhea, transfer)
        after = state(rhea)
        assert after[:2] == before[:2]
        assert after[2][: len(before[2])] == before[2]
        assert queries.notices(rhea, get(rhea, Topic, "topic")) == []
        assert list(breaches(rhea.session)) == []
        with pytest.raises(NotFound):
            actions.undo_transfer(rhea, transfer)


def test_what_was_written_for_some_is_not_taken_back_to_others(acting, get, world):
    with acting("rhea") as rhea:
        transfer = actions.move_topic(rhea, get(rhea, Topic, "topic"), forum=get(rhea, Forum, "backstage"))
    with acting("rhea") as rhea:
        actions.post_message(rhea, get(rhea, Topic, "topic"), body="They pay anything.")
    with acting("rhea") as rhea, pytest.raises(Invalid, match="since"):
        actions.undo_transfer(rhea, rhea.session.get_one(Transfer, transfer.pk))
    with acting("petra") as petra, pytest.raises(NotFound):
        fetch(petra, May.READ_TOPIC, world.ids["topic"])


def test_a_chain_of_merges_leads_to_its_end_and_comes_apart_again(acting, get, world, twin):
    with acting("rhea") as rhea:
        third = actions.start_topic(rhea, get(rhea, Forum, "general"), title="Third", body="Words")
        world.keep("third", third)
        first = actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=get(rhea, Topic, "topic"))
        second = actions.merge_topic(rhea, get(rhea, Topic, "topic"), into=third)
        assert get(rhea, Topic, "twin").merged_into_pk == third.pk
        with pytest.raises(NotFound):
            actions.undo_transfer(rhea, first)
        actions.move_topic(rhea, third, forum=get(rhea, Forum, "inner"))
        assert get(rhea, Topic, "twin").audience_pk == get(rhea, Forum, "inner").open_audience_pk
        actions.undo_transfer(rhea, second)
        assert get(rhea, Topic, "twin").merged_into_pk == world.pks["topic"]
        assert get(rhea, Topic, "twin").audience_pk == get(rhea, Forum, "general").open_audience_pk
        actions.undo_transfer(rhea, first)
        assert get(rhea, Topic, "twin").merged_into_pk is None


def test_in_a_community_each_message_stays_with_its_company(acting, get, world):
    with acting("rhea") as rhea:
        from portal.accounts.models import Account
        from portal.people.models import Person

        both = [rhea.session.get_one(Account, world.pks[key]) for key in ("calder", "otway")]
        system = type(rhea)(rhea.session, system=True)
        circle = rooms.open_workspace(system, title="Circle", accounts=both, community=True)
        world.keep("circle", circle)
        rooms.join(system, circle, rhea.person, role="owner", account=None)
        for who, account in (("petra", both[0]), ("otto", both[1])):
            rooms.join(system, circle, rhea.session.get_one(Person, world.pks[who]), role="member", account=account)
        world.keep("circle_forum", rhea.session.query(Forum).filter_by(workspace_pk=circle.pk).one())
    for who in ("petra", "otto"):
        with acting(who) as actor:
            world.keep(f"{who}_circle", actions.start_topic(actor, get(actor, Forum, "circle_forum"), title=f"Of {who}", body="Words"))
    with acting("rhea") as rhea:
        actions.post_message(rhea, get(rhea, Topic, "otto_circle"), body="An answer to Otto")
        actions.merge_topic(rhea, get(rhea, Topic, "otto_circle"), into=get(rhea, Topic, "petra_circle"))
        posts = rhea.session.scalars(select(Post).where(Post.topic_pk == world.pks["petra_circle"]).order_by(Post.pk))
        assert [each.account_pk for each in posts] == [world.pks["calder"], world.pks["otway"], world.pks["otway"]]


# --- Through the door -----------------------------------------------------------------------------------------------------


def test_who_gains_and_who_loses_is_seen_first(door, world, room, secret):
    here = f"{room}/discussions/{world.ids['secret']}"
    shown = door("rhea").get(f"{here}/move?forum={world.ids['general']}")
    assert "2 people will see all of it who do not now" in text_of(shown)
    assert "Calder Water : Mark Moderator, Rolf Reader" in text_of(shown)
    fields = {"forum": world.ids["general"]}
    assert post(door("rhea"), f"{here}/move", **fields).status_code == 422
    assert post(door("rhea"), f"{here}/move", **fields, seen="0" * 16).status_code == 422
    assert door("rolf").get(here).status_code == 404
    assert agreed(door("rhea"), f"{here}/move", **fields).status_code == 303
    assert door("rolf").get(here).status_code == 200
    told = text_of(door("rhea").get(f"{here}/move?forum={world.ids['backstage']}"))
    assert "3 people will no longer see any of it" in told
    told = door("rhea").get(f"/api/v1/topics/{world.ids['secret']}/sight?forum={world.ids['backstage']}").get_json()
    assert [who["name"] for who in told["loses"]] == ["Mark Moderator", "Petra Prospect", "Rolf Reader"]
    assert (told["gains"], told["posts"], told["files"]) == ([], 1, 0)
    assert door("petra").get(f"/api/v1/topics/{world.ids['secret']}/sight?forum={world.ids['inner']}").status_code == 403


def test_a_moderator_of_the_client_moves_only_where_he_reads(door, world, room):
    here = f"{room}/discussions/{world.ids['topic']}"
    for forum in ("inner", "backstage", "side_forum"):
        known = seen(door("rhea"), f"{here}/move", forum=world.ids[forum])
        assert post(door("mark"), f"{here}/move", forum=world.ids[forum], seen=known).status_code == 422
        assert "Backstage" not in text_of(door("mark").get(f"{here}/move"))
    assert post(door("petra"), f"{here}/move", forum=world.ids["inner"]).status_code == 403
    assert door("petra").get(here).status_code == 200


def test_old_addresses_lead_on(door, acting, get, world, room, twin):
    old, new = f"{room}/discussions/{world.ids['twin']}", f"{room}/discussions/{world.ids['topic']}"
    assert post(door("rhea"), f"{old}/merge", into=world.ids["topic"]).status_code == 422  # not seen yet
    assert agreed(door("rhea"), f"{old}/merge", into=world.ids["topic"]).status_code == 303
    for who in ("petra", "rolf"):
        led = door(who).get(old)
        assert led.status_code == 302
        assert world.ids["topic"] in led.headers["Location"]
        assert door(who).get(f"/api/v1/topics/{world.ids['twin']}").get_json()["id"] == world.ids["topic"]
        items = door(who).get(f"/api/v1/topics/{world.ids['twin']}/posts").get_json()["items"]
        assert [item["body"] for item in items][-1] == "Asked twice."
        assert "merged “24 V again” into" in text_of(door(who).get(f"{room}/discussions"))
    for who in ("otto", "nils", "ravi"):
        assert door(who).get(old).status_code == 404
    # What was begun on the old page is not sent to others, and not lost.
    sent = post(door("petra"), f"{old}/posts", body="My answer")
    assert sent.status_code == 422
    assert "My answer" in sent.get_data(as_text=True)
    assert agreed(door("rhea"), f"{new}/move", forum=world.ids["backstage"]).status_code == 303
    for who in ("petra", "rolf"):
        assert door(who).get(old).status_code == 404
        assert "24 V again" not in text_of(door(who).get(f"{room}/discussions?forum={world.ids['general']}"))
    assert "moved" in text_of(door("rhea").get(f"{room}/discussions?forum={world.ids['general']}"))


def test_a_removed_target_is_named_to_nobody(door, world, room, twin):
    old, new = f"{room}/discussions/{world.ids['twin']}", f"{room}/discussions/{world.ids['topic']}"
    assert agreed(door("rhea"), f"{old}/merge", into=world.ids["topic"]).status_code == 303
    assert door("petra").get(old).status_code == 302
    assert post(door("rhea"), f"{new}/remove").status_code == 303
    assert door("petra").get(old).status_code == 404
    assert post(door("rhea"), f"{old}/restore").status_code == 404  # it would come back empty


def test_a_message_is_found_wherever_it_went(door, acting, get, world, room):
    old = f"{room}/discussions/{world.ids['topic']}"
    split = post(door("rhea"), f"{old}/split", title="The panels", posts=world.ids["post"])
    assert split.status_code == 303
    for address in (f"{old}?post={world.ids['post']}", f"{room}/posts/{world.ids['post']}"):
        led = door("petra").get(address)
        assert led.status_code == 302
        assert "the-panels" in led.headers["Location"]
        assert led.headers["Location"].endswith(f"#p-{world.ids['post']}")
        assert door("otto").get(address).status_code == 404
    assert door("petra").get(f"{room}/posts/{world.ids['team_note']}").status_code == 404
    page = text_of(door("petra").get(old))
    assert "Rhea Rep moved 1 message to The panels" in page
    assert 'form="undo"' not in door("petra").get(old).text  # what waits without a connection has words of the same sound
    assert 'form="undo"' in door("mark").get(old).text
    assert post(door("mark"), f"{old}/split", title="Notes", posts=world.ids["team_note"]).status_code == 422


def test_the_name_of_a_forum_stays_with_those_who_see_it(door, world, room):
    here = f"{room}/discussions/{world.ids['topic']}"
    assert agreed(door("rhea"), f"{here}/move", forum=world.ids["backstage"]).status_code == 303
    assert agreed(door("rhea"), f"{here}/move", forum=world.ids["general"]).status_code == 303
    assert "moved this here from Backstage" in text_of(door("rhea").get(here))
    for who in ("petra", "mark"):
        page = text_of(door(who).get(here))
        assert "Rhea Rep moved this here" in page
        assert "Backstage" not in page


def test_taking_back_by_the_notice(door, world, room, twin):
    old = f"{room}/discussions/{world.ids['twin']}"
    assert agreed(door("mark"), f"{old}/merge", into=world.ids["topic"]).status_code == 303
    page = door("mark").get(f"{room}/discussions/{world.ids['topic']}").get_data(as_text=True)
    undo = re.search(r'formaction="([^"]+/transfers/[^"]+)"', page)[1]
    for who in ("petra", "rolf", "otto"):
        assert post(door(who), undo).status_code == 404
    assert post(door("mark"), undo).status_code == 303
    assert door("petra").get(old).status_code == 200
    assert post(door("mark"), undo).status_code == 404


def test_what_was_written_for_some_is_not_sent_to_more(door, world, room, secret):
    here = f"{room}/discussions/{world.ids['secret']}"
    page = door("petra").get(here).get_data(as_text=True)
    forum = re.search(r'name="forum" value="(\w+)"', page)[1]
    assert forum == world.ids["inner"]
    assert post(door("petra"), f"{here}/posts", body="Between us", forum=forum).status_code == 303
    assert agreed(door("rhea"), f"{here}/move", forum=world.ids["general"]).status_code == 303
    refused = post(door("petra"), f"{here}/posts", body="Our limit is fifty", forum=forum)
    assert refused.status_code == 422
    assert "This is in “General” now" in text_of(refused)
    assert "Our limit is fifty" in refused.get_data(as_text=True)
    assert "Our limit is fifty" not in door("rolf").get(here).get_data(as_text=True)
    assert post(door("petra"), f"{here}/posts", body="For all", forum=world.ids["general"]).status_code == 303


def test_open_pages_hear_where_it_went(listen, acting, get, world, twin):  # noqa: F811
    sockets = {name: listen(name, topic=world.ids["twin"]) for name in ("petra", "rolf", "mona")}
    with acting("rhea") as rhea:
        actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=get(rhea, Topic, "topic"))
    for socket in sockets.values():
        ((name, told),) = heard(socket)
        assert (name, told["id"], told["was"]) == ("topic.moved", world.ids["topic"], world.ids["twin"])
    sockets = {name: listen(name, topic=world.ids["topic"]) for name in ("petra", "rolf")}
    with acting("rhea") as rhea:
        actions.move_topic(rhea, get(rhea, Topic, "topic"), forum=get(rhea, Forum, "inner"))
    ((name, told),) = heard(sockets["petra"])
    assert (name, told["forum"]) == ("topic.moved", world.ids["inner"])
    assert heard(sockets["rolf"]) == []
    assert sockets["petra"].emit("watch", {"topic": world.ids["topic"]}, callback=True)["ok"]
    with acting("rhea") as rhea:
        actions.post_message(rhea, get(rhea, Topic, "topic"), body="For the group")
    assert [name for name, _told in heard(sockets["petra"])] == ["post.created"]
    assert heard(sockets["rolf"]) == []


def test_numbers_have_no_gaps_anywhere(acting, get, world, twin):
    with acting("rhea") as rhea:
        actions.split_topic(rhea, get(rhea, Topic, "topic"), title="Another", posts=[get(rhea, Post, "post"), get(rhea, Post, "team_note")])
        actions.merge_topic(rhea, get(rhea, Topic, "twin"), into=get(rhea, Topic, "topic"))
        each = select(func.count(), func.max(Post.seq), func.min(Post.seq)).group_by(Post.topic_pk, Post.audience_pk)
        assert all(count == last and first == 1 for count, last, first in rhea.session.execute(each))
        assert rhea.session.scalar(select(func.count()).select_from(Audience)) > 2
