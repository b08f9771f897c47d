"""What of promises is in an account's copy: each of the account's, how it stood, and what people said of its questions."""

from sqlalchemy import select

from portal.kernel.copying import copied
from search.promises.models import Promise, PromiseFact, QuestionFact
from workspaces.forums.models import Post

copied(Promise, lambda account_pk: Promise.account_pk == account_pk)
copied(PromiseFact, lambda account_pk: PromiseFact.promise_pk.in_(select(Promise.pk).where(Promise.account_pk == account_pk)))
copied(QuestionFact, lambda account_pk: QuestionFact.post_pk.in_(select(Post.pk).where(Post.account_pk == account_pk)))
