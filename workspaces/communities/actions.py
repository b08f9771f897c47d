"""What is done in communities. Nobody is introduced without having said yes. The only writers of its rows."""

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import current
from portal.kernel.markdown import mention
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people.models import Person
from workspaces.communities import queries
from workspaces.communities.events import ANSWERED, MADE, PROPOSED, TAKEN_BACK
from workspaces.communities.models import Introduction, Welcome
from workspaces.communities.policy import May
from workspaces.forums import actions as forums
from workspaces.forums.holding import refuse_unseen
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms.actions.meeting import refuse_among
from workspaces.rooms.models import Membership, Workspace


@action(May.FACILITATE)
def propose_introduction(actor: Actor, workspace: Workspace, *, person: Person, words: str) -> Introduction:
    """Words by which a member could be introduced: they may change them, use them, or say no. Raises Invalid for who was introduced
    already, or was asked before."""
    _member(actor, workspace, person, "person")
    if queries.introduced(actor, workspace, person, or_declined=True):
        raise Invalid(("person", _("%(name)s was introduced already, or does not want to be.", name=person.name)))
    if _waiting(actor, workspace, person) is not None:
        raise Invalid(("person", _("%(name)s has been asked already.", name=person.name)))
    return _asked(actor, Introduction(workspace_pk=workspace.pk, one_pk=person.pk, asked_by_pk=actor.pk, words=words))


@action(May.INTRODUCE_ONESELF)
def introduce_oneself(actor: Actor, workspace: Workspace, *, words: str) -> Post:
    """One's own words in the discussion that welcomes newcomers; what was proposed is answered by it. Raises Invalid for who was
    introduced already, or where there is no forum in which they may write."""
    me = actor.person
    if queries.introduced(actor, workspace, me):
        raise Invalid(("words", _("You are introduced already.")))
    refuse_unseen(actor, workspace, field="words")
    row = _waiting(actor, workspace, me) or Introduction(workspace_pk=workspace.pk, one_pk=me.pk, asked_by_pk=me.pk, words=words)
    actor.session.add(row)
    topic = queries.welcome_of(actor, workspace)
    post = forums.post_message(actor, topic, body=words) if topic is not None else _first_welcome(actor, workspace, words)
    row.words, row.one_says, row.made_at, row.post_pk = words, True, now(), post.pk
    _note(actor, MADE, row, me)
    return post


@action(May.INTRODUCE_ONESELF)
def stay_unintroduced(actor: Actor, workspace: Workspace) -> None:
    """They do not want to be introduced, and are not asked again; they may still do it themselves."""
    me = actor.person
    if queries.introduced(actor, workspace, me, or_declined=True):
        return
    row = _waiting(actor, workspace, me) or Introduction(workspace_pk=workspace.pk, one_pk=me.pk, asked_by_pk=me.pk, words="")
    row.one_says = False
    actor.session.add(row)
    _note(actor, ANSWERED, row, me, what=later("no"))


@action(May.FACILITATE)
def ask_two(actor: Actor, workspace: Workspace, *, one: Person, other: Person, words: str) -> Introduction:
    """Ask two members whether they would like to meet, and say why. Raises Invalid where one of them does not let others see who they
    are, their companies are kept apart, or both are of the same."""
    both = _member(actor, workspace, one, "one"), _member(actor, workspace, other, "other")
    if one.pk == other.pk:
        raise Invalid(("other", _("Choose two different people.")))
    for field, member in zip(("one", "other"), both, strict=True):
        if not member.shown:
            raise Invalid((field, _("%(name)s has not agreed that other companies see who they are.", name=member.person.name)))
    refuse_among(actor, [one.pk, other.pk], field="other")
    row = Introduction(workspace_pk=workspace.pk, one_pk=one.pk, other_pk=other.pk, asked_by_pk=actor.pk, words=words)
    return _asked(actor, row)


@action(May.ANSWER_INTRODUCTION)
def answer_introduction(actor: Actor, introduction: Introduction, *, agrees: bool) -> Introduction:
    """Yes or no to what one is asked. Who is proposed to be introduced says yes by introducing themselves: raises Invalid."""
    if introduction.other_pk is None and agrees:
        raise Invalid(("agrees", _("Say yes with your own words: introduce yourself.")))
    if introduction.one_pk == actor.pk:
        introduction.one_says = agrees
    else:
        introduction.other_says = agrees
    _note(actor, ANSWERED, introduction, actor.person, what=later("yes") if agrees else later("no"))
    return introduction


