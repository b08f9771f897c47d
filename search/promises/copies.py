"""What of promises is in an account's copy: each that was made to or by it, how it stood, and what people said of its questions. Where our
side answered it in another company's discussion of a community, the message is that company's, and the copy has neither."""

from typing import Any

from sqlalchemy import Select, or_, select

from portal.kernel.copying import copied
from search.promises.models import Promise, PromiseFact, QuestionFact
from workspaces.forums.models import Post


def _promises_of(account_pk: int) -> Select[Any]:
    its = or_(Promise.post_pk.is_(None), Promise.post_pk.in_(_posts_of(account_pk)))
    return select(Promise.pk).where(Promise.account_pk == account_pk, its)


def _posts_of(account_pk: int) -> Select[Any]:
    return select(Post.pk).where(Post.account_pk == account_pk)


copied(Promise, lambda account_pk: Promise.pk.in_(_promises_of(account_pk)))
copied(PromiseFact, lambda account_pk: PromiseFact.promise_pk.in_(_promises_of(account_pk)))
copied(QuestionFact, lambda account_pk: QuestionFact.post_pk.in_(_posts_of(account_pk)))
