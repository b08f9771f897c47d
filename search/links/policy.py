"""Who sees what a message speaks of: staff who can read the message and what it speaks of. Clients never hear of it."""

from sqlalchemy import and_, false, or_, select

from portal.accounts.models import Account, Contact, Note
from portal.accounts.policy import read_account, read_contact, read_note
from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from search.links.models import Link
from workspaces.forums.models import Post
from workspaces.forums.policy import read_words
from workspaces.rooms.policy import open_for_writing


class May(Verbs):
    """Verbs of links."""

    READ_LINK = "See what a message or note speaks of: staff who can read it, and what it speaks of"
    CUT_LINK = "Say that a message does not speak of something, or does after all: staff who see the link; not in an archive"


@rule(May.READ_LINK, Link, reads=True)
def read_link(actor: Actor) -> Condition:
    if not actor.is_staff:
        return false()
    post = select(Post.pk).where(Post.pk == Link.post_pk, read_words(actor)).correlate(Link).exists()
    note = select(Note.pk).where(Note.pk == Link.note_pk, read_note(actor)).correlate(Link).exists()  # type: ignore[arg-type]
    account = select(Account.pk).where(Account.pk == Link.account_pk, read_account(actor)).correlate(Link).exists()  # type: ignore[arg-type]
    contact = select(Contact.pk).where(Contact.pk == Link.contact_pk, read_contact(actor)).correlate(Link).exists()  # type: ignore[arg-type]
    return and_(or_(post, note), or_(Link.account_pk.is_(None), account), or_(Link.contact_pk.is_(None), contact))


@rule(May.CUT_LINK, Link, refusal="In an archive nothing changes.")
def cut_link(actor: Actor) -> Condition:
    there = select(Post.pk).where(Post.pk == Link.post_pk, open_for_writing(Post.workspace_pk)).correlate(Link).exists()
    return and_(read_link(actor), or_(Link.post_pk.is_(None), there))
