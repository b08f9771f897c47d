"""Contacts who move to another company, and two who are one person: nothing is lost, the past stays as it was, and it can be undone."""

import pytest
from sqlalchemy import select

from portal.accounts import actions, queries
from portal.accounts.models import Account, Contact
from portal.kernel.actor import Actor
from portal.kernel.checks import CHECKS
from portal.kernel.clock import now
from portal.kernel.erasing import Entry
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.sources import cite
from portal.people.models import Person
from tests.cast import World
from tests.conftest import csrf_of, post

API = "/api/v1"


def of(actor: Actor, world: World, name: str = "calder") -> Account:
    return actor.session.get_one(Account, world.pks[name])


def again(actor: Actor, contact: Contact) -> Contact:
    return actor.session.get_one(Contact, contact.pk)


def names(actor: Actor, account: Account, *when) -> list[str]:
    return sorted(line.contact.name for line in queries.contacts(actor, account, *when))


def roles(actor: Actor, account: Account, *when) -> dict[str, tuple[str, ...]]:
    return {line.contact.name: line.roles for line in queries.contacts(actor, account, *when)}


def kinds(actor: Actor, account: Account) -> list[str]:
    found = select(Event.kind).where(Event.account_pk == account.pk, Event.kind.like("contact.%")).order_by(Event.pk)
    return list(actor.session.scalars(found))


@pytest.fixture
def pair(acting, world):
    """Two contacts of Calder that are one person, Anna, and when both were known."""
    with acting("rhea") as rhea:
        anna = actions.add_contact(rhea, of(rhea, world), name="Anna Weber", email="anna@calder.example", roles=["uses"], tags=["north"])
        early = now()
    with acting("rhea") as rhea:
        twin = actions.add_contact(
            rhea,
            of(rhea, world),
            name="A. Weber",
            email="a.weber@calder.example",
            title="Head of pumps",
            roles=["decides", "uses"],
            tags=["vip"],
        )
        both = now()
    return anna, twin, early, both


@pytest.fixture
def otter(acting):
    with acting("rhea") as rhea:
        return actions.open_account(rhea, name="Otter Brewing")


def test_two_become_one_and_nothing_is_lost(acting, world, pair, house):
    anna, twin, early, both = pair
    with acting("rhea") as rhea:
        actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))
    with acting("rhea") as rhea:
        calder = of(rhea, world)
        assert roles(rhea, calder)["A. Weber"] == ("uses", "decides")
        assert "Anna Weber" not in names(rhea, calder)
        stays = again(rhea, twin)
        assert (stays.title, stays.tags) == ("Head of pumps", ["north", "vip"])
        assert "Anna Weber" not in names(rhea, calder, both), "as we know now they were always one"
        assert roles(rhea, calder, early)["A. Weber"] == ("uses",), "known since the earlier of the two, and as what"
        assert {"Anna Weber", "A. Weber"} <= set(names(rhea, calder, both, both)), "then we knew two"
        assert roles(rhea, calder, both, both)["Anna Weber"] == ("uses",)
        cited = cite(rhea, [("contact", anna.id)])["contact", anna.id]
        assert (cited.title, cited.url.rpartition("#")[2]) == ("A. Weber", f"c-{twin.id}")
        assert kinds(rhea, calder)[-1] == "contact.merged"
        assert list(CHECKS["chains"](house, rhea.session)) == []


def test_a_merge_is_taken_back(acting, world, pair):
    anna, twin, early, both = pair
    with acting("rhea") as rhea:
        calder = of(rhea, world)
        actions.change_contact(rhea, again(rhea, anna), phone="", title="")
        before = roles(rhea, calder), roles(rhea, calder, early), roles(rhea, calder, both)
    with acting("rhea") as rhea:
        actions.merge_contacts(rhea, again(rhea, anna), other=again(rhea, twin))
        assert again(rhea, anna).title == "Head of pumps"
        merged = now()
    with acting("rhea") as rhea:
        actions.restore_contact(rhea, again(rhea, twin))
    with acting("rhea") as rhea:
        calder = of(rhea, world)
        assert (roles(rhea, calder), roles(rhea, calder, early), roles(rhea, calder, both)) == before
        assert (again(rhea, anna).title, again(rhea, anna).tags, again(rhea, twin).title) == ("", ["north"], "Head of pumps")
        assert "A. Weber" not in names(rhea, calder, merged, merged), "that we took them for one is not forgotten"
        assert kinds(rhea, calder)[-1] == "contact.separated"


