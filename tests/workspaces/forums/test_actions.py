"""What is done in forums, where the cases are many."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kernel.audiences import people_in
from portal.kernel.clock import now, standing_at
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event, breaches, digest
from portal.kernel.policy import allowed, fetch, may
from portal.kernel.sources import SOURCES, cite
from workspaces.forums import actions, queries
from workspaces.forums.models import Following, Forum, Mention, Post, PostRevision, ReadMark, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace


@pytest.fixture
def get(world):
    """`get(actor, Topic, "topic")`: a row of the world in the actor's session."""
    return lambda actor, model, name: actor.session.get_one(model, world.pks[name])


def news(actor, room):
    return actor.session.scalar(select(queries.unread_posts(actor, room)))


def test_counts_are_of_what_is_shared_and_stands(acting, get):
    with acting("petra") as petra:
        topic = get(petra, Topic, "topic")
        post = actions.post_message(petra, topic, body="Thanks")
        assert (topic.post_count, topic.last_author_pk) == (3, petra.pk)
        assert topic.unanswered_since == post.created_at
    with acting("rhea") as rhea:
        topic = get(rhea, Topic, "topic")
        before = topic.last_post_at
        actions.post_message(rhea, topic, body="For us", team=True)
        assert (topic.post_count, topic.last_post_at) == (3, before)
        assert topic.unanswered_since is not None
        answer = actions.post_message(rhea, topic, body="Gladly")
        assert (topic.post_count, topic.unanswered_since) == (4, None)
        actions.remove_post(rhea, answer)
        assert (topic.post_count, topic.last_post_at) == (3, before)
        assert topic.unanswered_since == before
        actions.restore_post(rhea, answer)
        assert topic.post_count == 4


def test_unread_is_exact_for_each_reader(acting, get, world):
    with acting("mona") as mona:  # of the account's team by Rhea; has opened nothing
        assert news(mona, get(mona, Workspace, "room")) == 4  # both of the topic, its team note, and the one backstage
    with acting("rolf") as rolf:
        room, topic = get(rolf, Workspace, "room"), get(rolf, Topic, "topic")
        assert news(rolf, room) == 2
        actions.mark_read(rolf, topic, post=get(rolf, Post, "team_note"))  # beyond what he sees: all that he sees
        assert news(rolf, room) == 0
        assert rolf.session.scalar(select(func.count()).select_from(ReadMark).where(ReadMark.person_pk == rolf.pk)) == 1
    with acting("rhea") as rhea:
        late = actions.post_message(rhea, get(rhea, Topic, "topic"), body="More")
    with acting("rolf") as rolf:
        room, topic = get(rolf, Workspace, "room"), get(rolf, Topic, "topic")
        assert news(rolf, room) == 1
        actions.follow_topic(rolf, topic, how="mute")
        assert news(rolf, room) == 0
        actions.follow_topic(rolf, topic, how="neither")
        actions.mark_read(rolf, topic, post=get(rolf, Post, "post"))
        assert news(rolf, room) == 1  # a mark never goes back, nor further than what was seen
    with acting("rhea") as rhea:
        actions.remove_post(rhea, rhea.session.get_one(Post, late.pk))
    with acting("rolf") as rolf:
        assert news(rolf, get(rolf, Workspace, "room")) == 0
    with acting("otto") as otto:
        assert news(otto, get(otto, Workspace, "room")) == 0


