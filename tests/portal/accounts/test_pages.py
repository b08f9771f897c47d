"""The pages of accounts, through the door."""

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, Contact, Note
from tests.conftest import post
from tests.counting import counting

PAGES = ("", "/trail", "/people", "/edit", "/notes/new", "/owner")


def test_the_team_opens_every_page(door, world):
    rhea = door("rhea")
    for page in PAGES:
        assert rhea.get(f"/accounts/{world.ids['calder']}{page}").status_code == 200, page
    assert "Calder Water" in rhea.get("/accounts").text
    assert "Team only. People at Calder Water never see this page." in rhea.get(f"/accounts/{world.ids['calder']}").text


@pytest.mark.parametrize("name", ["ravi", "petra", "otto", "paul"])
def test_for_strangers_there_is_no_such_account(door, world, name):
    for page in PAGES:
        assert door(name).get(f"/accounts/{world.ids['calder']}{page}").status_code == 404, page
    assert "Calder" not in door(name).get("/accounts").text


def test_an_admin_reaches_who_looks_after_it_and_nothing_else(door, world):
    ada = door("ada")
    for page in PAGES[:-1]:
        assert ada.get(f"/accounts/{world.ids['calder']}{page}").status_code == 404, page
    assert ada.get(f"/accounts/{world.ids['calder']}/owner").status_code == 200


def test_nobody_is_asked_to_sign_in(door, world):
    assert door("nobody").get("/accounts").status_code == 303
    assert door("nobody").get(f"/accounts/{world.ids['calder']}").headers["Location"].startswith("/sign-in")


