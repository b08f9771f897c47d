"""Messages that go elsewhere: a topic to another forum or into another topic, some of its messages into one of their own.

They are from then on meant for whom their new place is meant; team notes stay the team's. Each message keeps its id, its account and
what is attached to it. A notice stays in both places, and leads on.
"""

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.content import note_recorded
from portal.kernel.errors import Invalid
from portal.kernel.policy import may, require
from portal.kernel.words import gettext as _
from workspaces.forums.actions import carrying
from workspaces.forums.actions.posts import recount
from workspaces.forums.actions.recording import record_about
from workspaces.forums.attachments import PORT
from workspaces.forums.events import TOPIC_MERGED, TOPIC_MOVED, TOPIC_PARTED, TOPIC_SPLIT, TOPIC_STARTED
from workspaces.forums.models import DISCUSSION, MERGED, MOVED, QUESTION, SPLIT, Forum, Post, Topic, Transfer
from workspaces.forums.policy import May

Places = dict[int, Topic]  # post pk -> where it belongs


@action(May.MODERATE_TOPIC)
def move_topic(actor: Actor, topic: Topic, *, forum: Forum) -> Transfer | None:
    """Put it into another forum of its workspace; None where it is there already. Raises Invalid for a forum of another workspace."""
    if forum.workspace_pk != topic.workspace_pk:
        raise Invalid(("forum", _("A discussion stays in its workspace.")))
    if forum.pk == topic.forum_pk:
        return None
    require(actor, May.START_TOPIC, forum)
    transfer = _transfer(actor, MOVED, topic, topic, [], into_forum=forum)
    was = topic.forum.title
    be_for(actor, topic, forum)
    record_about(actor, TOPIC_MOVED, topic, topic, forum=forum.title, was=was, transfer=transfer.id)
    PORT.moved(actor, topic)
    return transfer


def be_for(actor: Actor, topic: Topic, forum: Forum) -> None:
    """In that forum, for whom it is meant now; whoever calls records an event that tells of the topic and of all its posts."""
    topic.forum, topic.forum_pk = forum, forum.pk
    topic.audience_pk, topic.team_audience_pk = forum.open_audience_pk, forum.team_audience_pk
    _rearrange(actor, [topic], {})
    note_recorded(actor.session, topic)


@action(May.MODERATE_TOPIC)
def merge_topic(actor: Actor, topic: Topic, *, into: Topic) -> Transfer:
    """Put all its messages into another topic of the workspace, in the order in which they were written; its address leads there.
    Raises Invalid at `into` for itself and for a topic of another workspace."""
    if into.pk == topic.pk or into.workspace_pk != topic.workspace_pk:
        raise Invalid(("into", _("Choose another discussion of this workspace.")))
    require(actor, May.MODERATE_TOPIC, into)
    posts = carrying.posts_of(actor, topic)
    transfer = _transfer(actor, MERGED, topic, into, posts)
    if into.accepted_post_pk is None and into.kind == QUESTION:
        into.accepted_post_pk, into.accepted_by_pk = topic.accepted_post_pk, topic.accepted_by_pk
    topic.removed_at, topic.removed_by_pk, topic.merged_into_pk = now(), actor.pk or None, into.pk
    topic.audience_pk, topic.team_audience_pk = into.audience_pk, into.team_audience_pk
    _rearrange(actor, [topic, into], {post.pk: into for post in posts})
    carrying.follow_on(actor, topic, into)
    carrying.bring_drafts(actor, topic, into)
    for earlier in carrying.merged_into(actor, topic):
        earlier.merged_into_pk = into.pk
    _lead_on(actor, into)
    record_about(actor, TOPIC_MERGED, topic, topic, into=into.title, other=into.id, transfer=transfer.id)
    note_recorded(actor.session, into)
    PORT.moved(actor, into)
    return transfer