def test_the_address_of_who_was_merged_leads_to_who_stays(acting, world, pair):
    anna, twin, *_when = pair
    with acting("rhea") as rhea:
        actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))
        with pytest.raises(Invalid, match="Weber has this address already"):
            actions.add_contact(rhea, of(rhea, world), name="Anna", email="anna@calder.example")
    with acting("rhea") as rhea:
        joined = Person(email="anna@calder.example", name="Anna Weber", is_staff=False, account_pk=world.pks["calder"])
        rhea.session.add(joined)
        rhea.session.flush()
        known = actions.know_contact(rhea, of(rhea, world), joined)
        assert (known.pk, known.person_pk) == (twin.pk, joined.pk), "an invitation to the old address finds them"


def test_merges_follow_one_another(acting, world, pair):
    anna, twin, *_when = pair
    with acting("rhea") as rhea:
        third = actions.add_contact(rhea, of(rhea, world), name="Anna W", email="aw@calder.example")
        actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))
        actions.merge_contacts(rhea, third, other=again(rhea, twin))
        assert actions.merged_as(rhea.session, {world.pks["calder"]}, Contact.email == "anna@calder.example").pk == third.pk
        assert cite(rhea, [("contact", anna.id)])["contact", anna.id].title == "Anna W"
        actions.restore_contact(rhea, again(rhea, anna))
        assert sorted(set(names(rhea, of(rhea, world))) & {"Anna W", "A. Weber", "Anna Weber"}) == ["Anna W", "Anna Weber"]


def test_nobody_is_merged_with_themselves_or_twice(acting, world, pair):
    anna, twin, *_when = pair
    with acting("rhea") as rhea:
        with pytest.raises(Invalid):
            actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, twin))
        actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))
        with pytest.raises(Forbidden):
            actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))


def test_a_contact_moves_and_stays_readable_where_they_were(acting, world, pair, otter):
    anna, _twin, early, both = pair
    with acting("rhea") as rhea:
        new = actions.move_contact(rhea, again(rhea, anna), to=again_account(rhea, otter))
    with acting("rhea") as rhea:
        calder, brewery = of(rhea, world), again_account(rhea, otter)
        assert "Anna Weber" not in names(rhea, calder)
        assert names(rhea, brewery) == ["Anna Weber"]
        assert roles(rhea, brewery)["Anna Weber"] == (), "what they were in one purchase says nothing of another"
        assert roles(rhea, calder, early)["Anna Weber"] == ("uses",)
        assert names(rhea, brewery, both) == []
        (gone,) = queries.former(rhea, calder)
        assert (gone.contact.pk, gone.now.pk, gone.since < gone.until) == (anna.pk, new.pk, True)
        assert kinds(rhea, calder)[-1] == "contact.left"
        assert kinds(rhea, brewery) == ["contact.came"]
        facts = rhea.session.scalars(select(Event.facts).where(Event.kind.in_(["contact.left", "contact.came"]))).all()
        assert facts == [{"name": "Anna Weber"}] * 2, "neither trail names the other company"
        assert actions.who_is(rhea.session, again(rhea, anna)).pk == new.pk


def again_account(actor: Actor, account: Account) -> Account:
    return actor.session.get_one(Account, account.pk)


def test_a_move_is_taken_back_as_if_it_had_not_been(acting, world, pair, otter):
    anna, *_when = pair
    with acting("rhea") as rhea:
        actions.move_contact(rhea, again(rhea, anna), to=again_account(rhea, otter))
        moved = now()
    with acting("rhea") as rhea:
        actions.restore_contact(rhea, again(rhea, anna))
    with acting("rhea") as rhea:
        assert "Anna Weber" in names(rhea, of(rhea, world))
        assert "Anna Weber" in names(rhea, of(rhea, world), moved)
        assert "Anna Weber" not in names(rhea, of(rhea, world), moved, moved)
        assert names(rhea, again_account(rhea, otter)) == []


def test_a_move_is_not_taken_back_over_what_was_said_since(acting, world, pair, otter):
    anna, *_when = pair
    with acting("rhea") as rhea:
        new = actions.move_contact(rhea, again(rhea, anna), to=again_account(rhea, otter))
        actions.change_contact(rhea, new, title="Brewer")
    with acting("rhea") as rhea, pytest.raises(Invalid, match="since"):
        actions.restore_contact(rhea, again(rhea, anna))
    with acting("rhea") as rhea:
        back = actions.move_contact(rhea, again(rhea, new), to=of(rhea, world))
        assert back.title == "Brewer"
        assert [each.contact.pk for each in queries.former(rhea, of(rhea, world))] == [anna.pk]