def test_an_account_is_opened(door, db):
    answer = post(door("ravi"), "/accounts/new", name="Bramble & Sons", domains="bramble.example, @sons.example", tags="fruit, pilot")
    assert answer.status_code == 303
    page = door("ravi").get(answer.headers["Location"])
    assert "Bramble &amp; Sons" in page.text
    assert "bramble.example, sons.example" in page.text


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"name": ""}, "f-name"),
        ({"name": "x" * 121}, "f-name"),
        ({"name": "Fine", "domains": "not a domain"}, "f-domains"),
        ({"name": "Fine", "domains": "calder.example"}, "f-domains"),
        ({"name": "Fine", "tags": "y" * 41}, "f-tags"),
        ({"name": "Fine", "website": "javascript:alert(1)"}, "f-website"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(door, db, fields, at):
    answer = post(door("ravi"), "/accounts/new", **fields, industry="Kept industry")
    assert answer.status_code == 422
    assert f'href="#{at}"' in answer.text
    assert "Kept industry" in answer.text
    assert "<title>Error:" in answer.text
    assert db.scalars(select(Account.name)).all() == ["Calder Water", "Otway Foods"]


def test_fields_are_edited_and_cleared(door, world, db):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/edit"
    assert 'value="calder.example"' in rhea.get(url).text
    assert post(rhea, url, name="Calder Water", industry="", domains="calder.example", region="North").status_code == 303
    account = db.get_one(Account, world.pks["calder"])
    assert (account.industry, account.region) == ("", "North")


def test_a_wrong_edit_changes_nothing(door, world, db):
    answer = post(door("rhea"), f"/accounts/{world.ids['calder']}/edit", name="Renamed", domains="otway.example")
    assert answer.status_code == 422
    assert "belongs to another account" in answer.text
    assert 'value="Renamed"' in answer.text
    assert db.get_one(Account, world.pks["calder"]).name == "Calder Water"


def test_a_contact_is_added_and_changed(door, world, db):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/people"
    assert post(rhea, url, name="Imelda", email="imelda@calder.example", buying_roles=["decides", "pays"]).status_code == 303
    contact = db.scalars(select(Contact).where(Contact.name == "Imelda")).one()
    assert "Decides" in rhea.get(url).text
    assert 'value="decides" checked' in rhea.get(f"{url}/{contact.id}").text
    assert post(rhea, f"{url}/{contact.id}", name="Imelda F.", buying_roles=["approves"]).status_code == 303
    assert "Imelda F." in rhea.get(url).text
    wrong = post(rhea, url, name="Twin", email="not an address")
    assert wrong.status_code == 422
    assert 'value="Twin"' in wrong.text
    assert door("ravi").get(f"{url}/{contact.id}").status_code == 404


def test_a_contact_is_not_found_under_another_account(door, world, db):
    post(door("rhea"), f"/accounts/{world.ids['calder']}/people", name="Imelda")
    contact = db.scalars(select(Contact).where(Contact.name == "Imelda")).one()
    other = post(door("rhea"), "/accounts/new", name="Second").headers["Location"]
    assert door("rhea").get(f"{other}/people/{contact.id}").status_code == 404


def test_a_note_is_written_edited_removed_and_brought_back(door, world, db):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/notes"
    written = post(rhea, f"{url}/new", kind="meeting", at="2026-05-14T10:30", body="They froze spending.")
    assert written.status_code == 303
    note = db.scalars(select(Note)).one()
    assert note.at.isoformat() == "2026-05-14T10:30:00+00:00"
    assert post(rhea, f"{url}/{note.id}/edit", kind="meeting", at="2026-05-14T10:30", body="They lifted it.").status_code == 303
    shown = rhea.get(f"{url}/{note.id}").text
    assert "They lifted it." in shown
    assert "They froze spending." in shown
    assert post(rhea, f"{url}/{note.id}/remove").status_code == 303
    assert "/restore" in rhea.get(f"/accounts/{world.ids['calder']}/trail").text
    assert rhea.get(f"{url}/{note.id}").status_code == 404
    assert post(rhea, f"{url}/{note.id}/restore").status_code == 303
    assert rhea.get(f"{url}/{note.id}").status_code == 200


def test_an_empty_note_is_refused_and_its_time_kept(door, world, db):
    answer = post(door("rhea"), f"/accounts/{world.ids['calder']}/notes/new", kind="email", at="2026-05-14T10:30", body="  ")
    assert answer.status_code == 422
    assert "2026-05-14T10:30" in answer.text
    for at in ("nonsense", "9999-12-31T23:59", "0001-01-01T00:00"):
        assert post(door("rhea"), f"/accounts/{world.ids['calder']}/notes/new", kind="email", at=at, body="Yes").status_code == 422
    assert db.scalars(select(Note)).all() == []


def test_the_same_note_sent_twice_is_one(door, world, db):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/notes/new"
    for _again in range(2):
        assert post(rhea, url, kind="call", body="Once", at="2026-05-14T10:30", idempotency_key="once").status_code == 303
    assert len(db.scalars(select(Note)).all()) == 1


def test_a_succession_through_the_door(door, world):
    ada, account = door("ada"), world.ids["calder"]
    assert "Calder Water" in ada.get(f"/admin/people/{world.ids['rhea']}").text
    assert door("nora").get(f"/accounts/{account}").status_code == 404
    assert post(ada, f"/people/{world.ids['rhea']}/accounts/give", to=world.ids["nora"]).status_code == 303
    assert "Owner: Nora Newrep" in door("nora").get(f"/accounts/{account}").text
    assert door("rhea").get(f"/accounts/{account}").status_code == 404
    assert ada.get(f"/accounts/{account}").status_code == 404
    assert "Calder Water" not in ada.get(f"/admin/people/{world.ids['rhea']}").text


def test_only_what_one_may_give_is_given(door, world):
    assert post(door("ravi"), f"/people/{world.ids['rhea']}/accounts/give", to=world.ids["ravi"]).status_code == 303
    assert door("ravi").get(f"/accounts/{world.ids['calder']}").status_code == 404
    assert post(door("petra"), f"/people/{world.ids['rhea']}/accounts/give", to=world.ids["ravi"]).status_code in (403, 404)


def test_the_owner_builds_a_team(door, world):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}"
    assert door("nora").get(url).status_code == 404
    assert post(rhea, f"{url}/team", person=world.ids["nora"]).status_code == 303
    assert door("nora").get(url).status_code == 200
    assert door("nora").get(f"{url}/owner").status_code == 403
    assert post(rhea, f"{url}/team/leave", person=world.ids["nora"]).status_code == 303
    assert door("nora").get(url).status_code == 404
    assert post(rhea, f"{url}/team/leave", person=world.ids["rhea"]).status_code == 422
    assert post(rhea, f"{url}/owner", to="").status_code == 422


def test_the_list_finds_sorts_and_says_when_it_finds_nothing(door, world):
    rhea = door("rhea")
    post(rhea, "/accounts/new", name="Otter Brewing", tags="pilot")
    for asked, there in (("?q=otter", "Otter Brewing"), ("?tag=pilot", "Otter Brewing"), ("?sort=recent", "Calder Water")):
        assert there in rhea.get(f"/accounts{asked}").text
    assert "Calder Water" not in rhea.get("/accounts?q=otter").text
    assert "No account matches." in rhea.get("/accounts?q=nothing").text
    assert "The companies you look after will be here." in door("nora").get("/accounts").text
    for odd in ("?page=99999", "?page=-1", "?sort=nope", "?owner=%00", "?q=" + "x" * 500):
        assert rhea.get(f"/accounts{odd}").status_code == 200, odd


def test_an_overview_takes_few_queries(door, world, house):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}"
    rhea.get(url)
    with counting(house) as queries:
        assert rhea.get(url).status_code == 200
    assert len(queries) <= 17, "\n".join(queries)