@action(May.MODERATE_TOPIC)
def split_topic(actor: Actor, topic: Topic, *, title: str, posts: list[Post]) -> tuple[Topic, Transfer]:
    """A topic of their own for some messages, beside the one they were in.

    Raises Invalid at `posts` for none, for one of another topic or one that no longer stands, and where either topic would be left
    without a message that all its readers see.
    """
    chosen = sorted(set(posts), key=lambda post: post.pk)
    if any(post.topic_pk != topic.pk or not post.stands for post in chosen):
        raise Invalid(("posts", _("One of these messages is no longer here. Look at the discussion again.")))
    first = next((post for post in chosen if not post.team), None)
    if first is None:
        raise Invalid(("posts", _("Choose at least one message that is no team note.")))
    left = set(carrying.posts_of(actor, topic)) - set(chosen)
    if not any(post.stands and not post.team for post in left):
        raise Invalid(("posts", _("These are all of its messages. Move the discussion instead, or give it another title.")))
    made = _beside(actor, topic, title, first, chosen)
    record_about(actor, TOPIC_STARTED, made, made, words=title)
    transfer = _transfer(actor, SPLIT, topic, made, chosen)
    carrying.follow_on(actor, topic, made)
    _rearrange(actor, [topic, made], {post.pk: made for post in chosen})
    record_about(actor, TOPIC_SPLIT, topic, topic, into=title, other=made.id, transfer=transfer.id)
    PORT.moved(actor, made)
    return made, transfer


@action(May.UNDO_TRANSFER)
def undo_transfer(actor: Actor, transfer: Transfer) -> Topic:
    """Put things where they were; the topic they are in again. What was written meanwhile stays with what it answers.

    Raises Invalid where things have gone on since, where others would read what was written since, and where the place is gone.
    """
    topic, into = transfer.topic, transfer.into
    _refuse_gone_on(actor, transfer)
    if not may(actor, May.START_TOPIC, transfer.forum):
        raise Invalid(("", _("The place that this was in is not there any more, or not yours to write in.")))
    back = None
    if transfer.kind == MERGED:
        _part(actor, transfer)
    elif transfer.kind == SPLIT:
        back = merge_topic(actor, into, into=topic)
    else:
        back = move_topic(actor, topic, forum=transfer.forum)
    for each in (transfer, back):
        if each is not None:
            each.undone_at = now()
    return topic


def _refuse_gone_on(actor: Actor, transfer: Transfer) -> None:
    topic, into = transfer.topic, transfer.into
    stands = into.forum_pk == transfer.into_forum_pk
    if transfer.kind == MERGED:
        stands = topic.merged_into_pk == into.pk
    elif transfer.kind == SPLIT:
        stands = stands and topic.removed_at is None and topic.forum_pk == transfer.forum_pk
    if not stands:
        raise Invalid(("", _("This has gone on since, so it cannot be taken back.")))
    posts = [post for post in carrying.posts_of(actor, into) if transfer.kind == MOVED or post.id in set(transfer.posts)]
    if transfer.forum.open_audience_pk != into.audience_pk and carrying.written_since(actor, posts, transfer.at):
        raise Invalid(
            ("", _("Something was written since, for those who read it here. Move it back instead: that shows who then sees it."))
        )


def _part(actor: Actor, transfer: Transfer) -> None:
    """What was merged is a topic of its own again; messages that were moved on meanwhile stay where they are."""
    topic, into = transfer.topic, transfer.into
    posts = [post for post in carrying.posts_of(actor, into) if post.id in set(transfer.posts)]
    topic.removed_at = topic.removed_by_pk = topic.merged_into_pk = None
    topic.audience_pk, topic.team_audience_pk = topic.forum.open_audience_pk, topic.forum.team_audience_pk
    if into.accepted_post_pk in {post.pk for post in posts}:
        into.accepted_post_pk = into.accepted_by_pk = None
    _rearrange(actor, [into, topic], {post.pk: topic for post in posts})
    for earlier in carrying.merged_before(actor, topic, into):
        earlier.merged_into_pk = topic.pk
    _lead_on(actor, topic)
    record_about(actor, TOPIC_PARTED, topic, topic, into=into.title, other=into.id, transfer=transfer.id)
    note_recorded(actor.session, into)
    PORT.moved(actor, topic)