@action(May.MAKE_INTRODUCTION)
def make_introduction(actor: Actor, introduction: Introduction, *, forum: Forum) -> Topic:
    """Two who both said yes are introduced, by a discussion in a forum that both read. Raises Invalid where one does not any more, or
    they must not meet by now."""
    workspace, people = introduction.workspace, [introduction.one, introduction.other]
    one, other = (person for person in people if person is not None)
    if not all(_member(actor, workspace, person, "forum").shown for person in (one, other)):
        raise Invalid(("forum", _("One of them does not let other companies see who they are any more.")))
    refuse_among(actor, [one.pk, other.pk], field="forum")
    if forum not in queries.forums_for(actor, workspace, [one, other]):
        raise Invalid(("forum", _("Choose a forum that both of them read.")))
    names = [mention(person.name, person.id) for person in (one, other)]
    body = "\n\n".join((_("%(one)s, meet %(other)s.", one=names[0], other=names[1]), introduction.words))
    topic = forums.start_topic(actor, forum, title=_("%(one)s, meet %(other)s", one=one.name, other=other.name)[:160], body=body)
    introduction.post_pk, introduction.made_at = _first_message(actor, topic).pk, now()
    for person in (one, other):
        _note(actor, MADE, introduction, person)
    return topic


@action(May.WITHDRAW_INTRODUCTION)
def withdraw_introduction(actor: Actor, introduction: Introduction) -> None:
    """It is not asked any more; who was asked sees nothing of it."""
    introduction.withdrawn_at = now()
    for person in filter(None, (introduction.one, introduction.other)):
        _note(actor, TAKEN_BACK, introduction, person)


@action(May.FACILITATE)
def choose_welcome(actor: Actor, workspace: Workspace, *, topic: Topic) -> None:
    """From now on newcomers are introduced in this discussion. Raises Invalid where not everybody reads it."""
    if topic not in queries.welcomes(actor, workspace):
        raise Invalid(("topic", _("Choose a discussion that everyone in this community reads.")))
    actor.session.merge(Welcome(workspace_pk=workspace.pk, topic_pk=topic.pk))


def _first_welcome(actor: Actor, workspace: Workspace, words: str) -> Post:
    """Where nobody was welcomed yet the first starts the discussion."""
    open_to_all = [each for each in queries.forums_for(actor, workspace, ()) if each.open_audience.kind == "workspace"]
    forum = next((each for each in open_to_all if not each.for_team), None)
    if forum is None:
        raise Invalid(("words", _("There is no forum here for everyone in which you may write.")))
    topic = forums.start_topic(actor, forum, title=_("Who is here"), body=words)
    actor.session.merge(Welcome(workspace_pk=workspace.pk, topic_pk=topic.pk))
    return _first_message(actor, topic)


def _first_message(actor: Actor, topic: Topic) -> Post:
    return actor.session.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk).limit(1)).one()


def _member(actor: Actor, workspace: Workspace, person: Person, field: str) -> Membership:
    here = select(Membership).where(Membership.workspace_pk == workspace.pk, Membership.person_pk == person.pk, current(Membership))
    found = actor.session.scalar(here)
    if found is None or found.account_pk is None:
        raise Invalid((field, _("Choose somebody who is in this community for a company.")))
    return found


def _waiting(actor: Actor, workspace: Workspace, person: Person) -> Introduction | None:
    """How it was proposed to introduce them, where they have not said anything to that."""
    own = select(Introduction).where(Introduction.workspace_pk == workspace.pk, Introduction.one_pk == person.pk)
    open_ = (Introduction.other_pk.is_(None), Introduction.one_says.is_(None), Introduction.withdrawn_at.is_(None))
    return actor.session.scalar(own.where(*open_).limit(1))


def _asked(actor: Actor, row: Introduction) -> Introduction:
    actor.session.add(row)
    actor.session.flush()
    for person in filter(None, (row.one, row.other)):
        _note(actor, PROPOSED, row, person)
    return row


def _note(actor: Actor, of: EventKind, row: Introduction, person: Person, **facts: str) -> None:
    """On the trail of this person's company, which hears of nobody else's."""
    actor.session.flush()
    workspace = row.workspace
    here = select(Account).join(Membership, Membership.account_pk == Account.pk)
    account = actor.session.scalar(
        here.where(Membership.workspace_pk == workspace.pk, Membership.person_pk == person.pk, current(Membership))
    )
    told = {"introduction": row.id, "name": person.name, "person": person.id, "title": workspace.title, **facts}
    # About the workspace: introductions are in no copy of an account, and what its trail says must lead somewhere there too.
    record(actor, of, workspace, audience_pk=workspace.team_audience_pk, account=account, workspace_pk=workspace.pk, facts=told)
