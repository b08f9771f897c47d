"""Who may be the same is proposed, never done; other names of accounts are known everywhere."""

import pytest

from portal.accounts import actions, likeness
from portal.accounts.models import Account
from portal.kernel.clock import now
from tests.conftest import csrf_of, post

API = "/api/v1"


def calder(actor, world) -> Account:
    return actor.session.get_one(Account, world.pks["calder"])


def proposed(actor, world) -> list[set[str]]:
    return [{pair.one.name, pair.other.name} for pair in likeness.alike(actor, calder(actor, world))]


@pytest.mark.parametrize(("one", "other"), [("Anna Weber", "Ana Weber"), ("Weber, Anna", "Anna Weber"), ("Zoë Müller", "Zoe Muller")])
def test_near_names_are_proposed(acting, world, one, other):
    with acting("rhea") as rhea:
        actions.add_contact(rhea, calder(rhea, world), name=one)
        actions.add_contact(rhea, calder(rhea, world), name=other)
        actions.add_contact(rhea, calder(rhea, world), name="Paul Weber")
        assert proposed(rhea, world) == [{one, other}]


def test_one_address_at_two_companies_of_ones_own_is_proposed_and_at_others_not(acting, world):
    with acting("ravi") as ravi:
        otway = ravi.session.get_one(Account, world.pks["otway"])
        actions.add_contact(ravi, otway, name="Somebody", email="petra.p@calder.example")
    with acting("rhea") as rhea:
        actions.add_contact(rhea, calder(rhea, world), name="Petra Prospect", email="petra.p@calder.example")
        assert proposed(rhea, world) == []
        otter = actions.open_account(rhea, name="Otter Brewing")
        actions.add_contact(rhea, otter, name="P. P.", email="petra.p@calder.example")
        assert proposed(rhea, world) == [{"Petra Prospect", "P. P."}]


def test_what_is_not_the_same_is_not_asked_again(acting, world):
    with acting("rhea") as rhea:
        one = actions.add_contact(rhea, calder(rhea, world), name="Anna Weber")
        other = actions.add_contact(rhea, calder(rhea, world), name="Ana Weber")
        assert proposed(rhea, world)
        actions.tell_contacts_apart(rhea, other, other=one)
        actions.tell_contacts_apart(rhea, one, other=other)
        assert proposed(rhea, world) == []


def test_many_contacts_are_compared_by_what_is_equal_alone(acting, world, monkeypatch):
    monkeypatch.setattr(likeness, "MOST_COMPARED", 3)
    with acting("rhea") as rhea:
        for name in ("Anna Weber", "Ana Weber", "anna-weber", "Paul"):
            actions.add_contact(rhea, calder(rhea, world), name=name)
        assert proposed(rhea, world) == [{"Anna Weber", "anna-weber"}]


def test_accounts_that_may_be_one_company(acting, door, world):
    with acting("rhea") as rhea:
        other = actions.open_account(rhea, name="Calder-Water", website="https://elsewhere.example")
        assert [pair.other.pk for pair in likeness.like_account(rhea, calder(rhea, world))] == [other.pk]
    rhea, page = door("rhea"), f"/accounts/{world.ids['calder']}"
    assert "May be the same company" in rhea.get(f"{page}/edit").text
    assert post(rhea, f"{page}/apart", other=world.ids["otway"]).status_code == 404
    assert post(door("ravi"), f"{page}/apart", other=other.id).status_code == 404
    assert post(rhea, f"{page}/apart", other=other.id).status_code == 303
    assert "May be the same company" not in rhea.get(f"{page}/edit").text


def test_the_people_page_proposes_and_forgets(acting, door, world):
    with acting("rhea") as rhea:
        one = actions.add_contact(rhea, calder(rhea, world), name="Anna Weber")
        other = actions.add_contact(rhea, calder(rhea, world), name="Ana Weber")
    people = f"/accounts/{world.ids['calder']}/people"
    assert "These may be the same person" in door("rhea").get(people).text
    assert "These may be the same person" not in door("mona").get(people).text, "who may not merge is not asked"
    assert post(door("mona"), f"{people}/{one.id}/apart", other=other.id).status_code == 403
    assert post(door("rhea"), f"{people}/{one.id}/apart", other="").status_code == 422
    assert post(door("rhea"), f"{people}/{one.id}/apart", other=other.id).status_code == 303
    assert "These may be the same person" not in door("rhea").get(people).text


def test_other_names_are_kept_by_page_and_api_and_found(door, world, acting):
    rhea, edit = door("rhea"), f"/accounts/{world.ids['calder']}"
    before = now()
    changed = rhea.patch(f"{API}/accounts/{world.ids['calder']}", json={"aliases": ["GTX Pro"]}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert (changed.status_code, changed.json["aliases"]) == (200, ["GTX Pro"])
    assert [each["name"] for each in rhea.get(f"{API}/accounts?q=GTXPro").json["items"]] == ["Calder Water"]
    assert [each["name"] for each in rhea.get(f"{API}/accounts?q=calderwater").json["items"]] == ["Calder Water"]
    assert rhea.get(f"{API}{edit}?as_of={before.isoformat().replace('+', '%2B')}").json["aliases"] == []
    assert "GTX Pro" in rhea.get(f"{edit}/edit").text
    assert post(rhea, f"{edit}/edit", name="Calder Water", aliases="Calder, Ltd\nCW").status_code in (303, 412)
    with acting("rhea") as actor:
        actions.change_account(actor, calder(actor, world), aliases=["Calder, Ltd", "CW"])
        assert actions.said_of(calder(actor, world), "aliases") == ["CW", "Calder, Ltd"]
    taken = rhea.post(f"{API}/accounts", json={"name": "New", "aliases": ["c w"]}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert (taken.status_code, taken.json["errors"][0]["field"]) == (422, "aliases")
    made = rhea.post(f"{API}/accounts", json={"name": "New", "aliases": ["Newer"]}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert made.json["aliases"] == ["Newer"]
