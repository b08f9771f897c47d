"""The API of workspaces, as the contract has it: shapes, refusals, and nothing to outsiders."""

import pytest

from tests.conftest import csrf_of

V = "/api/v1"


def ask(client, method, path, **json):
    headers = {"X-CSRFToken": csrf_of(client), "Idempotency-Key": json.pop("key", "")} if method != "get" else {}
    return getattr(client, method)(
        V + path, headers={name: value for name, value in headers.items() if value}, json=json if method in ("post", "patch") else None
    )


def test_workspaces(door, world):
    rhea = door("rhea")
    made = ask(rhea, "post", "/workspaces", title="Meters", accounts=[world.ids["calder"]], purpose="For the north")
    assert made.status_code == 201
    assert made.json | {"title": "Meters", "purpose": "For the north", "accounts": [world.ids["calder"]], "kind": "account"} == made.json
    path = f"/workspaces/{made.json['id']}"
    assert ask(rhea, "get", path).json == made.json
    changed = ask(rhea, "patch", path, title="Smart meters")
    assert (changed.status_code, changed.json["title"], changed.json["purpose"]) == (200, "Smart meters", "For the north")
    archived = ask(rhea, "post", f"{path}/archive")
    assert (archived.status_code, archived.json["archived"]) == (200, True)
    assert ask(rhea, "patch", path, title="No more").status_code == 403
    assert ask(rhea, "delete", path).status_code == 405


def test_the_list_is_ones_own(door, world):
    def titles(name):
        return {each["title"] for each in ask(door(name), "get", "/workspaces").json["items"]}

    assert titles("rhea") == titles("mona") == {"Leak detection", "Billing questions"}
    assert titles("petra") == {"Leak detection"}
    assert titles("ada") <= {"Leak detection", "Billing questions"}
    assert titles("nils") == set()
    first = ask(door("rhea"), "get", "/workspaces?limit=1").json
    second = ask(door("rhea"), "get", f"/workspaces?limit=1&cursor={first['next']}").json
    assert len({first["items"][0]["id"], second["items"][0]["id"]}) == 2


def test_in_a_community_a_client_is_told_their_own_account(door, world, acting):
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account
    from portal.people.models import Person
    from workspaces.rooms import actions

    with acting("rhea") as rhea:
        calder = rhea.session.get(Account, world.pks["calder"])
        mere = accounts.open_account(rhea, name="Mere Fisheries")
        community = actions.open_workspace(rhea, title="Sensors", accounts=[calder, mere], community=True)
        actions.join(rhea, community, rhea.session.get(Person, world.pks["petra"]), role="member", account=calder)
        id = community.id
    assert ask(door("petra"), "get", f"/workspaces/{id}").json["accounts"] == [world.ids["calder"]]
    assert len(ask(door("rhea"), "get", f"/workspaces/{id}").json["accounts"]) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "", "accounts": ["x"]}, "title"),
        ({"title": "x"}, "accounts"),
        ({"title": "x", "accounts": []}, "accounts"),
        ({"title": "x", "accounts": ["nonsense"]}, "accounts"),
        ({"title": 7, "accounts": []}, "title"),
        ({"title": "x", "accounts": [], "colour": "red"}, "colour"),
    ],
)
def test_bad_workspaces_say_which_field(door, body, field):
    answer = ask(door("rhea"), "post", "/workspaces", **body)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]
    assert answer.content_type == "application/problem+json"


def test_members(door, world):
    rhea, path = door("rhea"), f"/workspaces/{world.ids['room']}/members"
    listed = ask(rhea, "get", path).json["items"]
    assert {each["person"]["name"]: each["role"] for each in listed} == {
        "Rhea Rep": "owner",
        "Mark Moderator": "moderator",
        "Petra Prospect": "member",
        "Rolf Reader": "reader",
    }
    petra = ask(door("petra"), "get", path).json["items"]
    assert [each["person"]["name"] for each in petra if "email" in each["person"]] == ["Petra Prospect"]
    changed = ask(rhea, "patch", f"{path}/{world.ids['rolf']}", role="member", groups=[world.ids["group"]])
    assert (changed.status_code, changed.json["role"], changed.json["groups"]) == (200, "member", [world.ids["group"]])
    assert ask(rhea, "patch", f"{path}/{world.ids['rolf']}", role="king").status_code == 422
    assert ask(rhea, "patch", f"{path}/{world.ids['otto']}", role="member").status_code == 404
    assert ask(door("petra"), "patch", f"{path}/{world.ids['rolf']}", role="reader").status_code == 403
    assert ask(door("petra"), "delete", f"{path}/{world.ids['rolf']}").status_code == 403
    assert ask(rhea, "delete", f"{path}/{world.ids['rolf']}").status_code == 204
    assert ask(rhea, "get", f"{path}/{world.ids['rolf']}").status_code == 404
    assert ask(door("rolf"), "get", path).status_code == 404
    assert ask(door("petra"), "delete", f"{path}/{world.ids['petra']}").status_code == 204


