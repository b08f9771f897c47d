"""What messages speak of: found, shown with why, cut by one press; and never shown to who may not read both."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.errors import NotFound
from portal.kernel.events import Event
from search.links import actions
from search.links.models import Link
from tests.conftest import csrf_of, post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Post

CLIENTS = ("petra", "mark", "rolf", "otto")


@pytest.fixture
def elena(acting, world):
    """A contact of Calder's who has not signed in."""
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        return accounts.add_contact(rhea, calder, name="Elena Ortiz", email="elena@calder.example").id


def page_of(world, id):
    return f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts/{id}/categories"


def test_products_contacts_amounts_and_quantities_are_found_with_their_words(say, know, elena, links):
    know("product", "GX-200", "the large pump")
    id = say("petra", "Elena Ortiz wants 50 sensors with the large pump, for €12.5k at most.")
    assert links(id) == {("product", "the large pump"), ("contact", "Elena Ortiz"), ("quantity", "50 sensors"), ("amount", "€12.5k")}


def test_contacts_are_known_by_their_address_and_by_a_first_name_that_is_theirs_alone(say, elena, links, acting, world):
    assert ("contact", "elena@calder.example") in links(say("petra", "Write to elena@calder.example."))
    assert ("contact", "Elena") in links(say("petra", "Please ask Elena."))
    with acting("rhea") as rhea:
        accounts.add_contact(rhea, rhea.session.get_one(Account, world.pks["calder"]), name="Elena Other")
    assert links(say("petra", "Please ask Elena.")) == set()


def test_who_writes_does_not_speak_of_themselves(say, links, acting, world):
    names = {each for what, each in links(say("rhea", "Petra Member, and Petra again.")) if what == "contact"}
    assert links(say("petra", "Petra Member, and Petra again.")) == set()
    assert names <= {"Petra Member", "Petra"}


def test_what_is_quoted_is_not_spoken_of(say, know, links):
    know("product", "GX-200")
    assert links(say("petra", "> The GX-200 leaks.\n\nReally?")) == set()


def test_a_new_name_finds_what_was_said_before_and_a_removed_one_lets_go(say, know, links, door):
    id = say("petra", "The GX-200 hums.")
    assert links(id) == set()
    name = know("product", "GX-200")
    assert links(id) == {("product", "GX-200")}
    assert post(door("mona"), f"/names/{name}/remove").status_code == 303


def test_an_edit_moves_links_and_one_that_was_cut_stays_cut(say, know, links, acting, house, db):
    know("product", "GX-200")
    id = say("petra", "The GX-200 hums, 50 sensors blink.")
    with acting("rhea") as rhea:
        actions.cut_link(rhea, rhea.session.scalar(select(Link).join(Post).where(Post.id == id, Link.what == "product")))
    assert links(id) == {("quantity", "50 sensors")}
    with acting("petra") as petra:
        forums.edit_post(petra, petra.session.scalar(select(Post).where(Post.id == id)), body="Again: the GX-200 hums, 60 sensors blink.")
    drain(house, topics=("index",))
    assert links(id) == {("quantity", "60 sensors")}
    with acting("rhea") as rhea:
        actions.keep_link(rhea, rhea.session.scalar(select(Link).join(Post).where(Post.id == id, Link.what == "product")))
    assert links(id) == {("quantity", "60 sensors"), ("product", "GX-200")}
    kinds = db.scalars(select(Event.kind).where(Event.kind.like("link.%")).order_by(Event.pk)).all()
    assert kinds == ["link.cut", "link.kept"]


def test_pages_show_why_and_cut_with_undo(say, know, links, door, world):
    name = know("product", "GX-200")
    id, rhea = say("petra", "The GX-200 hums."), door("rhea")
    page = rhea.get(page_of(world, id)).text
    assert "The <mark>GX-200</mark> hums." in page
    assert "The <mark>GX-200</mark> hums." in rhea.get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/noticed").text
    assert "The <mark>GX-200</mark> hums." in rhea.get(f"/names/{name}").text
    link = page.partition('action="/links/')[2][:22]
    said = post(rhea, f"/links/{link}", cut="1")
    assert said.location == page_of(world, id).replace(world.ids["room"], said.location.split("/")[2]).replace(
        world.ids["topic"], said.location.split("/")[4]
    )
    assert links(id) == set()
    assert "<mark>" not in rhea.get(f"/names/{name}").text
    assert "Link again" in rhea.get(page_of(world, id)).text
    assert post(rhea, f"/links/{link}", cut="0").status_code == 303
    assert links(id) == {("product", "GX-200")}


