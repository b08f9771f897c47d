"""View as the client: what the client sees, never more than the viewer may; nothing is written; it is on record."""

import pytest
from sqlalchemy import select

from portal.kernel.events import Event
from tests.conftest import csrf_of, post
from workspaces.forums import actions as forums
from workspaces.forums.models import Draft, Forum, ReadMark
from workspaces.rooms.models import Visit, Workspace


def look(client, world, who="", room="room"):
    return post(client, f"/w/{world.ids[room]}/view", person=world.ids[who] if who else "")


def test_it_is_as_the_client_sees_it(door, world):
    rhea, room = door("rhea"), f"/w/{world.ids['room']}"
    before = rhea.get(f"{room}/discussions/{world.ids['topic']}")
    assert b"They will ask for a discount" in before.data
    assert f"{room}".encode() in before.data
    assert b"View as the client" in before.data
    assert look(rhea, world, "petra").status_code == 303
    for path in ("/", "/discussions", "/files/", "/plan", "/people", "/groups", f"/discussions/{world.ids['topic']}"):
        page = rhea.get(room + path)
        assert page.status_code == 200, path
        assert b"You are looking as Petra Prospect" in page.data
        for ours in (b"They will ask for a discount", b"Backstage", b"Team only", b"app.js"):
            assert ours not in page.data, (path, ours)
    assert b"Procurement only" in rhea.get(f"{room}/discussions").data
    for path in ("/settings", "/forums", f"/discussions/{world.ids['staff_topic']}"):
        assert rhea.get(room + path).status_code in (403, 404), path


def test_what_is_not_shown_leads_back_to_what_is(door, world):
    rhea, room = door("rhea"), f"/w/{world.ids['room']}/"
    assert b"What you hear of this" in rhea.get(room).data
    look(rhea, world, "petra")
    assert b"What you hear of this" not in rhea.get(room).data, "it would be the viewer's own"
    refused = rhea.get("/accounts")
    assert refused.status_code == 403
    assert f'href="{room}"'.encode() in refused.data
    assert rhea.get(room).status_code == 200


def test_as_any_client_without_their_groups(door, world):
    rhea, room = door("rhea"), f"/w/{world.ids['room']}"
    look(rhea, world)
    page = rhea.get(f"{room}/discussions").data
    assert b"Can the gateways run" in page
    assert b"Procurement only" not in page


def test_never_more_than_one_may_see_oneself(door, acting, world):
    """A rep who is no member of a community's group sees nothing of it by the eyes of one who is."""
    from portal.accounts.models import Account
    from portal.people.models import Person
    from workspaces.rooms import actions as rooms

    with acting("ravi") as ravi:
        circle = rooms.open_workspace(ravi, title="Users", accounts=[ravi.session.get_one(Account, world.pks["otway"])], community=True)
        otto = ravi.session.get_one(Person, world.pks["otto"])
        rooms.join(ravi, circle, otto, role="member", account=circle.accounts[0])
        board = rooms.make_group(ravi, circle, name="Board", members=[otto])
        made = forums.make_forum(ravi, circle, title="Board talk", audience=board)
        world.ids["circle"], world.pks["circle"], id = circle.id, circle.pk, made.id
    otto = door("otto").get(f"/w/{world.ids['circle']}/forums/{id}/who")
    assert otto.status_code == 200
    ravi = door("ravi")
    look(ravi, world, "otto", room="circle")
    assert ravi.get(f"/w/{world.ids['circle']}/").status_code == 200
    assert ravi.get(f"/w/{world.ids['circle']}/forums/{id}/who").status_code == 404