def test_groups(door, world):
    rhea, path = door("rhea"), f"/workspaces/{world.ids['room']}/groups"
    made = ask(rhea, "post", path, name="Finance", members=[world.ids["mark"]])
    assert (made.status_code, made.json["name"], made.json["members"]) == (201, "Finance", [world.ids["mark"]])
    one = f"/groups/{made.json['id']}"
    assert ask(door("mark"), "get", one).status_code == 200
    for outsider in ("petra", "rolf", "paul", "otto", "ravi"):
        assert ask(door(outsider), "get", one).status_code == 404
    assert {each["name"] for each in ask(door("petra"), "get", path).json["items"]} == {"Procurement"}
    assert ask(rhea, "patch", one, members=[]).json["members"] == []
    assert ask(rhea, "patch", one, name="Procurement").status_code == 422
    assert ask(rhea, "delete", one).status_code == 204
    assert ask(rhea, "get", one).status_code == 404
    assert ask(rhea, "delete", f"/groups/{world.ids['group']}").status_code == 422


def test_invitations(door, world, mailbox):
    rhea, path = door("rhea"), f"/workspaces/{world.ids['room']}/invitations"
    made = ask(rhea, "post", path, email="Elena@Calder.example", role="reader", groups=[world.ids["group"]], note="Hello")
    assert made.status_code == 201
    assert made.json | {"email": "elena@calder.example", "role": "reader", "state": "waiting", "note": "Hello"} == made.json
    assert "/i/" in made.json["link"]
    one = f"/invitations/{made.json['id']}"
    assert "link" not in ask(rhea, "get", one).json
    assert ask(rhea, "get", path).json["items"][0]["id"] == made.json["id"]
    first = mailbox.link("elena@calder.example")
    assert first not in made.json["link"]
    assert ask(rhea, "post", f"{one}/resend").status_code == 200
    again = ask(rhea, "post", f"{one}/resend")
    assert (again.status_code, int(again.headers["Retry-After"]) > 3600) == (429, True)
    for outsider in ("petra", "rolf", "paul", "otto"):
        assert ask(door(outsider), "get", one).status_code == 404
        assert ask(door(outsider), "delete", one).status_code == 404
    assert ask(door("petra"), "get", path).status_code == 403
    assert "link" not in ask(door("mark"), "post", path, email="new@calder.example").json
    assert ask(rhea, "delete", one).status_code == 204
    assert ask(rhea, "get", one).json["state"] == "revoked"


def test_several_at_once_are_answered_each_for_itself(door, world):
    rhea, path = door("rhea"), f"/workspaces/{world.ids['room']}/invitations"
    bad = ask(rhea, "post", path, items=[{"email": "petra@calder.example"}, {"email": "no"}])
    assert bad.status_code == 422
    assert [each["field"] for each in bad.json["errors"]] == ["items.0.email", "items.1.email"]
    assert ask(rhea, "get", path).json["items"] == []
    wanted = [
        {"email": "a@calder.example"},
        {"email": "no"},
        {"email": "b@calder.example", "role": "reader"},
        {"email": "a@calder.example"},
    ]
    made = ask(rhea, "post", path, items=[*wanted, {"email": "c@calder.example", "role": "owner"}, "nothing"])
    assert made.status_code == 201
    assert [each["email"] for each in made.json["items"]] == ["a@calder.example", "b@calder.example"]
    assert [(each["item"], each["email"], each["errors"][0]["field"]) for each in made.json["refused"]] == [
        (1, "no", "email"),
        (3, "a@calder.example", "email"),
        (4, "c@calder.example", "role"),
        (5, "", ""),
    ]
    again = ask(rhea, "post", path, items=wanted)
    assert again.status_code == 422
    assert len(ask(rhea, "get", path).json["items"]) == 2
    for wrong in ([], [{"email": f"n{n}@calder.example"} for n in range(201)], "a@calder.example"):
        assert ask(rhea, "post", path, items=wrong).status_code == 422
    assert ask(rhea, "post", path, items=wanted, role="member").status_code == 422


