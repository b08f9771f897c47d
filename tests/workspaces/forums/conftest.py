"""The world was written when the suite began: what counts the minutes since a post counts from now instead."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel.clock import now
from workspaces.forums.actions import posts
from workspaces.forums.models import Post


@pytest.fixture(autouse=True)
def _as_if_just_written(house, world, monkeypatch):
    with house.db.reading() as session:
        written = session.scalar(select(Post.created_at).where(Post.pk == world.pks["post"]))
    monkeypatch.setattr(posts, "SILENT", now() - written + timedelta(minutes=15))
