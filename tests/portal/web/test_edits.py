"""Two who change the same thing: with If-Match the second is told, without it the last word stands."""

import pytest

from tests.conftest import csrf_of

CHANGES = {
    "topics/topic": {"title": "Asked better"},
    "posts/post": {"body": "Said better."},
    "workspaces/room": {"purpose": "Another"},
    "forums/general": {"description": "For all that has no other place."},
    "folders/folder": {"name": "Papers"},
    "groups/group": {"name": "Buyers"},
    "accounts/calder": {"industry": "Water"},
    "people/nora": {"title": "Rep"},
}


@pytest.fixture
def asks(door, world):
    def asked(who, method, path, body=None, **headers):
        client = door(who)
        kind, _slash, key = path.partition("/")
        url = f"/api/v1/{kind}/{world.ids[key]}"
        return client.open(url, method=method, json=body, headers={"X-CSRFToken": csrf_of(client)} | headers)

    return asked


@pytest.mark.parametrize("path", CHANGES)
def test_of_two_who_saw_the_same_one_comes_through(asks, path):
    who = "ada" if path.startswith("people") else "rhea"
    seen = asks(who, "GET", path).headers["ETag"]
    assert asks(who, "GET", path).headers["ETag"] == seen
    first = asks(who, "PATCH", path, CHANGES[path], **{"If-Match": seen})
    assert first.status_code == 200
    field, value = next(iter(CHANGES[path].items()))
    second = asks(who, "PATCH", path, {field: "Unseen"}, **{"If-Match": seen})
    assert second.status_code == 412
    assert second.content_type == "application/problem+json"
    now = asks(who, "GET", path)
    assert now.json[field] == value
    assert now.headers["ETag"] == first.headers["ETag"] != seen
    assert asks(who, "PATCH", path, {field: "Seen again"}, **{"If-Match": first.headers["ETag"]}).status_code == 200
    assert asks(who, "PATCH", path, {field: "The last word"}).json[field] == "The last word"


def test_what_changed_meanwhile_is_not_removed_unseen(asks):
    seen = asks("rhea", "GET", "posts/post").headers["ETag"]
    asks("rhea", "PATCH", "posts/post", {"body": "Said better."})
    assert asks("rhea", "DELETE", "posts/post", **{"If-Match": seen}).status_code == 412
    assert asks("rhea", "DELETE", "posts/post", **{"If-Match": 'W/"x", nonsense'}).status_code == 412
    assert asks("rhea", "DELETE", "posts/post", **{"If-Match": "*"}).status_code == 204


def test_a_stranger_learns_nothing_by_it(asks):
    told = [asks("otto", "PATCH", "posts/post", {"body": "x"}, **{"If-Match": tag}) for tag in ("*", '"x"')]
    assert [each.status_code for each in told] == [404, 404]
    assert told[0].data == told[1].data
