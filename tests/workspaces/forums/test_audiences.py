"""Another audience for a forum: who comes, who goes, and what of what was written follows."""

import pytest
from sqlalchemy import select

from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import allowed, fetch, may
from tests.conftest import post
from workspaces.forums import actions
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Group


def _forum(actor, world, name="general"):
    return actor.session.get_one(Forum, world.pks[name])


def _reads(actor, world, thing="topic"):
    return may(actor, May.READ_TOPIC, actor.session.get_one(Topic, world.pks[thing]))


def _words(actor, topic_pk):
    return set(actor.session.scalars(allowed(actor, May.READ_WORDS).where(Post.topic_pk == topic_pk).with_only_columns(Post.body)))


class TestNarrowing:
    def test_to_a_group_takes_all_along(self, acting, world):
        with acting("rhea") as rhea:
            group = rhea.session.get_one(Group, world.pks["group"])
            told = actions.change_forum_audience(rhea, _forum(rhea, world), audience=group)
            assert {one.person.name for one in told.loses} == {"Mark Moderator", "Rolf Reader"}
            assert not told.gains
            assert told.posts == 2
            assert {one.company for one in told.loses} == {"Calder Water"}
        with acting("petra") as petra:
            assert _reads(petra, world)
        with acting("mark") as mark:
            assert not _reads(mark, world)

    def test_from_now_on_leaves_what_was_written(self, acting, world):
        with acting("rhea") as rhea:
            group = rhea.session.get_one(Group, world.pks["group"])
            actions.change_forum_audience(rhea, _forum(rhea, world), audience=group, from_now_on=True)
        with acting("petra") as petra:
            new = actions.start_topic(petra, _forum(petra, world), title="Ours", body="For the group alone.")
            pk = new.pk
        with acting("mark") as mark:
            assert _reads(mark, world)
            assert not may(mark, May.READ_TOPIC, mark.session.get_one(Topic, pk))
            with pytest.raises(NotFound):
                fetch(mark, May.START_TOPIC, world.ids["general"])
            actions.post_message(mark, mark.session.get_one(Topic, world.pks["topic"]), body="The old talk goes on.")

    def test_to_the_team_hides_it_from_clients_and_keeps_one_audience(self, acting, world):
        with acting("rhea") as rhea:
            forum = _forum(rhea, world)
            told = actions.change_forum_audience(rhea, forum, audience="staff")
            assert {one.person.name for one in told.loses} == {"Petra Prospect", "Mark Moderator", "Rolf Reader"}
            assert forum.for_team
            topic = rhea.session.get_one(Topic, world.pks["topic"])
            assert topic.for_team
            assert _words(rhea, topic.pk) >= {"Six stations only have 24 V.", "They will ask for a discount next."}
        for name in ("petra", "mark", "rolf"):
            with acting(name) as client:
                assert not _reads(client, world)


class TestWidening:
    def test_of_the_teams_own_never_shows_a_team_note(self, acting, world):
        with acting("rhea") as rhea:
            topic = rhea.session.get_one(Topic, world.pks["staff_topic"])
            actions.post_message(rhea, topic, body="A note among us.", team=True)
        with acting("rhea") as rhea:
            told = actions.change_forum_audience(rhea, _forum(rhea, world, "backstage"), audience="everyone")
            assert {one.person.name for one in told.gains} == {"Petra Prospect", "Mark Moderator", "Rolf Reader"}
            assert told.posts == 1
        with acting("petra") as petra:
            assert _words(petra, world.pks["staff_topic"]) == {"We can go to 12 percent."}
        with acting("rhea") as rhea:
            assert _words(rhea, world.pks["staff_topic"]) == {"We can go to 12 percent.", "A note among us."}

    def test_what_only_the_team_was_told_about_it_stays_so(self, acting, world, house):
        """A report is an event under the team's audience: opening the forum must not open that."""
        from portal.kernel.audiences import held
        from portal.kernel.events import Event
        from workspaces.moderation import actions as moderation

        with acting("mona") as mona:
            first = mona.session.scalars(select(Post).where(Post.topic_pk == world.pks["staff_topic"])).one()
            moderation.report_post(mona, first, reason="Is this right?")
        with acting("rhea") as rhea:
            actions.change_forum_audience(rhea, _forum(rhea, world, "backstage"), audience="everyone")
        with acting("petra") as petra:
            seen = petra.session.scalars(select(Event).where(held(petra, Event.audience_pk))).all()
            assert not [event.kind for event in seen if event.kind.startswith(("post.reported", "flag"))]
            assert [event for event in seen if event.subject_id == world.ids["staff_topic"]]

    def test_from_now_on_shows_nothing_old(self, acting, world):
        with acting("rhea") as rhea:
            actions.change_forum_audience(rhea, _forum(rhea, world, "backstage"), audience="everyone", from_now_on=True)
            new = actions.start_topic(rhea, _forum(rhea, world, "backstage"), title="Welcome", body="Come in.")
            pk = new.pk
        with acting("petra") as petra:
            assert not _reads(petra, world, "staff_topic")
            assert may(petra, May.READ_TOPIC, petra.session.get_one(Topic, pk))

    def test_there_and_back_is_as_before(self, acting, world):
        with acting("rhea") as rhea:
            for audience in ("staff", "everyone"):
                actions.change_forum_audience(rhea, _forum(rhea, world), audience=audience)
            assert not _forum(rhea, world).for_team
        with acting("petra") as petra:
            assert _words(petra, world.pks["topic"]) == {
                "Six stations only have 24 V.",
                "No converter needed, the /24 takes 18 to 32 V.",
            }

    def test_what_was_removed_follows_and_can_come_back(self, acting, world):
        with acting("rhea") as rhea:
            actions.remove_topic(rhea, rhea.session.get_one(Topic, world.pks["staff_topic"]))
            actions.change_forum_audience(rhea, _forum(rhea, world, "backstage"), audience="everyone")
        with acting("petra") as petra:
            assert not _reads(petra, world, "staff_topic")
        with acting("rhea") as rhea:
            actions.restore_topic(rhea, rhea.session.get_one(Topic, world.pks["staff_topic"]))
        with acting("petra") as petra:
            assert _reads(petra, world, "staff_topic")

    def test_the_same_again_is_nothing(self, acting, world):
        with acting("rhea") as rhea:
            assert actions.change_forum_audience(rhea, _forum(rhea, world), audience="everyone") is None

    def test_nobody_shuts_themselves_out(self, acting, world):
        from portal.accounts.models import Account
        from workspaces.rooms import actions as rooms

        with acting("ravi") as ravi:
            otway = ravi.session.get_one(Account, world.pks["otway"])
            circle = rooms.open_workspace(ravi, title="Users", accounts=[otway], community=True)
            group = rooms.make_group(ravi, circle, name="Board", members=[])
            forum = ravi.session.scalars(select(Forum).where(Forum.workspace_pk == circle.pk)).one()
            with pytest.raises(Invalid, match="yourself"):
                actions.change_forum_audience(ravi, forum, audience=group)


