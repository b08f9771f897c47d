"""MAINSTAY_X_ACCEL=on: the answer names the bytes, and the proxy sends them. With a real nginx: tests/portal/platform/test_nginx.py."""

import stat
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal.kernel.settings import Settings, prepared
from tests.cast import World
from workspaces.library import actions
from workspaces.library.models import FileView, Folder
from workspaces.library.receiving import take


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return prepared(replace(settings, x_accel=True))


@pytest.fixture
def plan(house, acting, world: World) -> str:
    with acting("petra") as petra:
        folder = petra.session.get_one(Folder, world.pks["folder"])
        return actions.add_file(petra, folder, received=take(house.storage, "plan.txt", [b"a plan"], 1000)).id


def test_the_answer_names_the_bytes_for_those_who_may_see_them(door, house, plan, world):
    path = f"/api/v1/files/{plan}/content"
    answer = door("petra").get(path, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.data) == (200, b"")
    place = answer.headers["X-Accel-Redirect"]
    blob = house.settings.blobs_dir / place.removeprefix("/-/blobs/")
    assert blob.read_bytes() == b"a plan"
    assert stat.S_IMODE(blob.stat().st_mode) == 0o640
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Length"] == "0"
    again = door("petra").get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "X-Accel-Redirect" not in again.headers
    refused = door("otto").get(path)
    assert refused.status_code == 404
    assert "X-Accel-Redirect" not in refused.headers


def test_who_opened_it_is_remembered_all_the_same(door, house, plan, world):
    answer = door("petra").get(f"/api/v1/files/{plan}/content")
    answer.close()
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FileView)) == 1