def test_contacts_of_two_companies_that_are_one_person(acting, world, pair, otter):
    anna, *_when = pair
    with acting("rhea") as rhea:
        there = actions.add_contact(rhea, again_account(rhea, otter), name="Anna Weber-Otter", roles=["pays"])
        actions.merge_contacts(rhea, there, other=again(rhea, anna))
    with acting("rhea") as rhea:
        (gone,) = queries.former(rhea, of(rhea, world))
        assert (gone.contact.pk, gone.now.pk) == (anna.pk, there.pk)
        actions.restore_contact(rhea, again(rhea, anna))
        assert "Anna Weber" in names(rhea, of(rhea, world))
        assert names(rhea, again_account(rhea, otter)) == ["Anna Weber-Otter"], "who was known there anyway stays"


def test_nobody_moves_into_an_account_that_is_not_theirs(acting, world, pair):
    anna, *_when = pair
    with acting("rhea") as rhea, pytest.raises(NotFound):
        actions.move_contact(rhea, again(rhea, anna), to=of(rhea, world, "otway"))
    with acting("mona") as mona, pytest.raises(Forbidden):
        actions.move_contact(mona, again(mona, anna), to=of(mona, world))


def test_who_is_erased_is_forgotten_under_every_name(acting, world, pair, otter):
    from portal.accounts.erasing import erase_contacts

    anna, twin, *_when = pair
    with acting("rhea") as rhea:
        person = Person(email="anna@calder.example", name="Anna", is_staff=False, account_pk=world.pks["calder"])
        rhea.session.add(person)
        rhea.session.flush()
        actions.merge_contacts(rhea, again(rhea, twin), other=again(rhea, anna))
        new = actions.move_contact(rhea, again(rhea, twin), to=again_account(rhea, otter))
        erase_contacts(rhea, Entry("person", person.id))
        left = {again(rhea, each).name for each in (anna, twin, new)}
        assert left == {"Former member"}
        assert again(rhea, anna).merged_gave is None


def send(client, url: str, json=None, method: str = "post"):
    return getattr(client, method)(API + url, json=json, headers={"X-CSRFToken": csrf_of(client)})


def test_the_api_moves_merges_and_takes_back(door, pair, otter):
    anna, twin, *_when = pair
    rhea = door("rhea")
    for name, status in (("mona", 403), ("ravi", 404), ("petra", 404), ("ada", 404)):
        assert send(door(name), f"/contacts/{twin.id}/merge", {"other": anna.id}).status_code == status, name
    merged = send(rhea, f"/contacts/{twin.id}/merge", {"other": anna.id})
    assert (merged.status_code, merged.json["buying_roles"]) == (200, ["uses", "decides"])
    assert rhea.get(f"{API}/contacts/{anna.id}").json["id"] == twin.id
    assert send(rhea, f"/contacts/{twin.id}/merge", {"other": "nobody"}).status_code == 422
    for name, status in (("mona", 403), ("ravi", 404), ("petra", 404)):
        assert send(door(name), f"/contacts/{anna.id}/restore").status_code == status, name
    assert send(rhea, f"/contacts/{anna.id}/restore").json["id"] == anna.id
    assert send(rhea, f"/contacts/{anna.id}/restore").status_code in (403, 404), "once"
    moved = send(rhea, f"/contacts/{anna.id}", {"account": otter.id}, "patch")
    assert (moved.status_code, moved.json["account"]) == (200, otter.id)
    assert rhea.get(f"{API}/contacts/{anna.id}").json["left_at"]
    assert send(rhea, f"/contacts/{twin.id}", {"account": "nowhere"}, "patch").status_code == 422


def test_the_pages_move_merge_and_take_back(door, world, pair, otter):
    anna, twin, *_when = pair
    rhea, people = door("rhea"), f"/accounts/{world.ids['calder']}/people"
    assert "This is the same person" in rhea.get(f"{people}/{twin.id}").text
    assert post(door("mona"), f"{people}/{twin.id}/merge", other=anna.id).status_code == 403
    assert post(rhea, f"{people}/{twin.id}/merge", other="").status_code == 422
    assert post(rhea, f"{people}/{twin.id}/merge", other=anna.id).status_code == 303
    assert "Also known as" in rhea.get(f"{people}/{twin.id}").text
    assert "anna@calder.example" not in rhea.get(people).text
    assert post(rhea, f"{people}/{anna.id}/restore").status_code == 303
    assert post(rhea, f"{people}/{anna.id}/move", account="").status_code == 422
    assert post(rhea, f"{people}/{anna.id}/move", account=world.ids["otway"]).status_code == 422
    assert post(rhea, f"{people}/{anna.id}/move", account=otter.id).status_code == 303
    page = rhea.get(people).text
    assert "Formerly here" in page
    assert "Now at Otter Brewing" in page
    assert "Otter" not in door("mona").get(people).text or "Otter Brewing" in door("mona").get("/accounts").text
    assert post(rhea, f"{people}/{anna.id}/restore").status_code == 303
    assert "Formerly here" not in rhea.get(people).text