def test_moving_restamps_everything_and_loses_nobody_s_place(acting, get, world, db):
    with acting("petra") as petra:
        topic = get(petra, Topic, "topic")
        actions.mark_read(petra, topic)
        actions.mark_read(petra, topic)
    with acting("rhea") as rhea:
        topic = get(rhea, Topic, "topic")
        actions.move_topic(rhea, topic, forum=get(rhea, Forum, "inner"))
        inner = get(rhea, Forum, "inner")
        posts = list(rhea.session.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk)))
        assert [(post.audience_pk, post.seq) for post in posts] == [
            (inner.open_audience_pk, 1),
            (inner.open_audience_pk, 2),
            (inner.team_audience_pk, 1),
        ]
        stamped = select(Event.audience_pk).where(Event.subject_id.in_([topic.id, *(post.id for post in posts)]))
        assert set(rhea.session.scalars(stamped)) == {inner.open_audience_pk, inner.team_audience_pk}
        assert list(breaches(rhea.session)) == []
        with pytest.raises(Invalid):
            actions.move_topic(rhea, topic, forum=get(rhea, Forum, "side_forum"))
    with acting("petra") as petra:  # she is of the group
        assert news(petra, get(petra, Workspace, "room")) == 0
    for stranger in ("rolf", "mark"):
        with acting(stranger) as actor, pytest.raises(NotFound):
            fetch(actor, May.READ_TOPIC, world.ids["topic"])
    with acting("rhea") as rhea:
        actions.move_topic(rhea, get(rhea, Topic, "topic"), forum=get(rhea, Forum, "backstage"))
        actions.move_topic(rhea, get(rhea, Topic, "topic"), forum=get(rhea, Forum, "general"))
        note = get(rhea, Post, "team_note")
        assert note.audience_pk == get(rhea, Forum, "general").team_audience_pk
    with acting("petra") as petra:
        seen = set(petra.session.scalars(allowed(petra, May.READ_POST).with_only_columns(Post.id)))
        assert world.ids["post"] in seen
        assert world.ids["team_note"] not in seen


def test_every_saving_keeps_its_words_and_their_digest(acting, get):
    with acting("rhea") as rhea:
        post = get(rhea, Post, "post")
        actions.edit_post(rhea, post, body="Again")
        actions.edit_post(rhea, post, body="Again")  # no change, no revision
        found = list(rhea.session.scalars(select(PostRevision).where(PostRevision.post_pk == post.pk).order_by(PostRevision.pk)))
        assert [revision.body for revision in found] == ["No converter needed, the /24 takes 18 to 32 V.", "Again"]
        actions.change_topic(rhea, get(rhea, Topic, "topic"), title="Renamed")
        for event in rhea.session.scalars(select(Event).where(Event.words_digest.is_not(None))):
            words = SOURCES[event.subject_kind].words(rhea.session, event)
            if words is not None:
                assert digest(event.salt, words) == event.words_digest
        assert post.edited_at is None
    with standing_at(now() + timedelta(minutes=16)), acting("rhea") as rhea:
        post = get(rhea, Post, "post")
        actions.edit_post(rhea, post, body="Much later")
        assert post.edited_at is not None
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.edit_post(petra, get(petra, Post, "post"), body="Mine")


def test_mentions_are_of_readers_only(acting, get, world):
    everybody = " ".join(f"@[{name}]({world.ids[name]})" for name in ("rolf", "ravi", "otto", "paul", "nils", "mona"))
    with acting("petra") as petra:
        post = actions.post_message(petra, get(petra, Topic, "topic"), body=everybody)
        named = set(petra.session.scalars(select(Mention.person_pk).where(Mention.post_pk == post.pk)))
        assert named == {world.pks["rolf"], world.pks["mona"]}
    with acting("rhea") as rhea:
        note = actions.post_message(rhea, get(rhea, Topic, "topic"), body=everybody, team=True)
        assert set(rhea.session.scalars(select(Mention.person_pk).where(Mention.post_pk == note.pk))) == {world.pks["mona"]}


def test_what_is_hidden_is_cited_to_its_author_and_moderators_alone(acting, get, world):
    with acting("petra") as petra:
        post = actions.post_message(petra, get(petra, Topic, "topic"), body="Rude")
        key = ("post", post.id)
        topic = get(petra, Topic, "topic")
        actions.accept_answer(petra, topic, post=post)
    with acting("mark") as mark:
        actions.hide_post(mark, mark.session.get_one(Post, post.pk), reason="Rude")
        assert get(mark, Topic, "topic").accepted_post_pk is None
    for name, sees in {"petra": True, "mark": True, "rhea": True, "rolf": False, "otto": False}.items():
        with acting(name) as actor:
            assert (key in cite(actor, [key])) == sees, name
    with acting("petra") as petra:
        assert not may(petra, May.EDIT_POST, petra.session.get_one(Post, post.pk))
        actions.remove_post(petra, petra.session.get_one(Post, post.pk))
        assert cite(petra, [key]) == {}


