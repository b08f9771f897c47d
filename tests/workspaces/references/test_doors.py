"""References through the pages and the API, as each of the cast."""

import re

import pytest

from portal.notices.queries import inbox
from tests.conftest import csrf_of, post
from tests.workings import drain
from workspaces.references import actions
from workspaces.references.wording import HERE


@pytest.fixture
def ask(door):
    def request(who, method, path, **json):
        client = door(who)
        return getattr(client, method)(f"/api/v1{path}", json=json or None, headers={"X-CSRFToken": csrf_of(client)})

    return request


@pytest.fixture
def paths(acting, both, world, contact):
    """Where the pages are: the finder of Otway, Petra's page at Calder."""
    with acting("rhea") as rhea:
        petra, otto = contact(rhea, "petra").id, contact(rhea, "otto").id
    otway, calder = (f"/accounts/{world.ids[name]}" for name in ("otway", "calder"))
    return {"find": f"{otway}/references", "petra": f"{calder}/people/{petra}/reference", "otto": otto, "contact": petra}


def text(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_from_the_first_question_to_the_introduction(door, world, paths):
    rhea, petra = door("rhea"), door("petra")
    assert "Find a reference" in text(rhea.get(f"/accounts/{world.ids['otway']}"))
    assert "Nobody has agreed to be a reference yet." in text(rhea.get(paths["find"]))
    assert "Nothing said yet" in text(rhea.get(paths["petra"]))
    assert post(rhea, paths["petra"], words=" ").status_code == 422
    assert post(rhea, paths["petra"], words="Would you?").status_code == 303
    assert "Waits for an answer" in text(rhea.get(paths["petra"]))
    page = text(petra.get(HERE))
    assert "Rhea Rep asks you" in page
    assert "Would you?" in page
    assert post(petra, HERE, terms="maybe").status_code == 422
    assert post(petra, HERE, terms="often", most="0").status_code == 422
    assert post(petra, HERE, terms="often", most="2", words="How we dig.").status_code == 303
    assert "You said yes, to at most 2 requests a quarter." in text(petra.get(HERE))
    page = text(rhea.get(paths["find"]))
    assert "Same industry: Water utility" in page
    assert "Both: Sensors" in page
    assert "How we dig." in page
    assert "No reference matches." in text(rhea.get(f"{paths['find']}?industry=Bakery"))
    whom = page.split("ask?whom=")[1].split('"')[0]
    assert "Ask Petra" in text(rhea.get(f"{paths['find']}/ask?whom={whom}"))
    form = {"reference": whom, "contact": paths["otto"], "words": "How long did it take?"}
    wrong = post(rhea, f"{paths['find']}/ask", **form)
    assert wrong.status_code == 422
    assert "Ask Otto Outsider first" in wrong.get_data(as_text=True)
    assert post(rhea, f"{paths['find']}/ask", **form | {"reference": "x"}).status_code == 303  # nobody of that id: back to the list
    assert post(rhea, f"{paths['find']}/ask", **form, agreed="1").status_code == 303
    page = text(rhea.get(paths["find"]))
    assert "Asked already" in page
    assert "Asked once" in page
    talk = re.search(r"/references/[0-9A-Za-z]{22}(?=\")", page)[0]
    assert "May Otto Outsider of Otway Foods talk with you?" in text(petra.get(talk))
    assert post(petra, f"{talk}/answer", agrees="perhaps").status_code == 422
    assert post(petra, f"{talk}/answer", agrees="yes").status_code == 303
    assert "Introduce them" in text(rhea.get(talk))
    assert post(rhea, f"{talk}/introduce").status_code == 303
    assert "Introduced" in text(petra.get(HERE))
    assert "Once, last" in text(rhea.get(paths["petra"]))


def test_nobody_else_gets_there(door, world, paths, asked):
    talk = f"/references/{asked()}"
    assert door("rhea").get(talk).status_code == 200
    assert door("mona").get(talk).status_code == 200  # above Rhea: she sees both accounts, and only looks
    assert post(door("mona"), f"{talk}/withdraw").status_code == 403
    for who in ("otto", "mark", "ravi", "nora", "ada"):
        assert door(who).get(talk).status_code == 404
    assert door("ravi").get(paths["find"]).status_code == 200  # his account, and nobody whom he may know of
    assert "Petra" not in text(door("ravi").get(paths["find"]))
    assert "Ask Petra" not in text(door("mona").get(paths["find"]))
    assert door("mona").get(f"{paths['find']}/ask").status_code == 403
    for who in ("petra", "otto", "nora", "ada"):
        assert door(who).get(paths["find"]).status_code == 404
    assert door("rhea").get(HERE).status_code == 403
    assert door("petra").get(HERE).status_code == 200


def test_where_an_entry_of_the_inbox_leads(door, paths, reference):
    id = reference("petra")
    assert door("petra").get(f"/references/said/{id}").headers["Location"] == HERE
    assert door("rhea").get(f"/references/said/{id}").headers["Location"].endswith(f"{paths['contact']}/reference")
    assert door("otto").get(f"/references/said/{id}").status_code == 404


def test_the_api(ask, world, paths):
    own, finder = "/me/reference", f"/accounts/{world.ids['otway']}/references"
    requests = f"/accounts/{world.ids['otway']}/reference-requests"
    assert ask("petra", "get", own).status_code == 404
    assert ask("rhea", "put", own, terms="each").status_code == 403
    assert ask("rhea", "post", f"/contacts/{paths['contact']}/reference", words="Would you?").status_code == 201
    assert ask("rhea", "post", f"/contacts/{paths['contact']}/reference", words="Would you?").status_code == 422
    assert ask("petra", "get", own).json["terms"] is None
    assert ask("petra", "put", own, terms="often", most=4, words="How we dig.").json["most"] == 4
    assert ask("rhea", "get", f"/contacts/{paths['contact']}/reference").json["terms"] == "often"
    found = ask("rhea", "get", finder).json["items"]
    assert [(each["person"]["name"], each["same_industry"], each["tags"], each["can_be_asked"]) for each in found] == [
        ("Petra Prospect", True, ["Sensors"], True)
    ]
    assert ask("rhea", "get", f"{finder}?tag=nothing").json["items"] == []
    assert ask("ravi", "get", finder).json["items"] == []
    told = {"reference": found[0]["id"], "contact": paths["otto"], "words": "How long?", "agreed": True}
    assert ask("ravi", "post", requests, **told).status_code == 422  # nobody whom he may know of
    made = ask("rhea", "post", requests, **told)
    assert made.status_code == 201
    one = f"/reference-requests/{made.json['id']}"
    assert ask("ravi", "get", requests).json["items"] == []
    assert [each["state"] for each in ask("rhea", "get", requests).json["items"]] == ["asked"]
    assert ask("petra", "get", one).json["company"] == "Otway Foods"
    assert ask("otto", "get", one).status_code == 404
    assert ask("rhea", "post", f"{one}/introduce").status_code == 403
    assert ask("petra", "post", f"{one}/answer", agrees=True).json["state"] == "agreed"
    assert ask("rhea", "post", f"{one}/introduce").json["state"] == "introduced"
    assert ask("rhea", "delete", one).status_code == 403


def test_an_answer_through_the_api_settles_what_was_asked(ask, asked, acting, contact, house):
    def waiting(who="petra"):
        with acting(who) as actor:
            return [group.unread for group in inbox(actor) if group.why == "meet"]

    talk = asked()
    with acting("rhea") as rhea:
        id = actions.invite_reference(rhea, contact(rhea, "mark"), words="Would you?").id
    drain(house)
    assert (waiting(), waiting("mark")) == ([1], [1])
    assert ask("petra", "post", f"/reference-requests/{talk}/answer", agrees=False).status_code == 200
    assert waiting() == [0]  # at once, as on the page
    assert ask("mark", "put", "/me/reference", terms="no").status_code == 200
    assert waiting("mark") == [0]
    drain(house)
    assert (waiting(), waiting("mark")) == ([], [])
    with acting("rhea") as rhea:
        assert {group.thing for group in inbox(rhea)} >= {f"reference:{id}", f"reference_request:{talk}"}


def test_what_is_taken_back_is_gone_for_the_reference(ask, asked, acting):
    one = f"/reference-requests/{asked()}"
    assert ask("petra", "get", one).status_code == 200
    assert ask("petra", "delete", one).status_code == 403
    assert ask("rhea", "delete", one).status_code == 204
    assert ask("petra", "get", one).status_code == 404
