"""What is written is looked at by the worker's own way."""

import pytest
import time_machine
from sqlalchemy import select

from search.promises.models import Promise
from tests.search.categories.conftest import say
from tests.search.promises.telling import BEFORE, PROMISE, THEIRS
from workspaces.forums.models import Post

__all__ = ["say"]


@pytest.fixture
def promise_of(db):
    """`promise_of(post id)`: the promise that was made of a message, or None."""

    def found(id: str) -> Promise | None:
        db.rollback()
        return db.scalar(select(Promise).join(Post).where(Post.id == id))

    return found


@pytest.fixture
def two(say, promise_of):
    """A promise of Rhea's, made on a Wednesday until Friday, and of Petra's."""
    with time_machine.travel(BEFORE, tick=True):
        ours, theirs = say("rhea", f"Hello.\n\n{PROMISE}"), say("petra", THEIRS)
    return {"ours": promise_of(ours).id, "theirs": promise_of(theirs).id, "post": ours}
