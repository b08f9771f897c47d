"""Lists of tasks in messages: ticked where they stand by who wrote them and by moderators, each time in the message's history."""

import pytest

from portal.kernel import markdown
from portal.kernel.errors import Forbidden, Invalid
from tests.conftest import post
from workspaces.forums import actions, queries
from workspaces.forums.models import Post, Topic

LIST = (
    "What is left:\n\n- [ ] the **survey**\n- [x] the price\n  1. [ ] for two\n\n```\n- [ ] this is code\n```\n> - [X] quoted\n\n- [ ]none"
)


def test_tasks_are_counted_as_they_are_shown():
    assert markdown.tasks(LIST) == [("the survey", False), ("the price", True), ("for two", False), ("quoted", True)]
    assert markdown.render(LIST).count('type="checkbox"') == 4
    once = markdown.ticked(LIST, 2, True)
    assert [done for _said, done in markdown.tasks(once)] == [False, True, True, True]
    assert once.replace("1. [x]", "1. [ ]") == LIST
    assert markdown.ticked(LIST, 3, False) == LIST.replace("[X]", "[ ]")
    assert markdown.ticked(LIST, 4, True) is None
    assert markdown.ticked("No list", 0, True) is None


@pytest.fixture
def listed(acting, world):
    with acting("petra") as petra:
        made = actions.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body=LIST)
        world.keep("listed", made)
    return f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts/{made.id}"


def test_a_tick_is_a_change_with_its_history(acting, world, listed):
    with acting("mark") as mark:
        row = mark.session.get_one(Post, world.pks["listed"])
        actions.tick_task(mark, row, number=0, done=True)
        assert "- [x] the **survey**" in row.body
        assert "checked" in row.html.split("survey")[0]
        revisions = queries.revisions_of(mark, row)
        assert [by.name for _revision, by in revisions] == ["Petra Prospect", "Mark Moderator"]
        actions.tick_task(mark, row, number=0, done=True)
        assert len(queries.revisions_of(mark, row)) == 2
        with pytest.raises(Invalid):
            actions.tick_task(mark, row, number=9, done=True)
    with acting("rolf") as rolf, pytest.raises(Forbidden):
        actions.tick_task(rolf, rolf.session.get_one(Post, world.pks["listed"]), number=0, done=False)


def test_it_is_done_without_a_script_too(door, listed):
    assert "the survey" in door("petra").get(f"{listed}/menu").get_data(as_text=True)
    assert "Tasks" not in door("rolf").get(f"{listed}/menu").get_data(as_text=True)
    for who, status in (("rolf", 403), ("otto", 404), ("petra", 303), ("rhea", 303)):
        assert post(door(who), f"{listed}/tick", number="0", done="1").status_code == status
    assert post(door("petra"), f"{listed}/tick", number="99", done="1").status_code == 422
    assert post(door("petra"), f"{listed}/tick", number="x").status_code == 422
