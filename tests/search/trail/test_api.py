"""`/api/v1/accounts/{id}/trail`."""

from tests.conftest import csrf_of
from tests.search.trail.test_trail import trail_of


def test_a_line_has_what_the_contract_says(door, world):
    items = trail_of(door("rhea"), world)["items"]
    line = next(each for each in items if each["source"]["id"] == world.ids["post"])
    assert set(line) >= {"id", "at", "kind", "actor", "account", "workspace", "summary", "url", "source", "categories", "hash"}
    assert line["kind"] == "post.created"
    assert line["source"] == {"kind": "post", "id": world.ids["post"]}
    assert line["account"] == world.ids["calder"]
    assert line["workspace"] == world.ids["room"]
    assert line["actor"] == {"id": world.ids["rhea"], "name": "Rhea Rep"}
    assert line["url"].endswith(f"#p-{world.ids['post']}")
    assert line["at"].endswith("Z")
    assert line["categories"] == []
    assert [each["at"] for each in items] == sorted((each["at"] for each in items), reverse=True)


def test_kinds_and_first_halves_by_comma(door, world):
    kinds = {each["kind"] for each in trail_of(door("rhea"), world, kind="post,member.joined")["items"]}
    assert kinds == {"post.created", "member.joined"}
    assert {each["kind"] for each in trail_of(door("rhea"), world, kind="account")["items"]} == {"account.opened"}
    assert trail_of(door("rhea"), world, kind="nothing")["items"] == []
    assert trail_of(door("rhea"), world, category="question")["items"] == []


def test_pages_by_cursor_leave_nothing_out(door, world):
    rhea = door("rhea")
    everything = [each["id"] for each in trail_of(rhea, world, limit="200")["items"]]
    seen, cursor = [], None
    while True:
        told = trail_of(rhea, world, limit="3", **({"cursor": cursor} if cursor else {}))
        seen += [each["id"] for each in told["items"]]
        if (cursor := told["next"]) is None:
            break
    assert seen == everything


def test_dates_and_people(door, world):
    rhea = door("rhea")
    assert trail_of(rhea, world, as_of="2020-01-01")["items"] == []
    assert trail_of(rhea, world, to="2020-01-01")["items"] == []
    assert trail_of(rhea, world, **{"from": "2020-01-01"})["items"]
    assert {each["actor"]["id"] for each in trail_of(rhea, world, person=world.ids["petra"])["items"]} == {world.ids["petra"]}
    for wrong in ({"from": "x"}, {"as_of": "2026-99-01"}, {"person": "me"}, {"cursor": "x"}, {"limit": "0"}):
        assert rhea.get(f"/api/v1/accounts/{world.ids['calder']}/trail", query_string=wrong).status_code == 422, wrong


def test_no_verb_but_get(door, world):
    rhea = door("rhea")
    told = rhea.post(f"/api/v1/accounts/{world.ids['calder']}/trail", json={}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert told.status_code == 405
