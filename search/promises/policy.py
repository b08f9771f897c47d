"""Who sees a promise: exactly those who may read its message; of clients those to whom it was made. Staff say how it stands, clients
whether they agree."""

from sqlalchemy import and_, false, or_, select

from portal.accounts.models import Account, Note
from portal.accounts.policy import read_account, read_note
from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from search.promises.models import Promise
from workspaces.forums.models import Post
from workspaces.forums.policy import read_words
from workspaces.rooms.models import Workspace, WorkspaceAccount
from workspaces.rooms.policy import open_for_writing, read_workspace, taken_part_in_by


class May(Verbs):
    """Verbs of promises."""

    SEE_PROMISES = "See what was promised and asked in an account: who reads it, and of its own people those made to them"
    READ_PROMISE = "See a promise: staff who can read its message; of clients those of the company to which our side made it"
    SETTLE_PROMISE = "Say of a promise that it was kept, withdrawn or stands, and until when: staff who see it; not in an archive"
    JUDGE_PROMISE = "Confirm or contest a promise: clients to whom it was made and who take part; not in an archive"


@rule(May.SEE_PROMISES, Account)
def see_promises(actor: Actor) -> Condition | bool:
    if actor.is_staff:
        return read_account(actor)
    if actor.person is None or actor.person.account_pk is None:
        return False
    inside = select(WorkspaceAccount.account_pk).join(Workspace, Workspace.pk == WorkspaceAccount.workspace_pk)
    return and_(Account.pk == actor.person.account_pk, Account.pk.in_(inside.where(read_workspace(actor))))


@rule(May.READ_PROMISE, Promise, reads=True)
def read_promise(actor: Actor) -> Condition:
    post = select(Post.pk).where(Post.pk == Promise.post_pk, read_words(actor)).correlate(Promise).exists()
    stands = Promise.dropped_at.is_(None)
    if not actor.is_staff:
        company = actor.person.account_pk if actor.person is not None else None
        return and_(stands, Promise.ours.is_(True), Promise.account_pk == company, post) if company is not None else false()
    readable = read_note(actor)
    note = select(Note.pk).where(Note.pk == Promise.note_pk, readable).correlate(Promise).exists()  # type: ignore[arg-type]
    return and_(stands, or_(post, note))


@rule(May.SETTLE_PROMISE, Promise, refusal="Only the team says how a promise stands, and not in an archive.")
def settle_promise(actor: Actor) -> Condition:
    return and_(read_promise(actor), _open()) if actor.is_staff else false()


@rule(May.JUDGE_PROMISE, Promise, refusal="Only the people to whom it was made and who take part can confirm or contest it.")
def judge_promise(actor: Actor) -> Condition:
    return and_(read_promise(actor), taken_part_in_by(actor, Promise.workspace_pk), _open()) if not actor.is_staff else false()


def _open() -> Condition:
    return or_(Promise.workspace_pk.is_(None), open_for_writing(Promise.workspace_pk))
