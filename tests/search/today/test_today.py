"""Today: what waits, what came, what happened; of one's own and nothing else."""

from tests.conftest import post
from tests.counting import counting
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum


def ask(acting, world, title: str) -> None:
    with acting("petra") as petra:
        forums.start_topic(petra, petra.session.get_one(Forum, world.pks["general"]), title=title, body="Can it?", kind="question")


def test_questions_wait_for_who_looks_after_the_account(door, world, acting):
    ask(acting, world, "Which gateway at Easter Moor?")
    assert "Which gateway at Easter Moor?" in door("rhea").get("/today").text
    for other in ("ravi", "ada", "nora"):
        assert "Easter Moor" not in door(other).get("/today").text, other
    assert door("petra").get("/today").status_code in (403, 404)
    assert door("nobody").get("/today").status_code == 303


def test_an_answered_question_waits_no_longer(door, world, acting):
    with acting("petra") as petra:
        forum = petra.session.get_one(Forum, world.pks["general"])
        topic = forums.start_topic(petra, forum, title="A short one", body="Is it?", kind="question").pk
    with acting("rhea") as rhea:
        from workspaces.forums.models import Topic

        forums.post_message(rhea, rhea.session.get_one(Topic, topic), body="It is.")
    page = door("rhea").get("/today").text
    assert "A short one" not in page.split('id="since-h"')[0]


def test_an_account_handed_over_is_there_with_its_trail(door, world, acting):
    ask(acting, world, "An open question")
    assert "Nothing waits for you." in door("nora").get("/today").text
    post(door("ada"), f"/accounts/{world.ids['calder']}/owner", to=world.ids["nora"], reason="Rhea has left")
    page = door("nora").get("/today").text
    assert "Given to you" in page
    assert "Rhea Rep handed it to you on" in page
    assert "Rhea has left" in page
    assert f"/accounts/{world.ids['calder']}-calder-water/trail" in page
    assert "An open question" in page
    assert "Given to you" not in door("rhea").get("/today").text
    assert "An open question" not in door("rhea").get("/today").text


def test_who_joined_and_what_others_did(door, world):
    page = door("rhea").get("/today").text
    assert "Noise of paul" in page
    assert "Otto" not in page
    assert "Noise of otto" not in page


def test_the_questions_asked_do_not_grow(door, world, acting, house):
    rhea = door("rhea")
    ask(acting, world, "First")
    rhea.get("/today")
    with counting(house) as before:
        rhea.get("/today")
    for number in range(12):
        ask(acting, world, f"Question {number}")
    with counting(house) as after:
        rhea.get("/today")
    assert len(after) <= len(before) <= 10, "\n".join(after)
