"""`/api/v1` of accounts, contacts and notes."""

import time

import pytest

from portal.kernel.clock import now, rfc3339
from tests.conftest import csrf_of

API = "/api/v1"


def send(client, method: str, url: str, json=None):
    return getattr(client, method)(API + url, json=json, headers={"X-CSRFToken": csrf_of(client)})


def test_accounts_are_opened_changed_and_listed(door, world):
    rhea = door("rhea")
    made = send(
        rhea, "post", "/accounts", {"name": "Otter Brewing", "domains": ["Otter.example"], "industry": "Brewery", "tags": ["pilot"]}
    )
    assert made.status_code == 201
    account = made.json
    assert account["owner"] == {"id": world.ids["rhea"], "name": "Rhea Rep"}
    assert account["domains"] == ["otter.example"]
    changed = send(rhea, "patch", f"/accounts/{account['id']}", {"region": "North"})
    assert changed.status_code == 200
    assert (changed.json["region"], changed.json["industry"]) == ("North", "Brewery")
    assert [each["name"] for each in rhea.get(f"{API}/accounts").json["items"]] == ["Calder Water", "Otter Brewing"]
    assert [each["name"] for each in rhea.get(f"{API}/accounts?q=otter&tag=pilot&owner=rhea@tidewell.example").json["items"]] == [
        "Otter Brewing"
    ]
    first = rhea.get(f"{API}/accounts?limit=1").json
    assert [each["name"] for each in rhea.get(f"{API}/accounts?limit=1&cursor={first['next']}").json["items"]] == ["Otter Brewing"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "A", "domains": "a.example"}, "domains"),
        ({"name": "A", "domains": ["nope"]}, "domains"),
        ({"name": "A", "unknown": 1}, "unknown"),
        ({"name": "A", "owner": "nobody@nowhere.example"}, "owner"),
        ({"name": "A", "owner": "petra@calder.example"}, "owner"),
        ({}, "name"),
    ],
)
def test_wrong_values_are_named(door, told, field):
    answer = send(door("rhea"), "post", "/accounts", told)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].split(".")[0] == field


@pytest.mark.parametrize("name", ["ravi", "petra", "otto", "ada"])
def test_for_strangers_nothing_is_there(door, world, name):
    client, account = door(name), world.ids["calder"]
    for path in (f"/accounts/{account}", f"/accounts/{account}/contacts", f"/accounts/{account}/notes", f"/accounts/{account}/trail"):
        assert door("rhea").get(API + path).status_code == 200, path
        assert client.get(API + path).status_code == 404, path
    assert send(client, "patch", f"/accounts/{account}", {"region": "X"}).status_code == 404
    assert send(client, "post", f"/accounts/{account}/notes", {"body": "Hi"}).status_code == 404


def test_as_of_is_the_account_as_it_stood(door, world):
    rhea, account = door("rhea"), world.ids["calder"]
    before = rfc3339(now())
    time.sleep(0.002)
    send(rhea, "patch", f"/accounts/{account}", {"industry": "Changed"})
    send(rhea, "patch", f"/accounts/{account}", {"owner": "nora@tidewell.example"})
    nora = door("nora")
    then = nora.get(f"{API}/accounts/{account}?as_of={before}").json
    assert (then["industry"], then["owner"]["name"]) == ("Water utility", "Rhea Rep")
    late = nora.get(f"{API}/accounts/{account}?as_of={rfc3339(now())}&known_at={before}").json
    assert (late["industry"], late["owner"]["name"]) == ("Water utility", "Rhea Rep")
    assert nora.get(f"{API}/accounts/{account}").json["industry"] == "Changed"
    assert nora.get(f"{API}/accounts/{account}?as_of=1990-01-01").status_code == 404
    for odd in ("yesterday", "9999-99-99", "0000-00-00T00:00:00Z"):
        assert nora.get(f"{API}/accounts/{account}?as_of={odd}").status_code == 422


def test_an_owner_is_changed_by_id_or_address(door, world):
    account = world.ids["calder"]
    given = send(door("ada"), "patch", f"/accounts/{account}", {"owner": world.ids["nora"]})
    assert given.status_code == 200
    assert given.json == {"id": account, "name": "Calder Water", "owner": {"id": world.ids["nora"], "name": "Nora Newrep"}}
    assert door("nora").get(f"{API}/accounts/{account}").status_code == 200
    assert door("rhea").get(f"{API}/accounts/{account}").status_code == 404
    assert send(door("nora"), "patch", f"/accounts/{account}", {"owner": "nobody@x.example"}).status_code == 422


def test_a_team_member_cannot_give_it_away(door, world, acting):
    from portal.accounts import actions
    from portal.accounts.models import Account
    from portal.people.models import Person

    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        actions.join_team(rhea, account, person=rhea.session.get_one(Person, world.pks["nora"]))
    assert send(door("nora"), "patch", f"/accounts/{world.ids['calder']}", {"region": "North"}).status_code == 200
    assert send(door("nora"), "patch", f"/accounts/{world.ids['calder']}", {"owner": world.ids["nora"]}).status_code == 403


def test_contacts(door, world):
    rhea, account = door("rhea"), world.ids["calder"]
    made = send(
        rhea,
        "post",
        f"/accounts/{account}/contacts",
        {"name": "Petra", "email": "Petra@calder.example", "title": "Engineer", "buying_roles": ["decides"], "tags": ["keen"]},
    )
    assert made.status_code == 201
    assert (made.json["person"], made.json["account"], made.json["buying_roles"]) == (world.ids["petra"], account, ["decides"])
    contact = made.json["id"]
    changed = send(rhea, "patch", f"/contacts/{contact}", {"buying_roles": ["pays", "uses"]})
    assert (changed.json["name"], changed.json["buying_roles"]) == ("Petra", ["uses", "pays"])
    assert rhea.get(f"{API}/contacts/{contact}").json == changed.json
    assert rhea.get(f"{API}/accounts/{account}/contacts").json["items"] == [changed.json]
    assert door("ravi").get(f"{API}/contacts/{contact}").status_code == 404
    assert send(rhea, "post", f"/accounts/{account}/contacts", {"name": "X", "buying_roles": ["rules"]}).status_code == 422
    assert send(rhea, "post", f"/accounts/{account}/contacts", {"name": "X", "email": "petra@calder.example"}).status_code == 422


def test_notes(door, world):
    rhea, account = door("rhea"), world.ids["calder"]
    made = send(rhea, "post", f"/accounts/{account}/notes", {"body": "A *call*", "kind": "call", "at": "2026-05-14T10:30:00Z"})
    assert made.status_code == 201
    assert made.json["at"] == "2026-05-14T10:30:00.000000Z"
    note = made.json["id"]
    assert send(rhea, "patch", f"/notes/{note}", {"kind": "meeting"}).json["kind"] == "meeting"
    assert rhea.get(f"{API}/accounts/{account}/notes").json["items"][0]["id"] == note
    assert door("petra").get(f"{API}/notes/{note}").status_code == 404
    assert send(door("mona"), "patch", f"/notes/{note}", {"body": "Not mine"}).status_code == 403
    assert send(rhea, "delete", f"/notes/{note}").status_code == 204
    assert rhea.get(f"{API}/notes/{note}").status_code == 404
    assert send(rhea, "post", f"/accounts/{account}/notes", {"body": "x", "kind": "visit"}).status_code == 422
    assert send(rhea, "post", f"/accounts/{account}/notes", {"body": "x", "at": "2999-01-01"}).status_code == 422