def test_the_same_key_invites_once(door, world):
    rhea, path = door("rhea"), f"/workspaces/{world.ids['room']}/invitations"
    first = ask(rhea, "post", path, email="a@calder.example", key="k1")
    assert ask(rhea, "post", path, email="a@calder.example", key="k1").json == first.json
    assert ask(rhea, "post", path, email="b@calder.example", key="k1").status_code == 422


class TestAccept:
    def test_by_the_mailed_link(self, door, world, mailbox, app):
        ask(door("rhea"), "post", f"/workspaces/{world.ids['room']}/invitations", email="elena@calder.example")
        token, client = mailbox.link("elena@calder.example"), app.test_client()
        made = client.post(f"{V}/invitations/accept", json={"token": token, "name": "Elena Voss"})
        assert made.status_code == 200
        assert made.json["person"] | {"name": "Elena Voss", "email": "elena@calder.example"} == made.json["person"]
        bearer = {"Authorization": f"Bearer {made.json['session_token']}"}
        assert client.get(f"{V}/workspaces/{world.ids['room']}", headers=bearer).status_code == 200
        assert client.post(f"{V}/invitations/accept", json={"token": token}).status_code == 410

    def test_by_the_shown_link_and_code(self, door, world, mailbox, app):
        made = ask(door("rhea"), "post", f"/workspaces/{world.ids['room']}/invitations", email="elena@calder.example")
        token, client = made.json["link"].rsplit("/", 1)[1], app.test_client()
        missing = client.post(f"{V}/invitations/accept", json={"token": token})
        assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "code")
        code = mailbox.code("elena@calder.example")
        wrong = client.post(f"{V}/invitations/accept", json={"token": token, "code": "000000" if code != "000000" else "111111"})
        assert wrong.status_code == 422
        assert client.post(f"{V}/invitations/accept", json={"token": token, "code": code}).status_code == 200

    @pytest.mark.parametrize(
        ("body", "status"), [({"token": "x" * 43}, 410), ({"token": ""}, 410), ({}, 422), ({"token": 7}, 422), ({"token": "y" * 201}, 422)]
    )
    def test_what_is_no_invitation(self, app, body, status):
        assert app.test_client().post(f"{V}/invitations/accept", json=body).status_code == status

    def test_a_password_is_for_a_client_who_has_none(self, door, world, mailbox, db):
        from sqlalchemy import select

        from portal.people import passwords
        from portal.people.models import Person

        path = f"/workspaces/{world.ids['room']}/invitations"
        ask(door("rhea"), "post", path, email="elena@calder.example")
        token, client = mailbox.link("elena@calder.example"), door("nobody")
        weak = client.post(f"{V}/invitations/accept", json={"token": token, "password": "password"})
        assert (weak.status_code, weak.json["errors"][0]["field"]) == (422, "password")
        assert client.post(f"{V}/invitations/accept", json={"token": token, "password": "three brown kettles"}).status_code == 200
        kept = db.scalar(select(Person.password_hash).where(Person.email == "elena@calder.example"))
        assert passwords.verified("three brown kettles", kept)[0]
        ask(door("rhea"), "post", f"/workspaces/{world.ids['side']}/invitations", email="elena@calder.example")
        again = {"token": mailbox.link("elena@calder.example"), "password": "seven green ladders"}
        assert client.post(f"{V}/invitations/accept", json=again).status_code == 200
        db.rollback()
        assert db.scalar(select(Person.password_hash).where(Person.email == "elena@calder.example")) == kept


@pytest.mark.parametrize("path", ["", "/members", "/groups", "/invitations"])
@pytest.mark.parametrize("who", ["paul", "otto", "nils", "ravi"])
def test_outsiders_get_404(door, world, path, who):
    assert ask(door("rhea"), "get", f"/workspaces/{world.ids['room']}{path}").status_code == 200
    assert ask(door(who), "get", f"/workspaces/{world.ids['room']}{path}").status_code == 404


def test_signed_out_is_401(app, world):
    assert app.test_client().get(f"{V}/workspaces").status_code == 401
