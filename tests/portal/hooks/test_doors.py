"""Webhooks by their pages and by the API, as each of the cast."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Verifier

from portal.hooks import actions
from portal.hooks.models import Delivery, Webhook
from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World
from tests.conftest import Door, csrf_of
from tests.counting import counting
from tests.portal.hooks.conftest import Making
from tests.portal.hooks.test_sending import say, send
from tests.sink import Sink

Acting = Callable[[str], AbstractContextManager[Actor]]
HOME = "/me/settings/webhooks"


def ask(client: FlaskClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.open(f"/api/v1{path}", method=method, json=body, headers={"X-CSRFToken": csrf_of(client)} | headers)


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """As a page of ours would: `url` is a field of the form here."""
    return client.post(path, data={"csrf_token": csrf_of(client), **fields})


def test_the_api_makes_changes_and_removes_a_webhook(door: Door, db: Session, world: World, sink: Sink) -> None:
    rhea = door("rhea")
    made = ask(
        rhea, "POST", "/webhooks", {"url": f"{sink.url}/in?key=hidden", "kinds": ["post", "file.added"], "workspace": world.ids["room"]}
    )
    assert made.status_code == 201
    told = made.get_json()
    assert told["secret"].startswith("whsec_")
    assert (told["enabled"], told["team"], told["kinds"], told["workspace"], told["account"]) == (
        True,
        False,
        ["file.added", "post"],
        world.ids["room"],
        None,
    )
    path = f"/webhooks/{told['id']}"
    shown = ask(rhea, "GET", path)
    assert shown.get_json() == {name: value for name, value in told.items() if name != "secret"}
    assert told["secret"] not in shown.text + ask(rhea, "GET", "/webhooks").text
    assert ask(rhea, "GET", "/webhooks").get_json()["items"] == [shown.get_json()]
    changed = ask(
        rhea,
        "PATCH",
        path,
        {"kinds": [], "account": world.ids["calder"], "workspace": None, "team": True, "name": "CRM"},
        **{"If-Match": shown.headers["ETag"]},
    )
    assert (changed.status_code, changed.get_json()["name"], changed.get_json()["account"]) == (200, "CRM", world.ids["calder"])
    assert ask(rhea, "PATCH", path, {"name": "Stale"}, **{"If-Match": shown.headers["ETag"]}).status_code == 412
    rotated = ask(rhea, "POST", f"{path}/rotate").get_json()
    assert rotated["secret"] != told["secret"]
    assert rotated["old_secret_until"]
    assert ask(rhea, "DELETE", path).status_code == 204
    assert ask(rhea, "GET", path).status_code == 404
    kinds = db.scalars(select(Event.kind).where(Event.subject_kind == "webhook").order_by(Event.pk)).all()
    assert kinds == ["webhook.made", "webhook.changed", "webhook.rotated", "webhook.removed"]
    assert "hidden" not in str(db.scalars(select(Event.facts).where(Event.subject_kind == "webhook")).all()), "addresses may be secrets"


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "http://example.com/"), ("url", "https://10.0.0.1/"), ("url", "https://user:pw@hooks.example/"), ("url", ""),
     ("url", "x" * 501), ("kinds", ["nothing"]), ("kinds", ["post.nothing"]), ("kinds", "post"), ("kinds", [1]), ("account", "x" * 22),
     ("account", 7), ("workspace", "other"), ("team", "yes"), ("colour", "red"), ("name", "x" * 81)],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field(door: Door, db: Session, world: World, sink: Sink, field: str, value: Any) -> None:
    rhea = door("rhea")
    value = world.ids["other"] if value == "other" else value
    told = ask(rhea, "POST", "/webhooks", {"url": sink.url} | {field: value})
    assert told.status_code == 422
    assert told.get_json()["errors"][0]["field"].partition(".")[0] == field
    assert db.scalars(select(Webhook)).all() == []
    good = ask(rhea, "POST", "/webhooks", {"url": sink.url}).get_json()
    assert ask(rhea, "PATCH", f"/webhooks/{good['id']}", {field: value}).status_code == 422


def test_only_staff_have_them_and_only_their_own(door: Door, make: Making, world: World) -> None:
    id = make("rhea")
    assert ask(door("rhea"), "GET", f"/webhooks/{id}").status_code == 200
    assert ask(door("petra"), "POST", "/webhooks", {"url": "https://hooks.example/"}).status_code == 403
    assert door("petra").get(HOME).status_code == 403
    for who in ("ravi", "mona", "nora"):
        for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/disable"), ("GET", "/deliveries")):
            assert ask(door(who), method, f"/webhooks/{id}{path}", {} if method != "GET" else None).status_code == 404, (who, path)
        assert door(who).get(f"{HOME}/{id}").status_code == 404
    assert door("rhea").get(f"{HOME}/{id}").status_code == 200


def test_admins_see_whose_and_where_to_and_can_switch_off(door: Door, make: Making, db: Session, house: House, world: World) -> None:
    id = make("rhea", "/path-that-is-a-secret", name="Name of hers")
    ada, rhea = door("ada"), door("rhea")
    page = ada.get("/admin/webhooks")
    assert "Rhea Rep" in page.text
    assert "127.0.0.1" in page.text
    for hidden in ("path-that-is-a-secret", "Name of hers"):
        assert hidden not in page.text + ask(ada, "GET", f"/webhooks/{id}").text + ask(ada, "GET", "/webhooks?owner=all").text
    assert ask(ada, "GET", "/webhooks?owner=all").get_json()["items"][0]["owner"]["name"] == "Rhea Rep"
    assert ask(rhea, "GET", "/webhooks?owner=all").status_code == 403
    assert rhea.get("/admin/webhooks").status_code == 403
    for path in ("/deliveries", "/test", "/rotate", "/replay"):
        assert (
            ask(ada, "GET" if path == "/deliveries" else "POST", f"/webhooks/{id}{path}", None if path == "/deliveries" else {}).status_code
            == 403
        )
    assert post(ada, f"{HOME}/{id}/off", **{"from": "admin"}).headers["Location"].endswith("/admin/webhooks")
    assert ask(rhea, "GET", f"/webhooks/{id}").get_json()["disabled_why"] == "admin"
    assert ask(rhea, "POST", f"/webhooks/{id}/enable").status_code == 403, "what an admin switched off only an admin switches on"
    assert "only an admin can switch it on again" in rhea.get(f"{HOME}/{id}").text
    assert "Concerns something of yours" in rhea.get("/me/notifications").text
    assert ask(ada, "POST", f"/webhooks/{id}/enable").get_json()["enabled"] is True


def test_a_rep_switches_off_and_on(door: Door, make: Making) -> None:
    id, rhea, ada = make("rhea"), door("rhea"), door("ada")
    assert ask(rhea, "POST", f"/webhooks/{id}/disable").get_json()["disabled_why"] == "owner"
    assert ask(ada, "POST", f"/webhooks/{id}/enable").status_code == 403, "her own choice"
    assert ask(rhea, "POST", f"/webhooks/{id}/enable").get_json()["enabled"] is True


def test_deliveries_are_listed_and_sent_again(door: Door, house: House, acting: Acting, world: World, make: Making, sink: Sink) -> None:
    id, rhea = make("rhea", kinds=["post"]), door("rhea")
    sink.answers["/"] = 500
    with acting("rhea") as actor:
        actions.send_test(actor, actor.session.scalars(select(Webhook)).one())
    send(house)
    sink.answers["/"] = 200
    say(acting, world, "News")
    send(house)
    listed = ask(rhea, "GET", f"/webhooks/{id}/deliveries").get_json()["items"]
    assert [(each["kind"], each["state"], each["status"], each["attempts"]) for each in listed] == [
        ("post.created", "delivered", 200, 1), ("webhook.test", "dead", 500, 1),
    ]  # fmt: skip
    assert listed[0]["response"] == "Said 200"
    assert listed[0]["milliseconds"] >= 0
    assert [each["kind"] for each in ask(rhea, "GET", f"/webhooks/{id}/deliveries?state=dead").get_json()["items"]] == ["webhook.test"]
    assert ask(rhea, "GET", f"/webhooks/{id}/deliveries?state=lost").status_code == 422
    path = f"/webhooks/{id}/deliveries/{listed[0]['id']}"
    assert ask(rhea, "GET", path).get_json() == listed[0]
    assert ask(rhea, "POST", f"{path}/redeliver").get_json()["state"] == "waiting"
    assert ask(rhea, "POST", f"{path}/redeliver").status_code == 422, "it waits already"
    send(house)
    assert len(sink.got) == 3
    assert json.loads(sink.got[1].body) == json.loads(sink.got[2].body)
    assert ask(rhea, "POST", f"/webhooks/{id}/replay", {}).get_json() == {"queued": 0}, "a test is none of what was missed"
    assert ask(rhea, "POST", f"/webhooks/{id}/replay", {"since": "yesterday"}).status_code == 422
    assert ask(rhea, "POST", f"/webhooks/{id}/replay", {"since": "2026-01-01T00:00:00Z"}).status_code == 200


def test_no_delivery_under_the_address_of_another_webhook(
    door: Door, house: House, acting: Acting, world: World, make: Making, db: Session
) -> None:
    one, other = make("rhea", kinds=["post"]), make("rhea", kinds=["file"])
    say(acting, world, "News")
    id = db.scalars(select(Delivery.id)).one()
    assert ask(door("rhea"), "GET", f"/webhooks/{one}/deliveries/{id}").status_code == 200
    assert ask(door("rhea"), "GET", f"/webhooks/{other}/deliveries/{id}").status_code == 404


def test_tokens_have_their_scope(door: Door, app: Any, acting: Acting, sink: Sink) -> None:
    with acting("rhea") as rhea:
        secrets = {scope: people.make_token(rhea, name=scope, scopes=[scope])[1] for scope in ("read", "write")}
    client = app.test_client()
    sent = {"method": "POST", "json": {"url": sink.url}}
    assert client.open("/api/v1/webhooks", headers={"Authorization": f"Bearer {secrets['read']}"}, **sent).status_code == 403
    assert client.open("/api/v1/webhooks", headers={"Authorization": f"Bearer {secrets['write']}"}, **sent).status_code == 201
    assert client.get("/api/v1/changes", headers={"Authorization": f"Bearer {secrets['read']}"}).status_code == 200


def test_there_is_an_end_to_how_many(door: Door, acting: Acting, house: House, make: Making, sink: Sink) -> None:
    from portal.hooks.actions.webhooks import MOST

    for _ in range(MOST):
        make("rhea")
    assert ask(door("rhea"), "POST", "/webhooks", {"url": sink.url}).status_code == 422


def test_the_pages_do_it_all(door: Door, house: House, db: Session, world: World, acting: Acting, sink: Sink) -> None:
    rhea = door("rhea")
    assert "No webhooks yet" in rhea.get(HOME).text
    wrong = post(rhea, HOME, url="http://intranet/", name="Kept words", kinds=["post"])
    assert wrong.status_code == 422
    assert 'id="e-url"' in wrong.text
    assert "Kept words" in wrong.text
    made = post(rhea, HOME, url=f"{sink.url}/in", name="Sales chat", kinds=["post", "topic"], workspace=world.ids["room"])
    assert made.status_code == 200
    webhook = db.scalars(select(Webhook)).one()
    here = f"{HOME}/{webhook.id}"
    secret = made.text.split('value="whsec_')[1].split('"')[0]
    assert "whsec_" not in rhea.get(here).text
    say(acting, world, "Hear, hear.")
    send(house)
    Verifier("whsec_" + secret).verify(sink.got[0].body, sink.got[0].headers)
    page = rhea.get(here).text
    assert "Arrived" in page
    assert "Can the gateways run on 24 V panels?" in page
    assert "1 delivery arrived" in rhea.get(HOME).text
    db.rollback()
    delivery = db.scalars(select(Delivery)).one()
    assert post(rhea, f"{here}/deliveries/{delivery.id}/again").status_code == 303
    assert post(rhea, f"{here}/test").status_code == 303
    send(house)
    assert len(sink.got) == 3
    assert post(rhea, here, url=f"{sink.url}/in", name="", team="1").status_code == 303
    db.rollback()
    webhook = db.scalars(select(Webhook)).one()
    assert (webhook.name, webhook.team, webhook.kinds, webhook.workspace_pk) == ("127.0.0.1", True, [], None)
    assert "whsec_" in post(rhea, f"{here}/secret").text
    assert post(rhea, f"{here}/off").status_code == 303
    assert "Switch on" in rhea.get(here).text
    assert post(rhea, f"{here}/replay").status_code == 303
    assert "switched off. Switch it on first" in rhea.get(here).text
    assert post(rhea, f"{here}/on").status_code == 303
    assert post(rhea, f"{here}/replay").status_code == 303
    assert post(rhea, f"{here}/remove").status_code == 303
    assert rhea.get(here).status_code == 404


def test_pages_ask_no_more_where_there_is_more(door: Door, house: House, world: World, acting: Acting, make: Making, sink: Sink) -> None:
    rhea, id = door("rhea"), make("rhea", kinds=["post"])
    say(acting, world, "One")
    send(house)
    for path in (HOME, f"{HOME}/{id}"):
        rhea.get(path)
    with counting(house) as few:
        rhea.get(HOME), rhea.get(f"{HOME}/{id}")
    for n in range(5):
        say(acting, world, f"More {n}")
        make("rhea")
    send(house)
    with counting(house) as many:
        rhea.get(HOME), rhea.get(f"{HOME}/{id}")
    assert len(many) <= len(few)


def test_a_suspended_owner_has_nothing_sent_and_it_goes_on_when_they_are_back(
    house: House, acting: Acting, world: World, make: Making, sink: Sink
) -> None:
    make("rhea", kinds=["post"])
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["rhea"]))
    say(acting, world, "Unheard")
    send(house)
    with acting("ada") as ada:
        people.restore_person(ada, ada.session.get_one(Person, world.pks["rhea"]))
    say(acting, world, "Heard")
    send(house)
    assert [json.loads(got.body)["text"] for got in sink.got] == ["Heard"]
