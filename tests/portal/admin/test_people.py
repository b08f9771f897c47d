"""Administration of people: who sees what, adding, changing, ending and giving back access."""

import re

import pytest
from sqlalchemy import select

from portal.kernel.events import Event, breaches
from portal.people.models import Person, SignIn
from tests.conftest import post
from tests.portal.people.mailing import deliver, link_in, texts


def path(world, name, more=""):
    return f"/admin/people/{world.ids[name]}{more}"


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("mona", 200), ("rhea", 403), ("petra", 403), ("otto", 403), ("nobody", 303)])
def test_who_sees_the_list(door, name, status):
    assert door(name).get("/admin/people").status_code == status


def test_a_manager_sees_who_is_below_and_nobody_else(door):
    page = door("mona").get("/admin/people?side=client").text
    assert "Rhea Rep" in page
    assert "Nora Newrep" in page
    for other in ("Ravi Rep", "Ada Admin", "Petra Prospect", "Add someone"):
        assert other not in page


def test_an_admin_sees_both_sides_and_finds(door):
    ada = door("ada")
    staff, clients = ada.get("/admin/people").text, ada.get("/admin/people?side=client").text
    assert "Ravi Rep" in staff
    assert "Otto Outsider" not in staff
    assert "Otto Outsider" in clients
    assert "Ravi Rep" not in clients
    found = ada.get("/admin/people?q=RAVI@").text
    assert "Ravi Rep" in found
    assert "Rhea Rep" not in found
    for odd in ("%", "_", "\\", "' OR 1=1 --", "\x00x\x00y", "x" * 5000):
        assert "Rhea Rep" not in ada.get("/admin/people", query_string={"q": odd}).text


@pytest.mark.parametrize(
    ("name", "whom", "status"),
    [
        ("ada", "rhea", 200),
        ("ada", "petra", 200),
        ("ada", "ada", 200),
        ("mona", "rhea", 200),
        ("mona", "mona", 403),
        ("mona", "ravi", 403),
        ("mona", "petra", 404),
        ("rhea", "nora", 403),
        ("rhea", "petra", 404),
        ("petra", "rhea", 404),
        ("petra", "otto", 404),
        ("nobody", "rhea", 303),
    ],
)
def test_who_sees_whose_page(door, world, name, whom, status):
    assert door(name).get(path(world, whom)).status_code == status


def test_adding_somebody_and_sending_them_a_link(door, house, world):
    ada = door("ada")
    assert "Add someone to Tidewell" in ada.get("/admin/people/new").text
    told = {"email": "nina@tidewell.example", "name": "Nina New", "title": "Rep", "roles": ["rep", "manager"], "manager": world.ids["mona"]}
    made = post(ada, "/admin/people/new", **told, send="1")
    assert made.status_code == 303
    assert "Nina New is added." in ada.get(made.location).text
    deliver(house)
    link = link_in(texts(house, "nina@tidewell.example")[-1])
    browser = door("nobody")
    assert "Sign in as Nina New" in browser.get(link).text
    assert post(browser, link).status_code == 303
    with house.db.reading() as session:
        nina = session.scalar(select(Person).where(Person.email == "nina@tidewell.example"))
        assert (nina.roles, nina.manager_pk) == (["rep", "manager"], world.pks["mona"])
        assert session.scalars(select(Event.kind).order_by(Event.pk.desc())).first() == "person.added"
        assert list(breaches(session)) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "x"}, "email"),
        ({"email": "rhea@tidewell.example"}, "email"),
        ({"name": ""}, "name"),
        ({"roles": "king"}, "roles"),
        ({"manager": "x"}, "manager"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(door, fields, field):
    told = {"email": "nina@tidewell.example", "name": "Nina New", "roles": "manager"}
    page = post(door("ada"), "/admin/people/new", **told | fields)
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    if "name" not in fields:
        assert 'value="Nina New"' in page.text
    if "roles" not in fields:
        assert re.search(r'value="manager" checked', page.text)


def test_changing_roles_and_manager(door, house, world):
    ada = door("ada")
    told = {"name": "Ravi Rep", "title": "Senior", "roles": ["rep", "manager"], "manager": world.ids["mona"]}
    assert post(ada, path(world, "ravi"), **told).status_code == 303
    with house.db.reading() as session:
        ravi = session.get_one(Person, world.pks["ravi"])
        assert (ravi.roles, ravi.title, ravi.manager_pk) == (["rep", "manager"], "Senior", world.pks["mona"])


def test_no_circle_no_missing_admin_no_strangers(door, world):
    ada = door("ada")
    circle = post(ada, path(world, "mona"), name="Mona Manager", roles="manager", manager=world.ids["rhea"])
    assert circle.status_code == 422
    assert "reports to them already" in circle.text
    last = post(ada, path(world, "ada"), name="Ada Admin", roles="rep")
    assert last.status_code == 422
    assert "only admin" in last.text
    assert post(ada, path(world, "petra"), name="Petra", roles="admin").status_code == 404
    assert post(door("mona"), path(world, "rhea"), name="Rhea", roles="admin").status_code == 403


def test_ending_access_asks_first_says_what_ends_and_ends_it(door, house, world):
    ada, rhea = door("ada"), door("rhea")
    assert rhea.get("/me/settings/profile").status_code == 200
    asked = ada.get(path(world, "rhea", "/suspend")).text
    assert "End the access of Rhea Rep?" in asked
    assert "1 browser is signed out" in asked
    assert "Calder Water" in asked
    assert rhea.get("/me/settings/profile").status_code == 200  # asking ends nothing
    assert post(ada, path(world, "rhea", "/suspend")).status_code == 303
    assert rhea.get("/me/settings/profile").status_code == 303
    page = ada.get(path(world, "rhea")).text
    assert "Rhea Rep has no access any more." in page
    assert "No access since" in page
    with house.db.reading() as session:
        assert all(each.ended_at for each in session.scalars(select(SignIn).where(SignIn.person_pk == world.pks["rhea"])))


def test_giving_it_back(door, world):
    ada = door("ada")
    post(ada, path(world, "rhea", "/suspend"))
    assert post(ada, path(world, "rhea", "/restore")).status_code == 303
    assert "may sign in again" in ada.get(path(world, "rhea")).text
    assert door("rhea").get("/me/settings/profile").status_code == 200


def test_who_may_end_whose_access(door, world):
    assert post(door("mona"), path(world, "ravi", "/suspend")).status_code == 403
    assert post(door("rhea"), path(world, "nora", "/suspend")).status_code == 403
    assert post(door("petra"), path(world, "rhea", "/suspend")).status_code == 404
    assert post(door("ada"), path(world, "ada", "/suspend")).status_code == 403
    assert post(door("mona"), path(world, "nora", "/suspend")).status_code == 303


def test_a_link_goes_to_the_mailbox_never_to_the_admin(door, house, world):
    ada = door("ada")
    sent = post(ada, path(world, "petra", "/link"), follow_redirects=False)
    page = ada.get(sent.location).text
    assert "on its way to petra@calder.example" in page
    deliver(house)
    link = link_in(texts(house, "petra@calder.example")[-1])
    assert link not in page
    assert post(door("nobody"), link).status_code == 303
    assert post(door("rhea"), path(world, "petra", "/link")).status_code == 404


def test_the_suspended_get_no_link(door, house, world):
    ada = door("ada")
    post(ada, path(world, "petra", "/suspend"))
    post(ada, path(world, "petra", "/link"))
    deliver(house)
    assert texts(house, "petra@calder.example") == []