def test_refusals_change_nothing(acting, get):
    with acting("rolf") as rolf:
        topic, post = get(rolf, Topic, "topic"), get(rolf, Post, "post")
        for act in (
            lambda: actions.post_message(rolf, topic, body="Hi"),
            lambda: actions.pin_topic(rolf, topic),
            lambda: actions.lock_topic(rolf, topic),
            lambda: actions.remove_topic(rolf, topic),
            lambda: actions.change_topic(rolf, topic, title="Mine"),
            lambda: actions.accept_answer(rolf, topic, post=post),
            lambda: actions.remove_post(rolf, post),
            lambda: actions.hide_post(rolf, post, reason="Hm"),
        ):
            with pytest.raises(Forbidden):
                act()
    with acting("petra") as petra:
        topic, note = get(petra, Topic, "topic"), get(petra, Post, "team_note")
        with pytest.raises(Forbidden):
            actions.post_message(petra, topic, body="Hm", team=True)
        with pytest.raises(Invalid):
            actions.post_message(petra, topic, body="Hm", reply_to=note)
        with pytest.raises(NotFound):
            actions.remove_post(petra, note)
        with pytest.raises(Invalid):
            actions.start_topic(petra, get(petra, Forum, "general"), title="Hear", body="All", kind="announcement")


def test_followers_are_told_as_far_as_they_can_read(acting, get, world):
    with acting("rhea") as rhea:
        topic = get(rhea, Topic, "topic")
        rhea.session.add(Following(topic_pk=topic.pk, person_pk=world.pks["nils"]))  # removed since
        rhea.session.add(Following(topic_pk=topic.pk, person_pk=world.pks["mona"]))
        rhea.session.flush()
        found = queries.bearings(rhea, topic, archived=False)
        assert (found.told, found.told_of_notes) == (2, 1)  # Petra and Mona; Mona
        assert found.readers == len(people_in(rhea.session, topic.audience_pk))
        assert {"write", "note", "moderate", "change", "answer", "staff"} <= found.can


def test_an_archived_workspace_is_read_only(acting, get):
    with acting("rhea") as rhea:
        get(rhea, Workspace, "room").archived_at = now()
    with acting("rhea") as rhea:
        topic = get(rhea, Topic, "topic")
        for act in (
            lambda: actions.post_message(rhea, topic, body="Hi"),
            lambda: actions.post_message(rhea, topic, body="Hi", team=True),
            lambda: actions.edit_post(rhea, get(rhea, Post, "post"), body="Other"),
            lambda: actions.remove_post(rhea, get(rhea, Post, "post")),
            lambda: actions.start_topic(rhea, get(rhea, Forum, "general"), title="T", body="B"),
        ):
            with pytest.raises(Forbidden):
                act()
        assert queries.bearings(rhea, topic, archived=True).can == {"staff"}


def test_forums_keep_their_order_and_names(acting, get):
    with acting("rhea") as rhea:
        room = get(rhea, Workspace, "room")
        actions.order_forum(rhea, get(rhea, Forum, "inner"), step=-1)
        assert [forum.title for forum in queries.forums_of(rhea, room)] == ["General", "Procurement only", "Backstage"]
        actions.order_forum(rhea, get(rhea, Forum, "general"), step=-1)
        actions.remove_forum(rhea, get(rhea, Forum, "inner"))
        again = actions.make_forum(rhea, room, title="Procurement only")
        assert again.pk != get(rhea, Forum, "inner").pk
        with pytest.raises(Invalid):
            actions.change_forum(rhea, again, title="General")
        words = queries.audience_words(rhea, queries.forums_of(rhea, room), "Calder Water", "Tidewell")
        assert words[get(rhea, Forum, "backstage").pk] == "Only the team of Tidewell"
