"""Signs on messages: who may put them there, what is shown of them, and what is not."""

import pytest
from sqlalchemy import func, select

from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.notices.models import Notice
from tests.conftest import post
from tests.workspaces.forums.test_api import send
from workspaces.forums import actions, queries
from workspaces.forums.models import Post, Reaction, Topic
from workspaces.forums.reactions import EMOJI


def of(actor, world, key="post"):
    return actor.session.get_one(Post, world.pks[key])


def put(acting, world, name, emoji="helpful", key="post"):
    with acting(name) as actor:
        actions.react(actor, of(actor, world, key), emoji=emoji)


def test_a_sign_is_there_once_a_person_and_can_be_taken_back(acting, world):
    for name in ("petra", "petra", "mark"):
        put(acting, world, name)
    put(acting, world, "petra", "👍")
    with acting("rolf") as rolf:
        (helpful, thumb) = queries.signs_on(rolf, [of(rolf, world)])[world.pks["post"]]
        assert (helpful.ids, thumb.ids) == ([world.ids["petra"], world.ids["mark"]], [world.ids["petra"]])
        assert thumb.emoji == "👍"
    with acting("petra") as petra:
        actions.toggle(petra, of(petra, world), emoji="helpful")
        actions.take_back(petra, of(petra, world), emoji="🎉")
    with acting("rolf") as rolf:
        assert rolf.session.scalar(select(func.count()).select_from(Reaction)) == 2
        kinds = list(rolf.session.scalars(select(Event.kind).where(Event.kind.in_(["post.reacted", "post.unreacted"])).order_by(Event.pk)))
        assert kinds == ["post.reacted"] * 3 + ["post.unreacted"]


def test_only_what_is_offered_can_be_put(acting, world):
    with acting("petra") as petra:
        for emoji in ("💣", "", "helpful ", "x" * 300):
            with pytest.raises(Invalid):
                actions.react(petra, of(petra, world), emoji=emoji)
        for emoji in EMOJI:
            actions.react(petra, of(petra, world), emoji=emoji)
        assert [sign.emoji for sign in queries.signs_on(petra, [of(petra, world)])[world.pks["post"]]] == list(EMOJI)


@pytest.mark.parametrize(("name", "error"), [("rolf", Forbidden), ("mona", Forbidden), ("otto", NotFound), ("ravi", NotFound)])
def test_who_reads_only_or_not_at_all_puts_none(acting, world, name, error):
    put(acting, world, "petra")
    with acting(name) as actor, pytest.raises(error):
        actions.react(actor, of(actor, world), emoji="helpful")


def test_signs_on_team_notes_are_the_teams(acting, world):
    put(acting, world, "mona", key="team_note")
    with acting("petra") as petra, pytest.raises(NotFound):
        actions.react(petra, of(petra, world, "team_note"), emoji="helpful")


def test_nothing_is_put_on_what_no_longer_stands_or_in_what_is_closed(acting, world):
    put(acting, world, "petra")
    with acting("mark") as mark:
        actions.lock_topic(mark, mark.session.get_one(Topic, world.pks["topic"]))
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.react(petra, of(petra, world), emoji="👍")
    with acting("mark") as mark:
        actions.lock_topic(mark, mark.session.get_one(Topic, world.pks["topic"]), locked=False)
        actions.hide_post(mark, of(mark, world), reason="Hm")
    with acting("mark") as mark:
        assert queries.signs_on(mark, [of(mark, world)]) == {}
        with pytest.raises(Forbidden):
            actions.react(mark, of(mark, world), emoji="👍")
        actions.show_post(mark, of(mark, world))
    with acting("petra") as petra:
        assert queries.signs_on(petra, [of(petra, world)])[world.pks["post"]][0].people


def test_nobody_is_notified(acting, world, house):
    with house.db.reading() as session:
        before = session.scalar(select(func.count()).select_from(Notice))
    put(acting, world, "petra")
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == before


# --- Doors --------------------------------------------------------------------------------------------------------------


def test_the_api_puts_shows_and_takes_back(door, world):
    petra, url = door("petra"), f"/api/v1/posts/{world.ids['post']}"
    for _twice in range(2):
        answer = send(petra, "PUT", f"{url}/reactions/👍")
        assert (answer.status_code, answer.json["reactions"]) == (
            200,
            [{"emoji": "👍", "people": [{"id": world.ids["petra"], "name": "Petra Prospect"}]}],
        )
    assert door("rolf").get(url).json["reactions"] == answer.json["reactions"]
    wrong = send(petra, "PUT", f"{url}/reactions/bomb")
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "emoji")
    refused = [send(door(name), "PUT", f"{url}/reactions/helpful").status_code for name in ("rolf", "otto", "ravi", "nils")]
    assert refused == [403, 404, 404, 404]
    assert send(petra, "DELETE", f"{url}/reactions/👍").status_code == 204
    assert petra.get(url).json["reactions"] == []


def test_a_press_without_a_script(door, world):
    petra = door("petra")
    here = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts/{world.ids['post']}"
    assert "I am looking at it" in petra.get(f"{here}/menu").text
    assert post(petra, f"{here}/react", emoji="👀").status_code == 303
    page = petra.get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}").text
    assert f'data-by="{world.ids["petra"]}"' in page
    assert '<span class="by">Petra Prospect</span>' in page
    assert 'aria-pressed="true"' in page
    read_only = door("rolf").get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}").text
    assert '<span class="by">Petra Prospect</span>' in read_only
    assert [post(door(name), f"{here}/react", emoji="👀").status_code for name in ("rolf", "otto")] == [403, 404]
    assert post(petra, f"{here}/react", emoji="👀").status_code == 303
    assert '<span class="by">' not in petra.get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}").text


def test_a_sign_is_no_line_on_the_trail_unless_asked_for(door, acting, world):
    put(acting, world, "petra")
    trail = f"/api/v1/accounts/{world.ids['calder']}/trail"
    rhea = door("rhea")
    assert "post.reacted" not in {line["kind"] for line in rhea.get(trail).json["items"]}
    assert [line["kind"] for line in rhea.get(f"{trail}?kind=post.reacted").json["items"]] == ["post.reacted"]
