"""Who opened what: on the trail for the team, what is to be read, and the documents that matter."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.clock import now, standing_at
from portal.kernel.events import Event
from portal.kernel.policy import fetch
from tests.conftest import csrf_of, post
from workspaces.library import actions, queries
from workspaces.library.models import File, FileReading, Folder
from workspaces.library.policy import May
from workspaces.rooms.actions import change_workspace
from workspaces.rooms.models import Group, Workspace


@pytest.fixture
def offer(acting, world, bring):
    """Id and path of a file of Rhea's that everybody in the room may see."""
    with acting("rhea") as rhea:
        file = actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=bring("Offer.txt", b"24 pumps"))
        return file.id, file.path


def open_it(client, path: str) -> None:
    client.get(f"{path}/download", buffered=True).close()


def opened(db) -> list[Event]:
    db.rollback()
    return list(db.scalars(select(Event).where(Event.kind == "file.opened").order_by(Event.pk)))


def test_a_clients_first_opening_of_each_version_is_on_the_trail(door, acting, db, offer, bring):
    for _again in range(2):
        open_it(door("petra"), offer[1])
    open_it(door("rolf"), offer[1])
    open_it(door("rhea"), offer[1])
    assert [(each.actor_pk is not None, each.facts["version"]) for each in opened(db)] == [(True, 1), (True, 1)]
    with acting("rhea") as rhea:
        actions.add_version(rhea, fetch(rhea, May.ADD_VERSION, offer[0]), received=bring("Offer.txt", b"30 pumps"))
    open_it(door("petra"), offer[1])
    assert [each.facts["version"] for each in opened(db)] == [1, 1, 2]


def test_the_trail_says_it_to_the_team_and_to_no_client(door, world, offer):
    open_it(door("petra"), offer[1])
    trail = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/trail?kind=file.opened").json["items"]
    assert [each["summary"] for each in trail] == ["Petra Prospect opened version 1 of Offer.txt"]
    feed = "/api/v1/changes?kind=file.opened"
    assert len(door("rhea").get(feed).json["items"]) == 1
    assert door("petra").get(feed).json["items"] == []


def test_it_stays_for_the_team_where_the_folder_is_given_to_others(acting, db, world, door, offer):
    open_it(door("petra"), offer[1])
    before = opened(db)[0].audience_pk
    with acting("rhea") as rhea:
        group = rhea.session.get_one(Group, world.pks["group"])
        actions.change_folder_audience(rhea, rhea.session.get_one(Folder, world.pks["folder"]), audience=group)
    assert opened(db)[0].audience_pk == before


def test_who_has_not_opened_what_is_to_be_read_is_listed_for_the_team(door, offer, acting, bring):
    rhea, petra = door("rhea"), door("petra")
    assert "To be read, and not opened yet" not in rhea.get(offer[1]).text
    assert post(rhea, f"{offer[1]}/ask", must_read="1").status_code == 303
    rhea.get(offer[1])  # the toast
    page = rhea.get(offer[1]).text
    listed = page[page.index("To be read, and not opened yet") :]
    assert "Petra Prospect" in listed
    assert "is asked to read this" in petra.get(offer[1]).text
    assert "not opened yet" not in petra.get(offer[1]).text
    open_it(petra, offer[1])
    assert "is asked to read this" not in petra.get(offer[1]).text
    page = rhea.get(offer[1]).text
    assert "Petra Prospect" not in page[page.index("To be read, and not opened yet") : page.index("People see this of each other")]
    with acting("rhea") as actor:  # a new version is to be read again
        actions.add_version(actor, fetch(actor, May.ADD_VERSION, offer[0]), received=bring("Offer.txt", b"30 pumps"))
    assert "is asked to read this" in petra.get(offer[1]).text


