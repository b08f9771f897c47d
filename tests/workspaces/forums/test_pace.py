"""One person writes so much in a minute, an hour, a day; more is not sent, and says when it goes on."""

import pytest
from sqlalchemy import func, select

from portal.kernel.settings import WrongSetting, load
from portal.web import pace
from tests.conftest import csrf_of, post
from workspaces.forums.models import Post


@pytest.fixture
def limited(app):
    """`limited("2/minute")`: clients from now on, and with a second the team."""

    def limited(clients, team=""):
        pace.set_up(app, clients, team)
        app.config["THROTTLE"] = True

    return limited


def written(acting):
    with acting("system") as system:
        return system.session.scalar(select(func.count()).select_from(Post))


def test_on_pages_the_words_stay_in_the_composer(limited, door, world, acting):
    limited("2/minute")
    before, path = written(acting), f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts"
    petra = door("petra")
    assert [post(petra, path, body=f"Words {n}.").status_code for n in range(2)] == [303, 303]
    refused = post(petra, path, body="One too many.")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    page = refused.get_data(as_text=True)
    assert "2 messages a minute are the limit here" in page
    assert "One too many." in page
    assert written(acting) == before + 2
    assert post(door("mark"), path, body="Another person.").status_code == 303


def test_for_scripts_and_new_discussions(limited, door, world):
    limited("1/hour")
    petra, new = door("petra"), f"/w/{world.ids['room']}/discussions/new"
    told = {"forum": world.ids["general"], "title": "A question", "kind": "discussion"}
    assert post(petra, new, body="One.", **told).status_code == 303
    refused = post(petra, new, body="Another.", **told)
    assert (refused.status_code, "Another." in refused.get_data(as_text=True)) == (429, True)
    assert int(refused.headers["Retry-After"]) > 60
    path = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts"
    sent = petra.post(path, data={"csrf_token": csrf_of(petra), "body": "By a script."}, headers={"HX-Request": "true"})
    assert (sent.status_code, "One message an hour is the limit" in sent.get_data(as_text=True)) == (429, True)


def test_by_the_api_and_for_staff_apart(limited, door, world):
    limited("", "1/day")
    rhea, petra, path = door("rhea"), door("petra"), f"/api/v1/topics/{world.ids['topic']}/posts"

    def send(client):
        return client.post(path, json={"body": "By the API."}, headers={"X-CSRFToken": csrf_of(client)})

    assert [send(rhea).status_code, send(petra).status_code, send(petra).status_code] == [201, 201, 201]
    refused = send(rhea)
    assert (refused.status_code, "a day is the limit" in refused.json["detail"]) == (429, True)
    assert int(refused.headers["Retry-After"]) > 3600


def test_the_settings(tmp_path):
    told = {"MAINSTAY_DATA_DIR": str(tmp_path)}
    assert load(told).post_limit == ""
    assert load(told | {"MAINSTAY_POST_LIMIT": "20/minute, 200/hour"}).post_limit == "20/minute, 200/hour"
    with pytest.raises(WrongSetting, match="POST_LIMIT_TEAM=often"):
        load(told | {"MAINSTAY_POST_LIMIT_TEAM": "often"})