class TestPages:
    def test_names_first_then_it_happens(self, door, acting, world):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/forums/{world.ids['backstage']}"
        asked = post(rhea, f"{url}/audience", audience="everyone")
        assert asked.status_code == 200
        for words in (b"3 people more see it", b"Petra Prospect", b"Calder Water", b"1 message"):
            assert words in asked.data
        with acting("petra") as petra:
            assert not _reads(petra, world, "staff_topic")
        state = asked.text.split('name="shown" value="')[1].split('"')[0]
        undecided = post(rhea, f"{url}/audience", audience="everyone", confirmed="true", shown=state)
        assert undecided.status_code == 422
        done = post(rhea, f"{url}/audience", audience="everyone", confirmed="true", old="follow", shown=state)
        assert done.status_code == 303
        with acting("petra") as petra:
            assert _reads(petra, world, "staff_topic")

    def test_who_came_meanwhile_is_asked_about(self, door, acting, world):
        from portal.people.models import Person
        from workspaces.rooms import actions as rooms
        from workspaces.rooms.models import Workspace

        rhea, url = door("rhea"), f"/w/{world.ids['room']}/forums/{world.ids['backstage']}"
        asked = post(rhea, f"{url}/audience", audience="everyone")
        state = asked.text.split('name="shown" value="')[1].split('"')[0]
        with acting("rhea") as acts:
            room, paul = acts.session.get_one(Workspace, world.pks["room"]), acts.session.get_one(Person, world.pks["paul"])
            rooms.join(acts, room, paul, role="reader", account=room.accounts[0])
        again = post(rhea, f"{url}/audience", audience="everyone", confirmed="true", old="follow", shown=state)
        assert again.status_code == 412
        assert b"Paul Parallel" in again.data
        with acting("petra") as petra:
            assert not _reads(petra, world, "staff_topic")

    @pytest.mark.parametrize(("who", "status"), [("petra", 403), ("mark", 403), ("otto", 404), ("ravi", 404)])
    def test_others_may_not(self, door, world, who, status):
        url = f"/w/{world.ids['room']}/forums/{world.ids['general']}/audience"
        assert post(door("rhea"), url, audience="staff").status_code == 200
        assert post(door(who), url, audience="staff").status_code == status

    def test_who_can_see_this(self, door, world):
        for who in ("rhea", "petra"):
            page = door(who).get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/who")
            assert page.status_code == 200
            for name in (b"Petra Prospect", b"Rolf Reader", b"Rhea Rep", b"Mona Manager"):
                assert name in page.data
            assert b"Otto" not in page.data
        inner = door("petra").get(f"/w/{world.ids['room']}/forums/{world.ids['inner']}/who").data
        assert b"Petra Prospect" in inner
        assert b"Rolf Reader" not in inner
        assert door("rolf").get(f"/w/{world.ids['room']}/forums/{world.ids['inner']}/who").status_code == 404


class TestApi:
    def test_a_preview_tells_and_changes_nothing(self, door, acting, world):
        from tests.conftest import csrf_of

        rhea, url = door("rhea"), f"/api/v1/forums/{world.ids['backstage']}"
        header = {"X-CSRFToken": csrf_of(rhea)}
        told = rhea.patch(f"{url}?preview=true", json={"audience": "everyone"}, headers=header)
        assert told.status_code == 200
        assert told.json["audience"] == "everyone"
        assert [one["name"] for one in told.json["change"]["gains"]] == ["Mark Moderator", "Petra Prospect", "Rolf Reader"]
        assert told.json["change"]["posts"] == 1
        assert rhea.get(url).json["audience"] == "staff"
        done = rhea.patch(url, json={"audience": "everyone", "from_now_on": True}, headers=header)
        assert done.json["audience"] == "everyone"
        assert "change" not in done.json
        with acting("petra") as petra:
            assert not _reads(petra, world, "staff_topic")
        names = [one["name"] for one in door("petra").get(f"{url}/readers").json["items"]]
        assert "Petra Prospect" in names
        assert "Otto Outsider" not in names