def test_the_api_tells_and_cuts(say, know, door):
    name = know("product", "GX-200")
    id, rhea = say("petra", "The GX-200 hums."), door("rhea")
    (told,) = rhea.get(f"/api/v1/posts/{id}/links").json["links"]
    assert (told["what"], told["target"], told["words"], told["passage"], told["cut_by"]) == (
        "product", name, "GX-200", "The GX-200 hums.", None,
    )  # fmt: skip
    assert [each["source"] for each in rhea.get(f"/api/v1/names/{name}/spoken").json["items"]] == [id]
    cut = rhea.patch(f"/api/v1/links/{told['id']}", json={"cut": True}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert cut.json["links"][0]["cut_by"]["name"]
    assert rhea.get(f"/api/v1/names/{name}/spoken").json["items"] == []


def test_clients_and_strangers_hear_nothing_of_it(say, know, elena, door, world):
    name = know("product", "GX-200")
    id = say("petra", "The GX-200 hums, says Elena Ortiz.")
    (link, *_more) = door("rhea").get(f"/api/v1/posts/{id}/links").json["links"]
    for who in (*CLIENTS, "ravi", "ada"):
        assert door(who).get(f"/api/v1/posts/{id}/links").status_code in (403, 404)
        assert post(door(who), f"/links/{link['id']}", cut="1").status_code == 404
        assert f"{link['id']}" not in door(who).get(page_of(world, id)).text
    assert door("ravi").get(f"/api/v1/names/{name}/spoken").json["items"] == []
    assert "hums" not in door("ravi").get(f"/names/{name}").text
    assert door("rhea").get(f"/api/v1/contacts/{elena}/spoken").json["items"]
    assert door("ravi").get(f"/api/v1/contacts/{elena}/spoken").status_code == 404


def test_another_account_is_linked_for_those_alone_who_may_read_both(say, door, acting, world, links, db):
    with acting("rhea") as rhea:
        accounts.open_account(rhea, name="Selby Brewery")
    mine, foreign = say("rhea", "As at Selby Brewery.", team=True), say("rhea", "As at Otway Foods.", team=True)
    assert links(mine) == {("account", "Selby Brewery")}
    assert links(foreign) == {("account", "Otway Foods")}, "it is found, and shown to nobody of this team"
    assert [each["name"] for each in door("rhea").get(f"/api/v1/posts/{mine}/links").json["links"]] == ["Selby Brewery"]
    assert door("rhea").get(f"/api/v1/posts/{foreign}/links").json["links"] == []
    assert door("ravi").get(f"/api/v1/accounts/{world.ids['otway']}/spoken").json["items"] == []
    for page in ("", "/spoken"):
        told = door("ravi").get(f"/accounts/{world.ids['otway']}{page}")
        assert told.status_code == 200
        assert "As at Otway" not in told.text
    selby = db.scalar(select(Account).where(Account.name == "Selby Brewery"))
    assert "As at <mark>Selby Brewery</mark>." in door("rhea").get(f"/accounts/{selby.id}/spoken").text
    with acting("rhea") as rhea, pytest.raises(NotFound):
        actions.cut_link(rhea, rhea.session.scalar(select(Link).join(Post).where(Post.id == foreign)))


def test_notes_speak_too(acting, world, house, know, door, elena):
    know("product", "GX-200")
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        accounts.write_note(rhea, calder, kind="call", body="Elena Ortiz asked for the GX-200.")
    drain(house, topics=("index",))
    assert "<mark>Elena Ortiz</mark> asked" in door("rhea").get(f"/accounts/{world.ids['calder']}/people/{elena}").text
    assert [each["words"] for each in door("rhea").get(f"/api/v1/contacts/{elena}/spoken").json["items"]] == ["Elena Ortiz"]


def test_what_was_removed_is_not_shown(say, know, door, acting):
    name = know("product", "GX-200")
    id = say("petra", "The GX-200 hums.")
    assert "hums" in door("rhea").get(f"/names/{name}").text
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.scalar(select(Post).where(Post.id == id)))
    assert "hums" not in door("rhea").get(f"/names/{name}").text
