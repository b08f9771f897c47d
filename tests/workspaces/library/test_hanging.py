"""Discussions about a file, a version or a page of it: each shows the other to who may read both."""

import re

import pytest

from portal.people.models import Person
from tests.conftest import post
from workspaces.forums.models import Topic
from workspaces.library import actions
from workspaces.library.models import Folder, TopicFile
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


@pytest.fixture
def survey(acting, world, bring):
    with acting("petra") as petra:
        file = actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("Survey.txt", b"first"))
        actions.add_version(petra, file, received=bring("Survey.txt", b"second"))
        return file.path


def about(page: str) -> str:
    return re.search(r"about=([\w-]+)", page)[1]


def start(client, world, about: str, forum="general", title="Is page 4 right?"):
    url = f"/w/{world.ids['room']}/discussions/new"
    answer = post(client, url, title=title, body="It says 24 V.", kind="discussion", forum=world.ids[forum], about=about)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_what_is_discussed_and_its_discussions_show_each_other(door, world, survey):
    petra = door("petra")
    form = petra.get(f"/w/{world.ids['room']}/discussions/new?about={about(petra.get(survey).text)}&title=Survey.txt").text
    assert f'name="about" value="{about(petra.get(survey).text)}"' in form
    topic = start(petra, world, about(petra.get(survey).text))
    page = petra.get(topic).text
    assert "What it is about" in page
    assert f'href="{survey}"' in page
    page = door("rolf").get(survey).text
    assert "Discussions about it" in page
    assert "Is page 4 right?" in page


def test_a_version_and_a_page_are_named(door, world, survey):
    petra = door("petra")
    told = about(petra.get(f"{survey}?v=1&page=4").text)
    assert told.endswith("-v1-p4")
    page = petra.get(start(petra, world, told)).text
    assert "Version 1, page 4" in page
    assert f'href="{survey}?v=1&amp;page=4"' in page
    assert "Version 1, page 4" in petra.get(survey).text


def test_who_may_not_read_the_discussion_sees_nothing_of_it(door, world, survey):
    rhea = door("rhea")
    start(rhea, world, about(rhea.get(survey).text), forum="backstage", title="Their margin")
    assert "Their margin" in rhea.get(survey).text
    after = door("petra").get(survey).text
    assert "Their margin" not in after
    assert "Discussions about it" not in after


def test_who_may_not_read_the_file_sees_nothing_of_it(door, acting, world, bring):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        safe = actions.make_folder(rhea, room, name="Margins", audience="staff")
        path = actions.add_file(rhea, safe, received=bring("Margins.txt", b"secret")).path
    rhea = door("rhea")
    topic = start(rhea, world, about(rhea.get(path).text))
    assert "Margins.txt" in rhea.get(topic).text
    assert "Margins.txt" not in door("petra").get(topic).text


@pytest.mark.parametrize("told", ["", "x", "../..", "A" * 22, "-v1", "a" * 60])
def test_what_names_no_file_hangs_on_none(door, world, db, survey, told):
    start(door("petra"), world, told)
    assert db.query(TopicFile).count() == 0


def test_a_file_one_may_not_read_is_none_and_no_version_either(door, acting, world, bring, db, survey):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        safe = actions.make_folder(rhea, room, name="Margins", audience="staff")
        hidden = actions.add_file(rhea, safe, received=bring("Margins.txt")).id
    start(door("petra"), world, hidden)
    start(door("petra"), world, f"{survey[-22:]}-v9")
    assert db.query(TopicFile).count() == 0
    db.rollback()
    start(door("petra"), world, survey[-22:])
    assert db.query(TopicFile).count() == 1
    assert db.query(Topic).filter(Topic.pk == db.query(TopicFile).one().topic_pk).one().title == "Is page 4 right?"


def test_what_waits_for_a_moderator_is_about_it_once_let_through(door, world, acting, survey):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["rolf"]), role="member")
        rooms.change_workspace(rhea, room, holds_first=True)
    rolf, mark = door("rolf"), door("mark")
    waits = start(rolf, world, about(rolf.get(f"{survey}?v=1").text))
    assert waits.startswith("/held/")
    assert "Is page 4 right?" not in door("petra").get(survey).text
    assert post(mark, f"{waits}/resolve", action="approve", version=1).status_code == 303
    assert "Is page 4 right?" in door("petra").get(survey).text
