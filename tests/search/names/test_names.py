"""The company's products, competitors and words: who writes them down, and what they make of messages."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.actor import the_system
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.events import Event
from portal.kernel.outbox import OutboxRow
from search.names import actions, jobs
from search.names.actions import Told, read_lines
from search.names.models import Name
from tests.conftest import csrf_of, post
from tests.workings import drain

PLAIN = "The people of Hydrix were here on Monday."
CLIENTS = ("petra", "mark", "rolf", "paul", "otto")


def api(client, method, path, **json):
    return client.open(f"/api/v1{path}", method=method, json=json, headers={"X-CSRFToken": csrf_of(client)})


def test_a_competitors_name_makes_a_message_one_with_the_sentence_and_the_name(say, labels, know):
    before = say("petra", f"Hello.\n\n{PLAIN}")
    assert "competitor" not in labels(before)
    know("competitor", "Hydrix")
    label = labels(before)["competitor"]
    assert (label.why, label.sure, label.by_pk) == ("names Hydrix", 1.0, None)
    assert f"Hello.\n\n{PLAIN}"[label.start : label.end] == PLAIN
    assert labels(say("petra", "HYDRIX called."))["competitor"].why == "names Hydrix"


def test_it_is_found_by_what_else_it_is_called(say, labels, know):
    id = say("petra", "The blue people were here.")
    know("competitor", "Hydrix", "the blue people")
    assert labels(id)["competitor"].why == "names Hydrix"


def test_a_word_makes_a_message_what_the_list_says_and_a_product_makes_it_nothing(say, labels, know):
    id = say("petra", "The valve sang at night, next to the GX-200.")
    assert labels(id) == {}
    know("word", "sang", category="complaint")
    know("product", "GX-200")
    assert {category: label.why for category, label in labels(id).items()} == {"complaint": "names sang"}


def test_taken_from_the_list_it_goes_again_and_comes_back(say, labels, know, acting, house):
    id, name = say("petra", PLAIN), know("competitor", "Hydrix")
    assert "competitor" in labels(id)
    for act in (actions.remove_name, actions.restore_name):
        with acting("ada") as ada:
            act(ada, ada.session.scalar(select(Name).where(Name.id == name)))
        drain(house, topics=("names", "index"))
        assert ("competitor" in labels(id)) is (act is actions.restore_name)


def test_another_name_moves_what_was_found_by_the_old_one(say, labels, know, acting, house):
    old, new, name = say("petra", PLAIN), say("petra", "The people of Ferrox were here on Monday."), know("competitor", "Hydrix")
    with acting("mona") as mona:
        actions.change_name(mona, mona.session.scalar(select(Name).where(Name.id == name)), name="Ferrox")
    drain(house, topics=("names", "index"))
    assert "competitor" not in labels(old)
    assert labels(new)["competitor"].why == "names Ferrox"


def test_a_persons_word_wins_over_the_list(say, labels, know, door, world, house):
    id, name = say("petra", PLAIN), know("competitor", "Hydrix")
    rhea, topic = door("rhea"), f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    assert "it names Hydrix" in rhea.get(f"{topic}/noticed").text
    assert post(rhea, f"{topic}/posts/{id}/categories", no="competitor").status_code == 303
    assert api(door("mona"), "PATCH", f"/names/{name}", aliases=["people"]).status_code == 200
    drain(house, topics=("names", "index"))
    assert labels(id)["competitor"].denied
    assert "competitor" not in labels(say("petra", PLAIN)), "what reads the same is taken as somebody said"


def test_notes_are_looked_at_too(acting, world, house, labels, know):
    with acting("rhea") as rhea:
        note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), kind="call", body=PLAIN)
        id = note.id
    drain(house, topics=("index",))
    know("competitor", "Hydrix")
    assert labels(id)["competitor"].why == "names Hydrix"


def test_only_messages_that_may_say_it_are_looked_at_again(say, know, house, db):
    said, other = say("petra", "The people of hydrix were here on Monday."), say("petra", "Nothing of that sort.")
    know("product", "GX-200")
    with house.db.writing() as session:
        actions.add_names(the_system(session), told=[Told("Hydrix")], kind="competitor")
        (event,) = session.scalars(select(Event).where(Event.kind == "name.added").order_by(Event.pk.desc()).limit(1))
        row = OutboxRow(topic="names", key="x", payload={"event": event.id}, due_at=event.at)
        session.expunge_all()
    jobs.look_again(house, [row])
    again = {row.key for row in db.scalars(select(OutboxRow).where(OutboxRow.topic == "index", OutboxRow.done_at.is_(None)))}
    assert f"post:{said}" in again
    assert f"post:{other}" not in again


def test_a_plain_list_comes_in_at_once_and_what_is_there_is_not_doubled(acting, db):
    lines = "GX-200, large pump\n\n  gx 300 \nGX200, GX two hundred\n"
    with acting("mona") as mona:
        added, already = actions.add_names(mona, told=read_lines(lines), kind="product")
        assert ([name.name for name in added], already) == (["GX-200", "gx 300"], 1)
    assert db.scalar(select(Name.aliases).where(Name.name == "GX-200")) == ["large pump", "GX two hundred"]
    assert [event.kind for event in db.scalars(select(Event).where(Event.kind.like("name.%")))] == ["name.added"] * 2 + ["name.changed"]


@pytest.mark.parametrize("lines", ["x", "GX-200, y", "!!", "a" * 51, "GX-200" + ", more" * 30])
def test_a_line_that_is_no_name_is_refused_with_its_number(lines):
    assert read_lines("GX-200\nHydrix")
    with pytest.raises(Invalid) as wrong:
        read_lines(f"GX-100\n{lines}")
    assert "2" in wrong.value.errors[0][1]


def test_what_is_wrong_is_refused(acting, know, db):
    first = know("competitor", "Hydrix")
    know("competitor", "Ferrox")
    wrong = [
        {"name": "hydrix", "kind": "product"},
        {"name": "Sang", "kind": "word"},
        {"name": "Sang", "kind": "word", "category": "nonsense"},
        {"name": "GX-200", "kind": "product", "category": "risk"},
        {"name": "-", "kind": "product"},
    ]
    for told in wrong:
        with acting("mona") as mona, pytest.raises(Invalid):
            actions.add_name(mona, **told)
    with acting("mona") as mona, pytest.raises(Invalid):
        actions.change_name(mona, mona.session.scalar(select(Name).where(Name.id == first)), name="FERROX")
    assert sorted(db.scalars(select(Name.name))) == ["Ferrox", "Hydrix"]


def test_admins_and_managers_write_it_reps_read_it_and_nobody_else_hears_of_it(door, know, acting):
    id = know("competitor", "Hydrix")
    for name in ("ada", "mona", "rhea", "nora", "ravi"):
        assert "Hydrix" in door(name).get("/names").text
        assert "Hydrix" in door(name).get(f"/names/{id}").text
        assert [each["name"] for each in door(name).get("/api/v1/names").json["items"]] == ["Hydrix"]
    for name in ("rhea", "nora", "ravi"):
        assert 'name="lines"' not in door(name).get("/names").text
        assert post(door(name), "/names", kind="product", lines="GX-200").status_code == 403
        assert post(door(name), f"/names/{id}/remove").status_code == 403
        assert api(door(name), "DELETE", f"/names/{id}").status_code == 403
        with acting(name) as actor, pytest.raises(Forbidden):
            actions.add_names(actor, told=[Told("GX-200")], kind="product")
    for name in CLIENTS:
        assert door(name).get("/names").status_code == 403
        assert door(name).get("/api/v1/names").status_code == 403
        assert door(name).get(f"/names/{id}").status_code == 404
        assert "/names" not in door(name).get("/").text
    for name in ("ada", "mona"):
        assert api(door(name), "POST", "/names", name=f"GX {name}", kind="product").status_code == 201
    assert api(door("ada"), "DELETE", f"/names/{id}").status_code == 204
    assert door("rhea").get(f"/names/{id}").status_code == 404


def test_pages_take_a_list_change_one_remove_it_and_bring_it_back(door, db):
    mona = door("mona")
    assert post(mona, "/names", kind="competitor", lines="Hydrix, the blue ones\nFerrox").status_code == 303
    page = mona.get("/names").text
    assert "2 added." in page
    assert "the blue ones" in page
    again = post(mona, "/names", kind="competitor", lines="x")
    assert (again.status_code, "Line 1" in again.text) == (422, True)
    name = db.scalar(select(Name).where(Name.name == "Hydrix"))
    said = post(mona, name.path, name="Hydrix AG", aliases="the blue ones, hydrix.example", kind="competitor", exact="1")
    assert said.status_code == 303
    db.rollback()
    assert (name.said, name.exact) == (["Hydrix AG", "the blue ones", "hydrix.example"], True)
    assert post(mona, name.path, name="Ferrox", kind="competitor").status_code == 422
    assert post(mona, name.path, name="Late", kind="competitor", shown="another").status_code == 412
    assert post(mona, f"{name.path}/remove").status_code == 303
    assert "Hydrix AG</a>" not in mona.get("/names").text
    assert post(mona, f"{name.path}/restore").status_code == 303
    assert "Hydrix AG</a>" in mona.get("/names").text


def test_the_api_says_and_changes_it(door):
    mona = door("mona")
    made = api(mona, "POST", "/names", name="sang", kind="word", category="complaint", aliases=["whistled"]).json
    assert (made["kind"], made["category"], made["aliases"], made["by"]["name"]) == ("word", "complaint", ["whistled"], "Mona Manager")
    changed = api(mona, "PATCH", f"/names/{made['id']}", category="risk").json
    assert (changed["category"], changed["name"]) == ("risk", "sang")
    assert mona.get("/api/v1/names?kind=product").json["items"] == []
    assert mona.get("/api/v1/names?kind=nonsense").status_code == 422
    assert api(mona, "POST", "/names", name="x", kind="product").status_code == 422


def test_what_happens_to_it_is_on_record(know, db, door):
    id = know("competitor", "Hydrix", "the blue ones")
    (event,) = db.scalars(select(Event).where(Event.subject_id == id))
    assert (event.kind, event.facts["said"]) == ("name.added", ["Hydrix", "the blue ones"])
    assert event.account_pk is None
