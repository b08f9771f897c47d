"""What is written is looked at by the worker's own way."""

import pytest
from sqlalchemy import select

from search.promises.models import Promise
from tests.search.categories.conftest import say
from workspaces.forums.models import Post

__all__ = ["say"]


@pytest.fixture
def promise_of(db):
    """`promise_of(post id)`: the promise that was made of a message, or None."""

    def found(id: str) -> Promise | None:
        db.rollback()
        return db.scalar(select(Promise).join(Post).where(Post.id == id))

    return found
