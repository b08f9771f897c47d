"""Messages are looked at by the worker's own way."""

import pytest
from sqlalchemy import select

from search.links.models import Link
from tests.search.categories.conftest import say
from tests.search.names.conftest import know
from workspaces.forums.models import Post

__all__ = ["know", "say"]


@pytest.fixture
def links(db):
    """`links(post id)`: {(what, the words it rests on)} of a message, those that were cut left out."""

    def of(id: str) -> set[tuple[str, str]]:
        db.rollback()
        post = db.scalar(select(Post).where(Post.id == id))
        found = db.scalars(select(Link).where(Link.post_pk == post.pk, Link.cut_at.is_(None)))
        return {(link.what, post.body[link.start : link.end]) for link in found}

    return of
