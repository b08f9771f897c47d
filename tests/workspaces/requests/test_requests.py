"""Somebody who is not in yet asks to be let in, from outside or through a colleague; whoever asks learns nothing of what there is."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import KeptApart
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.policy import fetch
from portal.notices.queries import inbox
from tests.conftest import csrf_of, post
from tests.counting import counting
from tests.workings import drain
from workspaces.requests import actions, jobs, queries
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May
from workspaces.rooms.models import Invitation, Workspace
from workspaces.shelf import actions as shelves


@pytest.fixture
def room(world):
    """`room(actor)`: Calder Water's workspace in the actor's session."""
    return lambda actor, key="room": actor.session.get_one(Workspace, world.pks[key])


@pytest.fixture
def ask(house, acting, world):
    """Somebody asks from outside, and the worker looks at it. The id of what was asked, or none where nobody was meant."""

    def ask(email="axel@elsewhere.example", key="room", **told):
        at = f"https://mainstay.example/w/{world.ids[key]}-words/" if key else ""
        with acting("nobody") as nobody:
            id = actions.ask_to_come_in(nobody, **{"name": "Axel Asking", "email": email, "at": at} | told).id
        jobs.match_requests(house)
        with acting("system") as system:
            row = system.session.scalar(select(EntryRequest).where(EntryRequest.id == id))
            return row.id if row is not None else None

    return ask


@pytest.fixture
def proposed(acting, room):
    with acting("petra") as petra:
        return actions.propose_colleague(petra, room(petra), name="Cora", email="cora@calder.example", words="She keeps the meters.").id


def row(actor, id):
    return actor.session.scalars(select(EntryRequest).where(EntryRequest.id == id)).one()


def kinds(actor):
    return [event.kind for event in actor.session.scalars(select(Event).order_by(Event.pk.desc()).limit(3))]


def test_who_asks_is_seen_by_those_who_decide_and_by_nobody_else(ask, acting, room, house):
    id = ask(told_by="petra prospect", words="I read the meters.")
    drain(house)
    with acting("rhea") as rhea:
        [waiting] = queries.waiting(rhea, room(rhea))
        assert (waiting.id, waiting.email, waiting.state) == (id, "axel@elsewhere.example", "waiting")
        assert queries.known_here(rhea, waiting)
        assert [group.citation.title for group in inbox(rhea) if group.why == "entry"] == ["Axel Asking would like to come in"]
        event = rhea.session.scalars(select(Event).where(Event.kind == "entry.asked")).one()
        assert (event.actor_pk, event.audience_pk) == (None, room(rhea).team_audience_pk)
    for name in ("petra", "mark", "paul", "otto", "ada", "ravi"):
        with acting(name) as other:
            assert queries.waiting(other, room(other)) == []
            assert [group for group in inbox(other) if group.why == "entry"] == []
            with pytest.raises(NotFound):
                fetch(other, May.READ_REQUEST, id)


def test_nobody_is_told_that_does_not_exist_and_nothing_of_it_is_kept(ask, acting):
    assert ask(at="https://mainstay.example/w/0000000000000000000000/") is None
    assert ask(key="", at="my colleague's workspace") is None
    with acting("system") as system:
        assert system.session.scalar(select(func.count()).select_from(EntryRequest)) == 0


def test_without_an_address_the_company_of_the_mail_domain_is_meant(ask, acting, world, room):
    one = ask(email="neu@calder.example", key="", told_by="Paul Parallel")
    other = ask(email="neuer@calder.example", key="", told_by="Somebody Else")
    with acting("rhea") as rhea:
        assert row(rhea, one).workspace_pk == world.pks["side"]  # Paul is there
        assert row(rhea, other).workspace_pk == world.pks["room"]
        assert row(rhea, one).account_pk == world.pks["calder"]


def test_who_is_in_asks_twice_or_was_refused_for_good_is_not_shown(ask, acting):
    assert ask(email="petra@calder.example") is None
    first = ask()
    assert ask() is None
    with acting("rhea") as rhea:
        actions.decline_request(rhea, row(rhea, first), never=True)
    assert ask() is None
    with acting("rhea") as rhea:
        actions.allow_again(rhea, row(rhea, first))
    assert ask() is not None


def test_a_flood_ends(ask, acting, room, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 2)
    found = [ask(email=f"axel{n}@elsewhere.example") for n in range(3)]
    assert [bool(each) for each in found] == [True, True, False]
    with acting("petra") as petra, pytest.raises(Invalid):
        actions.propose_colleague(petra, room(petra), name="Cora", email="cora@calder.example")


def test_accepting_is_inviting_by_the_same_rules(ask, acting, room, world, house):
    id = ask()
    with acting("rhea") as rhea:
        made = actions.accept_request(rhea, row(rhea, id), role="reader")
        assert (made.email, made.role, made.account_pk, made.name) == (
            "axel@elsewhere.example",
            "reader",
            world.pks["calder"],
            "Axel Asking",
        )
        assert {"entry.accepted", "member.invited"} <= set(kinds(rhea))
    drain(house)
    with acting("rhea") as rhea:
        assert queries.waiting(rhea, room(rhea)) == []
        assert [group for group in inbox(rhea) if group.why == "entry"] == []
        with pytest.raises(Forbidden):
            actions.accept_request(rhea, row(rhea, id))


def test_companies_kept_apart_do_not_meet_this_way_either(ask, acting, world):
    id = ask(email="olaf@otway.example")
    with acting("system") as system:
        pair = sorted((world.pks["calder"], world.pks["otway"]))
        system.session.add(KeptApart(one_pk=pair[0], other_pk=pair[1], reason="They compete.", by_pk=world.pks["mona"]))
    with acting("rhea") as rhea:
        with pytest.raises(Invalid):
            actions.accept_request(rhea, row(rhea, id))
        rhea.session.rollback()
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "waiting"
        assert rhea.session.scalar(select(Invitation.pk).where(Invitation.email == "olaf@otway.example")) is None


def test_a_colleague_is_proposed_and_the_answer_told(proposed, acting, room, house):
    drain(house)
    with acting("rhea") as rhea:
        assert [group.citation.title for group in inbox(rhea) if group.why == "entry"] == ["Cora would like to come in"]
        actions.decline_request(rhea, row(rhea, proposed), answer="She has left, has she not?")
    drain(house)
    with acting("petra") as petra:
        [told] = [group for group in inbox(petra) if group.why == "entry"]
        assert (told.citation.title, told.excerpt) == ("Cora is not let in", "She has left, has she not?")
    with acting("mark") as mark:
        assert queries.listed(mark, room(mark)) == []


def test_who_may_be_proposed_and_by_whom(proposed, acting, room):
    with acting("petra") as petra:
        for email in ("cora@calder.example", "mark@calder.example", "cora@elsewhere.example"):
            with pytest.raises(Invalid):
                actions.propose_colleague(petra, room(petra), name="Cora", email=email)
    for name in ("rhea", "rolf", "otto", "nils"):  # staff invite; who reads only asks the team; others are not here
        with acting(name) as other, pytest.raises((Forbidden, NotFound)):
            actions.propose_colleague(other, room(other), name="Carl", email="carl@calder.example")
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.accept_request(petra, row(petra, proposed))
    with acting("mark") as mark, pytest.raises(NotFound):  # who moderates may invite, but does not decide
        actions.accept_request(mark, row(mark, proposed))


def test_what_is_over_is_forgotten(ask, proposed, acting, house, monkeypatch):
    for_good = ask()
    old = ask(email="old@elsewhere.example")
    drain(house)
    with acting("rhea") as rhea:
        actions.decline_request(rhea, row(rhea, for_good), never=True)
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(actions, "now", lambda: later)
    jobs.forget_requests(house)
    with acting("system") as system:
        left = [each.id for each in system.session.scalars(select(EntryRequest))]
        assert (left, old in left) == ([for_good], False)


def test_the_public_page_says_the_same_whatever_it_is_asked(door, house, world):
    answers = []
    post(door("nobody"), "/let-me-in", name="Axel", email="first@elsewhere.example")  # what is looked up once
    for at in (f"/w/{world.ids['room']}/", "/w/0000000000000000000000/", "nonsense", ""):
        client = door("nobody")
        csrf = csrf_of(client)
        with counting(house) as statements:
            told = client.post("/let-me-in", data={"csrf_token": csrf, "name": "Axel", "email": "axel@elsewhere.example", "at": at})
        page = client.get(told.headers["Location"]).get_data(as_text=True)
        body = re.search(r"<main.*</main>", page, re.DOTALL)[0]
        answers.append((told.status_code, told.headers["Location"], statements, body))
    assert answers[0][:2] == (303, "/let-me-in/asked")
    assert all(answer == answers[0] for answer in answers)
    assert post(door("nobody"), "/let-me-in", name="", email="nobody").status_code == 422


def test_the_way_there(door, world):
    hidden = door("otto").get(f"/w/{world.ids['room']}/").get_data(as_text=True)
    nothing = door("otto").get("/w/0000000000000000000000/").get_data(as_text=True)
    assert f"/let-me-in?at=/w/{world.ids['room']}/" in hidden
    assert "/let-me-in?at=/w/0000000000000000000000/" in nothing
    assert "/let-me-in?at=/w/" in door("nobody").get(f"/sign-in?next=/w/{world.ids['room']}/").get_data(as_text=True)
    form = door("otto").get(f"/let-me-in?at=/w/{world.ids['room']}/").get_data(as_text=True)
    assert 'value="otto@otway.example"' in form
    assert world.ids["room"] in form


def test_the_pages(door, world, ask, proposed):
    room, rhea, petra = f"/w/{world.ids['room']}", door("rhea"), door("petra")
    asked, other = ask(), ask(email="b@elsewhere.example")
    people = rhea.get(f"{room}/people").get_data(as_text=True)
    assert "axel@elsewhere.example" in people
    assert "cora@calder.example" in people
    mine = petra.get(f"{room}/people").get_data(as_text=True)
    assert ("cora@calder.example" in mine, "axel@elsewhere.example" in mine) == (True, False)
    assert "elsewhere.example is new here" in rhea.get(f"{room}/requests/{asked}").get_data(as_text=True)
    assert petra.get(f"{room}/requests/{asked}").status_code == 404
    assert petra.get(f"{room}/requests/{proposed}").status_code == 200
    assert post(petra, f"{room}/requests/{proposed}/accept").status_code == 403
    assert post(rhea, f"{room}/requests/{asked}/accept", role="owner").status_code == 422
    assert post(rhea, f"{room}/requests/{asked}/accept", role="member").status_code == 303
    assert "axel@elsewhere.example" in rhea.get(f"{room}/people").get_data(as_text=True)
    assert post(rhea, f"{room}/requests/{other}/decline", answer="x" * 1001).status_code == 422
    assert post(rhea, f"{room}/requests/{other}/decline", answer="Sells software.", never="1").status_code == 303
    assert "Refused for good" in rhea.get(f"{room}/requests").get_data(as_text=True)
    assert petra.get(f"{room}/requests").status_code == 403
    assert post(rhea, f"{room}/requests/{other}/again").status_code == 303
    assert petra.get(f"{room}/requests/new").status_code == 200
    assert post(petra, f"{room}/requests", name="Carl", email="carl@elsewhere.example").status_code == 422
    assert post(petra, f"{room}/requests", name="Carl", email="carl@calder.example").status_code == 303
    assert rhea.get(f"{room}/requests/new").status_code == 403
    assert "2 people wait" in rhea.get(f"{room}/").get_data(as_text=True)


def test_the_api(door, world):
    petra, rhea = door("petra"), door("rhea")

    def send(client, path, **body):
        return client.post(f"/api/v1{path}", json=body, headers={"X-CSRFToken": csrf_of(client)})

    room = f"/workspaces/{world.ids['room']}/requests"
    made = send(petra, room, name="Cora", email="cora@calder.example", words="Meters.")
    assert (made.status_code, made.json["state"], made.json["proposed_by"]["name"]) == (201, "waiting", "Petra Prospect")
    assert send(petra, room, name="Cora", email="cora@calder.example").status_code == 422
    assert send(rhea, room, name="Cora", email="cora2@calder.example").status_code == 403
    path = f"/requests/{made.json['id']}"
    assert send(petra, f"{path}/accept").status_code == 403
    assert send(door("otto"), f"{path}/accept").status_code == 404
    assert [each["id"] for each in rhea.get(f"/api/v1{room}").json["items"]] == [made.json["id"]]
    assert door("mark").get(f"/api/v1{room}").json["items"] == []
    assert send(rhea, f"{path}/decline", answer="No.", never=True).json["never"] is True
    assert send(rhea, f"{path}/accept").status_code == 403
    assert send(rhea, f"{path}/allow-again").json["never"] is False


def test_the_letters(proposed, acting, house, room):
    from tests.workspaces.rooms.conftest import Mailbox

    mailbox = Mailbox(house)
    drain(house)
    later = clock.now() + timedelta(minutes=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.kernel.outbox.now", lambda: later)
        assert "Petra Prospect asks that Cora is let into" in mailbox.text("rhea@tidewell.example")
    with acting("rhea") as rhea:
        actions.accept_request(rhea, row(rhea, proposed))
    drain(house)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.kernel.outbox.now", lambda: later + timedelta(minutes=5))
        assert "Cora is invited" in mailbox.text("petra@calder.example")
        assert "/i/" in mailbox.text("cora@calder.example")


def test_nobody_asks_to_be_let_in_to_the_shelf(ask, acting, world):
    with acting("rhea") as rhea:
        shelf = shelves.open_shelf(rhea).id
    assert ask(key="", at=f"https://mainstay.example/w/{shelf}-shelf/") is None
    assert ask(key="", at=f"https://mainstay.example/w/{world.ids['room']}-words/") is not None