def test_nothing_can_be_written_and_nothing_counts_as_read(door, acting, world, db):
    rhea, room, topic = door("rhea"), f"/w/{world.ids['room']}", f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    before = _kept(db)
    look(rhea, world, "petra")
    rhea.get(topic)
    for url in (f"{topic}/posts", f"{topic}/read", f"{room}/seen", f"{room}/archive", "/me/settings/profile"):
        assert post(rhea, url, body="x").status_code == 403, url
    told = rhea.post(f"/api/v1/topics/{world.ids['topic']}/posts", json={"body": "x"}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert told.status_code == 403
    db.rollback()
    assert _kept(db) == before


def _kept(db):
    marks = {(mark.person_pk, mark.topic_pk, mark.audience_pk, mark.seq) for mark in db.scalars(select(ReadMark))}
    return marks, {(visit.person_pk, visit.last) for visit in db.scalars(select(Visit))}


@pytest.mark.parametrize("url", ["/today", "/me/notifications", "/search?q=gateways", "/accounts", "/api/v1/me", "/w/"])
def test_the_rest_is_clearly_absent(door, world, url):
    rhea = door("rhea")
    assert rhea.get(url).status_code in (200, 303)
    look(rhea, world, "petra")
    answer = rhea.get(url)
    assert answer.status_code == 403
    if not url.startswith("/api"):
        assert b"Back to your own view" in answer.data


def test_a_draft_of_theirs_is_not_shown(door, acting, world):
    with acting("petra") as petra:
        forums.keep_draft(petra, place=f"topic:{world.ids['topic']}", body="Between us: too dear", title="", team=False)
        petra.session.flush()
        assert petra.session.scalar(select(Draft.body)) == "Between us: too dear"
    url = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    assert b"too dear" in door("petra").get(url).data
    rhea = door("rhea")
    look(rhea, world, "petra")
    assert b"too dear" not in rhea.get(url).data


def test_it_ends_where_one_was(door, world):
    rhea, room = door("rhea"), f"/w/{world.ids['room']}"
    look(rhea, world, "petra")
    answer = post(rhea, "/view/end", at=f"{room}/people")
    assert (answer.status_code, answer.location) == (303, f"{room}/people")
    assert b"You are looking as" not in rhea.get(f"{room}/people").data
    assert post(rhea, "/view/end", at="//evil.example").location == "/"


def test_it_is_on_record(door, acting, world, db):
    rhea = door("rhea")
    look(rhea, world, "petra")
    look(door("mona"), world)
    events = db.scalars(select(Event).where(Event.kind == "workspace.viewed").order_by(Event.pk)).all()
    assert [(event.actor_pk, event.facts["name"]) for event in events] == [
        (world.pks["rhea"], "Petra Prospect"),
        (world.pks["mona"], "any client"),
    ]
    room = db.get_one(Workspace, world.pks["room"])
    assert {event.audience_pk for event in events} == {room.team_audience_pk}


@pytest.mark.parametrize(("who", "status"), [("petra", 403), ("mark", 403), ("otto", 404), ("ravi", 404)])
def test_who_may_not(door, world, who, status):
    assert look(door("rhea"), world, "petra").status_code == 303
    assert look(door(who), world, "petra").status_code == status
    assert door(who).get(f"/w/{world.ids['room']}/view").status_code == status


def test_it_ends_with_the_right_to_it(door, acting, world):
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account
    from portal.people.models import Person

    rhea = door("rhea")
    look(rhea, world, "petra")
    with acting("mona") as mona:
        account, nora = mona.session.get_one(Account, world.pks["calder"]), mona.session.get_one(Person, world.pks["nora"])
        accounts.give_account(mona, account, to=nora)
    assert rhea.get(f"/w/{world.ids['room']}/").status_code == 404
    assert rhea.get("/today").status_code == 200


def test_no_socket_opens(app, door, world):
    rhea = door("rhea")
    look(rhea, world, "petra")
    socket = app.extensions["realtime"].io.test_client(app, flask_test_client=rhea, headers={"Origin": "http://localhost"})
    assert not socket.is_connected()


def test_no_view_of_a_file_is_noted(door, acting, world, house):
    from workspaces.library import actions as library
    from workspaces.library.models import FileView, Folder
    from workspaces.library.receiving import take

    with acting("rhea") as rhea:
        received = take(house.storage, "a.pdf", [b"bytes"], 10**6)
        file = library.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=received).id
    rhea = door("rhea")
    look(rhea, world, "petra")
    answer = rhea.get(f"/w/{world.ids['room']}/files/f/{file}/download")
    assert answer.data == b"bytes"
    answer.close()
    with acting("rhea") as reading:
        assert not reading.session.scalars(select(FileView)).all()
        assert reading.session.scalars(select(Forum)).first()
