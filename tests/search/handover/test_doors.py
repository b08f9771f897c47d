"""Handing over at the doors: pages, API, command. Who may not learns nothing."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.house import House
from portal.notices.models import Notice
from search.handover.models import Handover
from tests.cast import World
from tests.conftest import Door, post
from tests.portal.cli.conftest import Run
from tests.workings import drain

API = "/api/v1/handovers"
API_CLIENTS = ("petra", "mark", "otto")


def told(client: Any, world: World, **more: Any) -> Any:
    return client.post(API, json={"from": world.ids["rhea"], "to": "nora@tidewell.example", **more}, headers={"X-CSRFToken": token(client)})


def token(client: Any) -> str:
    from tests.conftest import csrf_of

    return csrf_of(client)


@pytest.mark.parametrize("who", ["ada", "mona"])
def test_when_the_answer_comes_it_has_happened(door: Door, world: World, who: str) -> None:
    rhea, nora = door("rhea"), door("nora")
    path = f"/api/v1/accounts/{world.ids['calder']}"
    assert (rhea.get(path).status_code, nora.get(path).status_code) == (200, 404)
    answer = told(door(who), world)
    assert answer.status_code == 201
    assert answer.json["state"] == "done"
    assert [account["name"] for account in answer.json["accounts"]] == ["Calder Water"]
    assert answer.json["moves"]["accounts"] == 1
    assert (rhea.get(path).status_code, nora.get(path).status_code) == (404, 200)
    back = door(who)
    assert back.post(f"{API}/{answer.json['id']}/reverse", headers={"X-CSRFToken": token(back)}).json["state"] == "reversed"
    assert (rhea.get(path).status_code, nora.get(path).status_code) == (200, 404)


def test_a_dry_run_says_what_would_move(door: Door, world: World, db: Session) -> None:
    tried = told(door("ada"), world, dry_run=True)
    assert tried.status_code == 200
    assert (tried.json["state"], tried.json["id"]) == ("dry_run", None)
    assert not db.scalars(select(Handover)).all()
    done = told(door("ada"), world)
    assert done.json["moves"] == tried.json["moves"]


def test_what_a_rep_proposes_waits(door: Door, world: World) -> None:
    rhea, mona = door("rhea"), door("mona")
    answer = told(rhea, world)
    assert (answer.status_code, answer.json["state"]) == (202, "proposed")
    path = f"{API}/{answer.json['id']}"
    assert rhea.get(path).status_code == 200
    assert rhea.post(f"{path}/approve", headers={"X-CSRFToken": token(rhea)}).status_code == 403
    assert door("nora").get(path).status_code == 404
    assert mona.post(f"{path}/approve", headers={"X-CSRFToken": token(mona)}).json["state"] == "done"
    assert rhea.get(path).status_code == 404
    assert door("nora").get(path).status_code == 200


@pytest.mark.parametrize("who", ["nora", "ravi"])
def test_for_others_there_is_nobody_to_hand_over(door: Door, world: World, who: str) -> None:
    assert told(door(who), world).status_code == 404
    assert door(who).get(f"/handovers/new?from={world.ids['rhea']}").status_code == 404
    assert door("ada").get(f"/handovers/new?from={world.ids['rhea']}").status_code == 200


@pytest.mark.parametrize("who", API_CLIENTS)
def test_clients_hand_over_nothing(door: Door, world: World, who: str) -> None:
    assert told(door(who), world).status_code == 403
    done = told(door("ada"), world).json["id"]
    assert door(who).get(f"/handovers/{done}").status_code == 404


def test_the_pages(door: Door, world: World) -> None:
    mona, rhea, nora = door("mona"), door("rhea"), door("nora")
    page = mona.get(f"/handovers/new?from={world.ids['rhea']}").get_data(as_text=True)
    assert "Calder Water" in page
    assert "Leak detection" in page
    refused = post(mona, "/handovers", **{"from": world.ids["rhea"], "to": world.ids["nora"]})
    assert refused.status_code == 422
    done = post(mona, "/handovers", **{"from": world.ids["rhea"], "to": world.ids["nora"], "accounts": world.ids["calder"]})
    assert done.status_code == 303
    path = done.headers["Location"]
    assert "Which of them first" in nora.get(path).get_data(as_text=True)
    assert rhea.get(path).status_code == 404
    assert path in mona.get("/handovers").get_data(as_text=True)
    assert post(mona, f"{path}/reverse").status_code == 303
    assert "Taken back" in mona.get(path).get_data(as_text=True)
    assert post(mona, f"{path}/reverse").status_code == 403


def test_an_admin_sees_names_and_no_content(door: Door, world: World) -> None:
    page = door("ada").get(f"/handovers/new?from={world.ids['rhea']}").get_data(as_text=True)
    assert "Calder Water" in page
    assert "What is missing" not in page


def test_clients_are_told_where_that_was_wanted(door: Door, world: World, house: House, db: Session) -> None:
    told(door("mona"), world, announce=True)
    drain(house)
    heard = {notice.person_pk for notice in db.scalars(select(Notice).where(Notice.why == "team"))}
    assert heard == {world.pks[name] for name in ("petra", "mark", "rolf", "paul")}
    inbox = door("petra").get("/me/notifications").get_data(as_text=True)
    assert "Somebody else looks after you now" in inbox


def test_clients_are_told_nothing_else(door: Door, world: World, house: House, db: Session) -> None:
    told(door("mona"), world)
    drain(house)
    assert not db.scalars(select(Notice).where(Notice.why == "team")).all()


def test_the_command(mainstay: Run, world: World, db: Session) -> None:
    line = ["handover", "--from", "rhea@tidewell.example", "--to", "nora@tidewell.example"]
    tried = mainstay(*line, "--account", "Calder Water", "--dry-run").output
    assert "Would move from Rhea Rep to Nora Newrep: 1 accounts" in tried
    assert not db.scalars(select(Handover)).all()
    assert "Moved from Rhea Rep" in mainstay(*line).output
    db.rollback()
    done = db.scalars(select(Handover)).one()
    assert "Moved back" in mainstay("handover", "--reverse", done.id).output
