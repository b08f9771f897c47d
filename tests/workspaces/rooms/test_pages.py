"""Home, list, a new workspace, settings: as several of the cast see them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel import clock
from tests.conftest import post
from tests.counting import counting
from workspaces.rooms.models import Visit, Workspace

EVERYBODY_OUTSIDE = ("paul", "otto", "nils", "ravi")


@pytest.mark.parametrize("path", ["", "people", "groups", "settings", "invitations"])
def test_outsiders_find_nothing(door, world, path):
    url = f"/w/{world.ids['room']}/{path}"
    assert door("rhea").get(url).status_code in (200, 303)
    for who in EVERYBODY_OUTSIDE:
        assert door(who).get(url).status_code == 404
    assert door("nobody").get(url).status_code == 303


def test_clients_with_one_workspace_skip_the_list(door, world):
    answer = door("petra").get("/w/")
    assert answer.status_code == 303
    assert world.ids["room"] in answer.location
    page = door("rhea").get("/w/").data
    assert b"Leak detection" in page
    assert b"Billing questions" in page
    assert b"Cold chain" not in page


def test_the_list_marks_what_is_new(door, world):
    assert b'class="unread"' in door("rhea").get("/w/").data
    rhea = door("rhea")
    for room in ("room", "side"):
        post(rhea, f"/w/{world.ids[room]}/seen")
    assert b'class="unread"' not in rhea.get("/w/").data


class TestHome:
    def test_the_first_time_it_says_where_to_start(self, door, world):
        page = door("rolf").get(f"/w/{world.ids['room']}/").data
        assert b"three things worth two minutes" in page
        assert b"Your people at Tidewell Instruments" in page
        assert b"Team only" not in page

    def test_then_what_others_did_since(self, door, world, acting):
        rolf = door("rolf")
        with clock.standing_at(clock.now() - timedelta(days=2)):
            assert post(rolf, f"/w/{world.ids['room']}/seen").status_code == 204
        page = rolf.get(f"/w/{world.ids['room']}/").data
        assert b"Since you were here" in page
        assert b"Can the gateways run on 24 V panels?" in page
        for hidden in (b"They will ask for a discount", b"Margin", b"Noise of"):
            assert hidden not in page

    def test_our_side_sees_its_own_notes_among_the_news(self, door, world):
        mona = door("mona")
        with clock.standing_at(clock.now() - timedelta(days=2)):
            post(mona, f"/w/{world.ids['room']}/seen")
        assert b"They will ask for a discount" in mona.get(f"/w/{world.ids['room']}/").data

    def test_all_read(self, door, world):
        rolf, url = door("rolf"), f"/w/{world.ids['room']}/"
        with clock.standing_at(clock.now() - timedelta(days=2)):
            post(rolf, f"{url}seen")
        assert b"Mark all as read" in rolf.get(url).data
        assert post(rolf, f"{url}seen", all="1").status_code == 303
        assert b"Nothing is new" in rolf.get(url).data

    def test_looking_changes_nothing(self, door, world, db):
        door("rolf").get(f"/w/{world.ids['room']}/")
        assert db.scalar(select(Visit.last)) is None

    def test_a_visit_goes_on_for_half_an_hour(self, door, world, db):
        rolf, url, moment = door("rolf"), f"/w/{world.ids['room']}/seen", clock.now()
        for minutes in (0, 20, 40, 100):
            with clock.standing_at(moment + timedelta(minutes=minutes)):
                post(rolf, url)
        visit = db.scalar(select(Visit))
        assert visit.before == moment + timedelta(minutes=40)
        assert visit.last == moment + timedelta(minutes=100)

    def test_first_steps_for_who_runs_it(self, door, world):
        rhea = door("rhea")
        url = post(rhea, "/w/new", kind="account", accounts=world.ids["calder"], title="Meters").location
        page = rhea.get(url).data
        for step in (b"Add a file", b"Write a welcome", b"Invite people"):
            assert step in page
        assert b"Add a file" not in door("mona").get(url).data

    def test_a_name_is_asked_of_who_is_called_after_the_mailbox(self, door, world, acting, db):
        from portal.people.models import Person

        with acting("system") as system:
            system.session.get(Person, world.pks["rolf"]).name = "Rolf"
        rolf, url = door("rolf"), f"/w/{world.ids['room']}/"
        assert b"What should people call you?" in rolf.get(url).data
        assert post(rolf, f"{url}name", name=" ").status_code == 422
        assert post(rolf, f"{url}name", name="Rolf Reader").status_code == 303
        assert b"What should people call you?" not in rolf.get(url).data
        assert db.scalar(select(Person.name).where(Person.pk == world.pks["rolf"])) == "Rolf Reader"

    def test_it_asks_the_database_little(self, door, world, house):
        for who, most in {"petra": 13, "rhea": 15}.items():
            client, url = door(who), f"/w/{world.ids['room']}/"
            client.get(url)
            for page, asks in {url: most, f"{url}people": 12}.items():
                with counting(house) as queries:
                    assert client.get(page).status_code == 200
                assert len(queries) <= asks, "\n".join(queries)


class TestNew:
    def test_it_opens_on_the_workspace(self, door, world, db):
        rhea = door("rhea")
        assert b"Calder Water" in rhea.get(f"/w/new?account={world.ids['calder']}").data
        answer = post(rhea, "/w/new", kind="account", accounts=world.ids["calder"], title=" Meters ", purpose="For the north")
        assert answer.status_code == 303
        made = db.scalar(select(Workspace).where(Workspace.title == "Meters"))
        assert answer.location == made.path
        assert [account.pk for account in made.accounts] == [world.pks["calder"]]

    def test_the_same_form_twice_opens_one(self, door, world, db):
        rhea = door("rhea")
        for _ in range(2):
            post(rhea, "/w/new", kind="account", accounts=world.ids["calder"], title="Once", idempotency_key="a" * 22)
        assert len(db.scalars(select(Workspace).where(Workspace.title == "Once")).all()) == 1

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"title": "x"}, b"Choose the account"),
            ({"title": "", "accounts": "calder"}, b"Write something here"),
            ({"title": "x" * 121, "accounts": "calder"}, b"at most 120"),
            ({"title": "x", "accounts": "otway"}, b"no such account"),
            ({"title": "x", "accounts": "nonsense"}, b"no such account"),
            ({"title": "x", "kind": "community"}, b"Choose the account"),
            ({"title": "x", "kind": "palace", "accounts": "calder"}, b"Choose one of"),
        ],
    )
    def test_what_is_wrong_is_said(self, door, world, fields, words):
        told = fields | {"accounts": world.ids.get(fields.get("accounts", ""), fields.get("accounts", ""))}
        page = post(door("rhea"), "/w/new", **told)
        assert page.status_code == 422
        assert words in page.data
        assert fields["title"].encode() in page.data

    def test_staff_only(self, door, world):
        assert door("petra").get("/w/new").status_code == 403
        assert post(door("petra"), "/w/new", title="x", accounts=world.ids["calder"]).status_code == 403

    def test_a_community(self, door, world, acting, db):
        from portal.accounts import actions as accounts

        with acting("rhea") as rhea:
            mere = accounts.open_account(rhea, name="Mere Fisheries").id
        answer = post(door("rhea"), "/w/new", kind="community", several=[world.ids["calder"], mere], title="Sensors at work")
        assert answer.status_code == 303
        made = db.scalar(select(Workspace).where(Workspace.title == "Sensors at work"))
        assert (made.kind, len(made.accounts)) == ("community", 2)
        assert b"Mere Fisheries" in door("rhea").get("/w/").data


class TestSettings:
    def test_they_change(self, door, world, db):
        url = f"/w/{world.ids['room']}/settings"
        assert post(door("rhea"), url, title="Leaks", purpose="", members_invite="1").status_code == 303
        room = db.get(Workspace, world.pks["room"])
        assert (room.title, room.purpose, room.members_invite) == ("Leaks", "", True)
        for who in ("petra", "mark", "mona"):
            assert post(door(who), url, title="Mine").status_code == 403

    @pytest.mark.parametrize("title", ["", "x" * 121])
    def test_what_is_wrong_is_said(self, door, world, title):
        page = post(door("rhea"), f"/w/{world.ids['room']}/settings", title=title, purpose="Kept")
        assert page.status_code == 422
        assert b"Kept" in page.data

    def test_closed_it_stands_still_and_opens_again(self, door, world):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}"
        assert post(rhea, f"{url}/archive").status_code == 303
        page = door("petra").get(f"{url}/").data
        assert b"This workspace is closed" in page
        assert b"Start a discussion" not in page
        assert post(rhea, f"{url}/settings", title="x").status_code == 403
        assert post(rhea, f"{url}/invitations", emails="a@calder.example").status_code == 403
        assert post(door("mark"), f"{url}/restore").status_code == 403
        assert b"Leak detection" in rhea.get("/w/?show=archived").data
        assert post(rhea, f"{url}/restore").status_code == 303
        assert b"This workspace is closed" not in door("petra").get(f"{url}/").data


def test_who_can_see_this_is_everyone_the_audience_has(door, world, acting):
    page = door("petra").get(f"/w/{world.ids['room']}/people").data
    for name in (b"Rhea Rep", b"Mona Manager", b"Mark Moderator", b"Rolf Reader"):
        assert name in page
    for name in (b"Nils", b"Paul", b"Ravi", b"Otto", b"mark@calder.example", b"Decides"):
        assert name not in page


def test_the_part_in_the_purchase_is_ours_alone(door, world, acting):
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account

    with acting("rhea") as rhea:
        calder = rhea.session.get(Account, world.pks["calder"])
        accounts.add_contact(rhea, calder, name="Petra Prospect", email="petra@calder.example", roles=["decides"])
    url = f"/w/{world.ids['room']}/people"
    assert b"Decides" in door("rhea").get(url).data
    assert b"Decides" not in door("petra").get(url).data


def test_after_a_handover_the_client_sees_the_new_name(door, world, acting):
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account
    from portal.people.models import Person

    with acting("mona") as mona:
        accounts.give_account(mona, mona.session.get(Account, world.pks["calder"]), to=mona.session.get(Person, world.pks["nora"]))
    page = door("petra").get(f"/w/{world.ids['room']}/").data
    assert b"Nora Newrep" in page
    assert door("nora").get(f"/w/{world.ids['room']}/settings").status_code == 200


def test_home_shows_the_newest_discussions_and_reading_all_reads_them(door, world):
    rolf, url = door("rolf"), f"/w/{world.ids['room']}/"
    page = rolf.get(url).data
    assert b"Can the gateways run on 24 V panels?" in page
    assert b"2 new" in page
    assert b"Margin" not in page
    post(rolf, f"{url}seen", all="1")
    assert b"2 new" not in rolf.get(url).data


def test_our_side_is_told_who_waits(door, world, acting):
    from workspaces.forums import actions as forums
    from workspaces.forums.models import Topic

    with clock.standing_at(clock.now() - timedelta(days=5)), acting("petra") as petra:
        forums.post_message(petra, petra.session.get(Topic, world.pks["topic"]), body="And in winter?")
    assert b"Waiting for an answer" in door("rhea").get(f"/w/{world.ids['room']}/").data
    assert b"Waiting for an answer" not in door("petra").get(f"/w/{world.ids['room']}/").data


def test_settings_list_whom_each_place_is_for(door, world):
    page = door("rhea").get(f"/w/{world.ids['room']}/settings").data
    for place in (b"Backstage", b"Procurement only", b"Calculations", b"The group Procurement", b"Only the team of"):
        assert place in page


def test_news_are_grouped_by_thing_and_name_who_came_and_stayed(door, world, acting):
    petra, url = door("petra"), f"/w/{world.ids['room']}/"
    with clock.standing_at(clock.now() - timedelta(days=2)):
        post(petra, f"{url}seen")
    page = petra.get(url).data.decode()
    assert page.count("Can the gateways run on 24 V panels?") == 2  # among the news, and among the discussions
    assert "Rolf Reader and Mark Moderator joined" in page
    assert "Nils" not in page
    assert "New reply" in page
