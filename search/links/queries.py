"""What messages speak of, as staff may see it; and what is known by name where a message stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Account, AccountName, Contact, Note
from portal.accounts.sources import account_path, contact_path, note_path
from portal.kernel.actor import Actor
from portal.kernel.markdown import plain
from portal.kernel.names import key
from portal.kernel.policy import allowed
from search.categories.sentences import sentences
from search.links.models import ACCOUNT, CONTACT, PRODUCT, Link
from search.links.policy import May
from search.names.matching import Named, pieces_of
from search.names.models import PRODUCT as A_PRODUCT
from search.names.models import Name
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import WorkspaceAccount

LONGEST_NAME = 5  # pieces of an account's name that is looked for
MOST_PIECES = 3000  # of a message in which accounts' names are looked for
MOST_CONTACTS = 2000
SHORTEST_FIRST_NAME = 3


@dataclass(frozen=True)
class Spoken:
    """A link as it is shown: the sentence with the words it rests on, and where both ends are."""

    link: Link
    before: str
    words: str
    after: str
    may_cut: bool = False

    @property
    def called(self) -> str:
        link = self.link
        target = link.account or link.contact or link.name
        return target.name if target is not None else link.value

    @property
    def path(self) -> str:
        """The page of what is spoken of; amounts and quantities have none."""
        link = self.link
        if link.account is not None:
            return account_path(link.account)
        if link.contact is not None:
            return contact_path(link.contact)
        return link.name.path if link.name is not None else ""

    @property
    def said_at(self) -> str:
        """Where it was said."""
        return self.link.post.path if self.link.post is not None else note_path(self.link.note)  # type: ignore[arg-type]

    @property
    def source(self) -> Any:
        return self.link.post or self.link.note


def of_post(actor: Actor, post: Post) -> list[Spoken]:
    """What one message speaks of; what was cut is among it."""
    return shown(actor, actor.session.scalars(_whole(allowed(actor, May.READ_LINK)).where(Link.post_pk == post.pk).order_by(Link.start)))


def in_topic(actor: Actor, topic: Topic) -> list[Spoken]:
    """What a discussion speaks of by name, each thing once, where it was named first."""
    its = select(Post.pk).where(Post.topic_pk == topic.pk)
    found = _whole(allowed(actor, May.READ_LINK)).where(Link.post_pk.in_(its), Link.cut_at.is_(None)).order_by(Link.post_pk, Link.start)
    once: dict[tuple[str, int, str], Link] = {}
    for link in actor.session.scalars(found):
        once.setdefault(link.target, link)
    return shown(actor, once.values())


def about(actor: Actor, *, account: Account | None = None, contact: Contact | None = None, name: Name | None = None) -> Select[Any]:
    """Links to one of these that stand, as a select to order. Of an account those elsewhere: what is said in its own place is on its
    trail."""
    found = _whole(allowed(actor, May.READ_LINK)).where(Link.cut_at.is_(None))
    if account is not None:
        posts = select(Post.pk).where(Post.account_pk == account.pk)
        notes = select(Note.pk).where(Note.account_pk == account.pk)
        found = found.where(Link.account_pk == account.pk, Link.post_pk.is_(None) | Link.post_pk.not_in(posts))
        return found.where(Link.note_pk.is_(None) | Link.note_pk.not_in(notes))
    if contact is not None:
        return found.where(Link.contact_pk == contact.pk)
    return found.where(Link.name_pk == (name.pk if name is not None else 0))


def latest(actor: Actor, found: Select[Any], limit: int) -> list[Spoken]:
    """The newest of these."""
    return shown(actor, actor.session.scalars(found.order_by(Link.pk.desc()).limit(limit)))


def shown(actor: Actor, links: Iterable[Link]) -> list[Spoken]:
    """Those whose words are still there, with their sentences."""
    links, told = list(links), []
    if not links:
        return []
    cuts = allowed(actor, May.CUT_LINK).where(Link.pk.in_([link.pk for link in links])).with_only_columns(Link.pk)
    may_cut = set(actor.session.scalars(cuts))
    for link in links:
        body = (link.post or link.note).body  # type: ignore[union-attr]
        within = next((each for each in sentences(body) if each.start <= link.start and link.end <= each.end), None)
        if within is not None:
            told.append(Spoken(link, *_marked(body, within.start, link.start, link.end, within.end), link.pk in may_cut))
    return told


def _marked(body: str, begin: int, start: int, end: int, finish: int) -> tuple[str, str, str]:
    """The sentence without its marks, in three; blanks beside the words stay."""
    before, words, after = body[begin:start], body[start:end], body[end:finish]
    return plain(before) + " " * before[-1:].isspace(), plain(words), " " * after[:1].isspace() + plain(after)


def _whole(found: Select[Any]) -> Select[Any]:
    post = joinedload(Link.post)
    return found.options(
        post.joinedload(Post.topic),
        post.joinedload(Post.author),
        joinedload(Link.note).joinedload(Note.author),
        joinedload(Link.note).joinedload(Note.account),
        joinedload(Link.account),
        joinedload(Link.contact).joinedload(Contact.account),
        joinedload(Link.name),
    )


def accounts_around(session: Session, messages: Sequence[Post | Note]) -> dict[int, set[int]]:
    """The accounts that the workspace or note of each message is of, by its place in the list."""
    rooms = {each.workspace_pk for each in messages if isinstance(each, Post)}
    pairs = select(WorkspaceAccount.workspace_pk, WorkspaceAccount.account_pk).where(WorkspaceAccount.workspace_pk.in_(rooms))
    of: dict[int, set[int]] = {}
    for workspace, account in session.execute(pairs):
        of.setdefault(workspace, set()).add(account)
    return {n: of.get(each.workspace_pk, set()) if isinstance(each, Post) else {each.account_pk} for n, each in enumerate(messages)}


def products(session: Session) -> list[Named]:
    rows = session.execute(
        select(Name.pk, Name.name, Name.aliases, Name.exact).where(Name.kind == A_PRODUCT, Name.removed_at.is_(None)).order_by(Name.pk)
    )
    return [Named(str(pk), name, PRODUCT, said=(name, *aliases), exact=exact) for pk, name, aliases, exact in rows]


def accounts_in(session: Session, bodies: Iterable[str]) -> list[Named]:
    """Accounts whose name may stand in one of these texts. A name of one word is meant in its own letters alone: it is often a word too."""
    keys = {name for body in bodies for name in _possible(body)}
    found = select(AccountName.account_pk, AccountName.name).join(Account, Account.pk == AccountName.account_pk)
    rows = session.execute(found.where(AccountName.key.in_(keys), Account.removed_at.is_(None)).order_by(AccountName.pk)).all()
    return [Named(str(pk), name, ACCOUNT, said=(name,), exact=len(list(pieces_of(name))) == 1) for pk, name in rows]


def _possible(body: str) -> set[str]:
    """What in a text could be an account's name, as names are compared; one begins with a capital or a digit."""
    pieces = [piece.text for piece in pieces_of(body)][:MOST_PIECES]
    begins = [n for n, piece in enumerate(pieces) if not piece[0].islower()]
    return {key(" ".join(pieces[n : n + many])) for n in begins for many in range(1, LONGEST_NAME + 1)}


def contacts_of(session: Session, account_pks: set[int]) -> list[tuple[Contact, Named]]:
    """The people of these accounts by name and address; by first name who alone has it."""
    there = select(Contact).where(Contact.account_pk.in_(account_pks), Contact.removed_at.is_(None)).order_by(Contact.pk)
    people = list(session.scalars(there.limit(MOST_CONTACTS)))
    told = []
    firsts = [person.name.split()[0] for person in people if person.name.split()]
    for person in people:
        said = tuple(filter(None, (person.name, person.email)))
        told.append((person, Named(str(person.pk), person.name, CONTACT, said=said)))
        first = (person.name.split() or [""])[0]
        if len(first) >= SHORTEST_FIRST_NAME and first[0].isupper() and firsts.count(first) == 1:
            told.append((person, Named(str(person.pk), person.name, CONTACT, said=(first,), exact=True)))
    return told


def beside(link: Link) -> str:
    """The page where a link is cut: that of its message."""
    return f"{link.post.topic.path}/posts/{link.post.id}/categories" if link.post is not None else note_path(link.note)  # type: ignore[arg-type]