def test_who_asks_for_reading(door, db, offer):
    for name, status in (("petra", 403), ("otto", 404), ("rhea", 303)):
        assert post(door(name), f"{offer[1]}/ask", must_read="1").status_code == status
    db.rollback()
    assert db.scalars(select(File.must_read).where(File.id == offer[0])).one() is True
    rhea = door("rhea")
    answer = rhea.patch(f"/api/v1/files/{offer[0]}", json={"must_read": False}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert answer.json["must_read"] is False
    db.rollback()
    kinds = db.scalars(select(Event.kind).where(Event.subject_id == offer[0]).order_by(Event.pk)).all()
    assert kinds == ["file.added", "file.asked", "file.unasked"]


def test_the_documents_that_matter_are_those_that_most_people_opened(door, acting, world, offer, bring):
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        survey = actions.add_file(rhea, folder, received=bring("Survey.txt", b"survey")).path
        actions.add_file(rhea, folder, received=bring("Unread.txt", b"nobody"))
    open_it(door("petra"), survey)
    for name in ("petra", "rolf"):
        open_it(door(name), offer[1])
    open_it(door("rhea"), survey)
    with acting("rhea") as rhea:
        found = queries.most_read(rhea, rhea.session.get_one(Account, world.pks["calder"]))
        assert [(each.file.name, each.people) for each in found] == [("Offer.txt", 2), ("Survey.txt", 1)]
    page = door("rhea").get(f"/accounts/{world.ids['calder']}").text
    assert f"/accounts/{world.ids['calder']}" in page
    assert "What they read most" in page
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/reading").text
    assert page.index("Offer.txt") < page.index("Survey.txt")
    assert "opened by 2 people" in page
    assert door("petra").get(f"/accounts/{world.ids['calder']}/reading").status_code == 404
    assert door("ravi").get(f"/accounts/{world.ids['calder']}/reading").status_code == 404


def test_nobody_is_told_of_files_they_may_not_read(acting, door, world, bring, offer):
    open_it(door("petra"), offer[1])
    with acting("ravi") as ravi:
        assert queries.most_read(ravi, ravi.session.get_one(Account, world.pks["calder"])) == []
    with acting("petra") as petra:
        assert queries.unread_by(petra, fetch(petra, May.READ_FILE, offer[0])) == []


def test_nothing_read_shows_nothing(door, world):
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/reading").text
    assert "Nobody there has opened a file yet." in page


# --- How long -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(acting, world):
    with acting("rhea") as rhea:
        change_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]), reading_times=True)


def beat(client, path: str, **told: object) -> int:
    return post(client, f"{path}/reading", **{"number": "1", **told}).status_code


def seconds(db) -> list[tuple[int, int]]:
    db.rollback()
    return sorted((each.page, each.seconds) for each in db.scalars(select(FileReading)))


def test_where_it_is_not_measured_no_beat_is_kept_and_nothing_is_said(door, db, offer):
    petra = door("petra")
    page = petra.get(offer[1]).text
    assert "data-reading" not in page
    assert "it is measured" not in page
    assert beat(petra, offer[1]) == 403
    assert seconds(db) == []


def test_where_it_is_measured_readers_are_told_and_beats_add_up(door, db, offer, measured):
    petra = door("petra")
    page = petra.get(offer[1]).text
    assert f'data-reading="{offer[1]}/reading" data-number="1"' in page
    assert "Here it is measured how long each file is read" in page
    for n in range(3):
        with standing_at(now() + timedelta(seconds=10 * n)):
            assert beat(petra, offer[1]) == 204
            assert beat(petra, offer[1]) == 204  # too soon: it counts for nothing
    with standing_at(now() + timedelta(seconds=60)):
        assert beat(petra, offer[1], page="4") == 204
    assert seconds(db) == [(0, 30), (4, 10)]


def test_no_beat_is_taken_from_who_may_not_read_or_of_what_is_not_there(door, db, offer, measured):
    assert beat(door("petra"), offer[1]) == 204
    assert beat(door("otto"), offer[1]) == beat(door("nils"), offer[1]) == 404
    for told in ({"number": "2"}, {"number": "x"}, {"page": "-1"}, {"page": "9" * 9}, {"number": ""}):
        assert beat(door("rolf"), offer[1], **told) == 422
    assert seconds(db) == [(0, 10)]


def test_times_are_shown_to_those_who_see_the_opening(door, db, offer, measured):
    petra, rolf, rhea = door("petra"), door("rolf"), door("rhea")
    open_it(petra, offer[1])
    for n in range(7):
        with standing_at(now() + timedelta(seconds=10 * n)):
            beat(petra, offer[1])
    for client in (petra, rolf, rhea):
        assert "Version 1: 1 minute" in client.get(offer[1]).text


def test_the_owner_turns_it_on(door, db, world):
    url = f"/w/{world.ids['room']}/settings"
    assert post(door("petra"), url, title="Mine", reading_times="1").status_code == 403
    assert post(door("rhea"), url, title="Leak detection", purpose="", reading_times="1").status_code == 303
    db.rollback()
    assert db.get_one(Workspace, world.pks["room"]).reading_times is True
    assert "whether reading is measured" in str(db.scalars(select(Event.facts).where(Event.kind == "workspace.changed")).all())


def test_in_a_community_those_of_other_companies_are_not_counted_as_its_people(acting, door, world, circle, say_seen, bring):
    for name in ("petra", "otto"):
        say_seen(name)
    with acting("petra") as petra:
        folder = petra.session.scalars(select(Folder).where(Folder.workspace_pk == world.pks["circle"])).one()
        file = actions.add_file(petra, folder, received=bring("Sensors.txt", b"sensors"))
        assert file.account_pk == world.pks["calder"]
        path = file.path
    for name in ("mark", "otto"):
        open_it(door(name), path)
    with acting("rhea") as rhea:
        found = queries.most_read(rhea, rhea.session.get_one(Account, world.pks["calder"]))
        assert [(each.file.name, each.people, each.times) for each in found] == [("Sensors.txt", 1, 1)]
