"""How an event finds a promise: where it was said."""

from sqlalchemy.orm import joinedload

from portal.accounts.models import Note
from portal.kernel.markdown import plain
from portal.kernel.sources import Source, source
from search.promises.models import Promise
from search.promises.policy import May
from workspaces.forums.models import Post

source(
    Source(
        "promise",
        Promise,
        May.READ_PROMISE,
        url=lambda promise: promise.path,
        title=lambda promise: plain(promise.title, 160),
        options=lambda: (joinedload(Promise.post).joinedload(Post.topic), joinedload(Promise.note).joinedload(Note.account)),
    )
)