def _beside(actor: Actor, topic: Topic, title: str, first: Post, chosen: list[Post]) -> Topic:
    """The new topic in the same place. It belongs to whom its first message belongs, and takes the answer along."""
    answered = topic.accepted_post_pk in {post.pk for post in chosen}
    made = Topic(
        workspace_pk=topic.workspace_pk,
        account_pk=first.account_pk,
        forum_pk=topic.forum_pk,
        audience_pk=topic.audience_pk,
        team_audience_pk=topic.team_audience_pk,
        author_pk=first.author_pk,
        title=title,
        kind=QUESTION if answered else DISCUSSION,
        tags=list(topic.tags),
        created_at=first.created_at,
        last_post_at=first.created_at,
        last_author_pk=first.author_pk,
    )
    if answered:
        made.accepted_post_pk, made.accepted_by_pk = topic.accepted_post_pk, topic.accepted_by_pk
        topic.accepted_post_pk = topic.accepted_by_pk = None
    actor.session.add(made)
    actor.session.flush()
    return made


def _transfer(actor: Actor, kind: str, topic: Topic, into: Topic, posts: list[Post], into_forum: Forum | None = None) -> Transfer:
    """What the notices will say. Both pages look for them from now on."""
    shared = [post for post in posts if post.stands and not post.team]
    made = Transfer(
        kind=kind,
        at=now(),
        by_pk=actor.pk or None,
        workspace_pk=topic.workspace_pk,
        topic_pk=topic.pk,
        into_pk=into.pk,
        forum_pk=topic.forum_pk,
        into_forum_pk=(into_forum or into.forum).pk,
        audience_pk=topic.audience_pk,
        posts=[post.id for post in posts],
        shared=len(shared),
        stood_at=shared[0].created_at if shared else topic.created_at,
    )
    actor.session.add(made)
    for each in {topic, into}:
        each.knots += 1
    actor.session.flush()
    return made


def _rearrange(actor: Actor, topics: list[Topic], places: Places) -> None:
    """Put posts where they belong, stamp them for whom that is, number them anew, and keep what people have read of them.
    Of two topics the one that they leave comes first."""
    posts = [post for topic in topics for post in carrying.posts_of(actor, topic)]
    posts.sort(key=lambda post: post.pk)
    read = carrying.take_marks(actor, topics, posts)
    carrying.regroup_notices(actor, posts, places)
    inside: dict[int, list[Post]] = {topic.pk: [] for topic in topics}
    for post in posts:
        inside[places[post.pk].pk if post.pk in places else post.topic_pk].append(post)
    for topic in reversed(topics):  # the one that they come to is the last: so they are out of the way of what stays
        _restamp(actor, topic, inside[topic.pk])
    for topic in topics:
        carrying.mark_again(actor, topic, inside[topic.pk], read)
        carrying.restamp_events(actor, topic, inside[topic.pk])
        recount(actor, topic)
        _lead_on(actor, topic)
    for post in posts:
        note_recorded(actor.session, post)  # the topic's event tells of them all


def _restamp(actor: Actor, topic: Topic, posts: list[Post]) -> None:
    """The topic's own, with its audiences, and numbers that run anew in each, so that gaps tell nothing."""
    for post in posts:
        post.seq = -post.pk  # out of the way of the unique numbers
    actor.session.flush()
    last: dict[int, int] = {}
    for post in posts:
        post.topic_pk, post.audience_pk = topic.pk, topic.team_audience_pk if post.team else topic.audience_pk
        post.seq = last[post.audience_pk] = last.get(post.audience_pk, 0) + 1
    actor.session.flush()
    for post in posts:
        actor.session.expire(post, ["topic"])


def _lead_on(actor: Actor, topic: Topic) -> None:
    """The addresses of what was merged into it are for whom it is."""
    for each in carrying.merged_into(actor, topic):
        each.audience_pk, each.team_audience_pk = topic.audience_pk, topic.team_audience_pk
        carrying.restamp_events(actor, each, [])
        note_recorded(actor.session, each)
