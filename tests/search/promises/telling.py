"""What tests of promises say and ask."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tests.conftest import csrf_of
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Post

PROMISE = "I will send you the drawings by Friday."
THEIRS = "I will send you the meter readings by Friday."
THEN = datetime(2026, 3, 4, 9, tzinfo=UTC)
BEFORE = THEN - timedelta(minutes=5)  # what is written then stands when it is asked for, however long the writing took


def listed(client, world, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    told = client.get(f"/api/v1/accounts/{world.ids['calder']}/promises?{query}")
    assert told.status_code == 200, told.text
    return told.json["items"]


def patch(client, path, **told):
    return client.patch(f"/api/v1/{path}", json=told, headers={"X-CSRFToken": csrf_of(client)})


def edit(acting, house, id, body):
    with acting("rhea") as rhea:
        forums.edit_post(rhea, rhea.session.scalar(select(Post).where(Post.id == id)), body=body)
    drain(house, topics=("index",))
