"""Who may do what in forums. Everything is asked of the audience that a row was written under."""

from sqlalchemy import and_, exists, false, literal, or_, select
from sqlalchemy.orm import aliased

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.forums.models import ANNOUNCEMENT, Draft, DraftFile, Forum, Post, Topic, Transfer
from workspaces.rooms.policy import moderated_by, not_paused, open_for_writing, run_by, taken_part_in_by

_its_topic = aliased(Topic)


class May(Verbs):
    """Verbs of forums."""

    READ_FORUM = "See a forum: who holds its audience"
    CHANGE_FORUM = "Rename, describe, order or remove a forum: those who run the workspace"
    START_TOPIC = "Start a topic in a forum: who reads it and takes part"
    READ_TOPIC = "See a topic and its shared posts: who holds the audience it was written under"
    SEE_RECEIPTS = "See who has read an announcement that asks for it: who wrote it, and the team that reads it"
    SEE_WHERE = "Come to a topic, or by the address of one that was merged to where its messages are: who holds its audience"
    CHANGE_TOPIC = "Change a topic's title or tags: who started it, and moderators"
    MODERATE_TOPIC = "Pin, lock, move, merge, split or remove a topic: moderators"
    RESTORE_TOPIC = "Take back the removal of a topic: moderators"
    UNDO_TRANSFER = "Take back that messages were moved, merged or split: moderators who read them where they are now"
    ACCEPT_ANSWER = "Choose the answer of a question: who asked, and moderators"
    POST_MESSAGE = "Write in a topic that is not locked: who reads it and takes part"
    WRITE_TEAM_NOTE = "Write what only the team sees: staff of the workspace who read the topic, its managers too"
    READ_POST = "Know of a post: who holds the audience it was written under; of a removed one only that it was there"
    READ_WORDS = "See what a post says: who may know of it; of a hidden one its author and moderators"
    EDIT_POST = "Change a post's words: who wrote it"
    TICK_TASK = "Say of a task in a post that it is done, or not: who wrote it, and moderators"
    REMOVE_POST = "Remove a post, leaving a tombstone: who wrote it, and moderators"
    RESTORE_POST = "Take back a removal: who removed it"
    HIDE_POST = "Hide a post with a reason, and show it again: moderators"
    REACT = "Find a post helpful, or say so with a sign: who could answer it where it stands"
    READ_HISTORY = "See what a post said before: who wrote it, moderators, staff of the workspace"
    READ_DRAFT = "See a draft: its author alone"
    READ_DRAFT_FILE = "See a file picked for a draft, and take it away: who picked it alone"


@rule(May.READ_FORUM, Forum, reads=True)
def read_forum(actor: Actor) -> Condition:
    return and_(held(actor, Forum.open_audience_pk), Forum.removed_at.is_(None))


@rule(May.CHANGE_FORUM, Forum, refusal="Only the people who run this workspace can change a forum.")
def change_forum(actor: Actor) -> Condition:
    return and_(run_by(actor, Forum.workspace_pk), open_for_writing(Forum.workspace_pk), read_forum(actor))


@rule(May.START_TOPIC, Forum, refusal="You can read here. Ask the people who run this workspace to take part.")
def start_topic(actor: Actor) -> Condition:
    return and_(read_forum(actor), taken_part_in_by(actor, Forum.workspace_pk), open_for_writing(Forum.workspace_pk))


@rule(May.READ_TOPIC, Topic, reads=True)
def read_topic(actor: Actor) -> Condition:
    return and_(held(actor, Topic.audience_pk), Topic.removed_at.is_(None))


@rule(May.SEE_WHERE, Topic)
def see_where(actor: Actor) -> Condition:
    return and_(held(actor, Topic.audience_pk), or_(Topic.removed_at.is_(None), Topic.merged_into_pk.is_not(None)))


@rule(May.SEE_RECEIPTS, Topic, refusal="Only who announced this and the team see who has read it.")
def see_receipts(actor: Actor) -> Condition:
    ours = held(actor, Topic.team_audience_pk) if actor.is_staff else false()
    return and_(Topic.receipts.is_(True), read_topic(actor), or_(Topic.author_pk == actor.pk, ours))


def _moderates(actor: Actor) -> Condition:
    return and_(moderated_by(actor, Topic.workspace_pk), open_for_writing(Topic.workspace_pk), read_topic(actor))


@rule(May.CHANGE_TOPIC, Topic, refusal="Only who started this and moderators can change it.")
def change_topic(actor: Actor) -> Condition:
    speaks = not_paused(actor, Topic.workspace_pk)
    mine = and_(Topic.author_pk == actor.pk, read_topic(actor), speaks, open_for_writing(Topic.workspace_pk))
    return or_(mine, _moderates(actor))


@rule(May.MODERATE_TOPIC, Topic, refusal="Only moderators can do this, and not in an archive.")
def moderate_topic(actor: Actor) -> Condition:
    return _moderates(actor)


@rule(May.RESTORE_TOPIC, Topic, refusal="Only moderators can do this.")
def restore_topic(actor: Actor) -> Condition:
    return and_(
        Topic.removed_at.is_not(None),
        Topic.merged_into_pk.is_(None),
        held(actor, Topic.audience_pk),
        moderated_by(actor, Topic.workspace_pk),
        open_for_writing(Topic.workspace_pk),
    )


@rule(May.UNDO_TRANSFER, Transfer, reads=True)
def undo_transfer(actor: Actor) -> Condition:
    return and_(
        Transfer.undone_at.is_(None),
        moderated_by(actor, Transfer.workspace_pk),
        open_for_writing(Transfer.workspace_pk),
        Transfer.into_pk.in_(select(Topic.pk).where(read_topic(actor))),
    )


@rule(May.ACCEPT_ANSWER, Topic, refusal="Only who asked and moderators can choose the answer.")
def accept_answer(actor: Actor) -> Condition:
    return and_(change_topic(actor), Topic.kind != ANNOUNCEMENT)


@rule(May.POST_MESSAGE, Topic, refusal="You can read here, but not write.")
def post_message(actor: Actor) -> Condition:
    return and_(
        read_topic(actor),
        taken_part_in_by(actor, Topic.workspace_pk),
        Topic.locked_at.is_(None),
        open_for_writing(Topic.workspace_pk),
    )


@rule(May.WRITE_TEAM_NOTE, Topic, refusal="Only the team writes team notes.")
def write_team_note(actor: Actor) -> Condition | bool:
    if not actor.is_staff:
        return False
    return and_(held(actor, Topic.team_audience_pk), Topic.removed_at.is_(None), open_for_writing(Topic.workspace_pk))


@rule(May.READ_POST, Post, reads=True)
def read_post(actor: Actor) -> Condition:
    return and_(held(actor, Post.audience_pk), _in_a_topic(_its_topic.removed_at.is_(None)))


def _in_a_topic(so: Condition) -> Condition:
    """Of a post, that its topic is so. Looked at post by post: a list of the topics that are so would be made of all there are."""
    return exists().where(_its_topic.pk == Post.topic_pk, so)


@rule(May.READ_WORDS, Post)
def read_words(actor: Actor) -> Condition:
    hidden_from_most = or_(Post.hidden_at.is_(None), Post.author_pk == actor.pk, moderated_by(actor, Post.workspace_pk))
    return and_(read_post(actor), Post.removed_at.is_(None), hidden_from_most)


@rule(May.EDIT_POST, Post, refusal="Only who wrote a post can change it.")
def edit_post(actor: Actor) -> Condition:
    return and_(
        Post.author_pk == actor.pk,
        Post.removed_at.is_(None),
        Post.hidden_at.is_(None),
        read_post(actor),
        or_(taken_part_in_by(actor, Post.workspace_pk), Post.team.is_(True)),
        open_for_writing(Post.workspace_pk),
    )


@rule(May.TICK_TASK, Post, refusal="Only who wrote a list and moderators tick what is on it.")
def tick_task(actor: Actor) -> Condition:
    standing = and_(Post.removed_at.is_(None), Post.hidden_at.is_(None), read_post(actor), open_for_writing(Post.workspace_pk))
    return or_(edit_post(actor), and_(moderated_by(actor, Post.workspace_pk), standing))


@rule(May.REMOVE_POST, Post, refusal="Only who wrote a post and moderators can remove it.")
def remove_post(actor: Actor) -> Condition:
    whose = or_(Post.author_pk == actor.pk, moderated_by(actor, Post.workspace_pk))
    return and_(whose, Post.removed_at.is_(None), read_post(actor), open_for_writing(Post.workspace_pk))


@rule(May.RESTORE_POST, Post, refusal="Only who removed a post can bring it back.")
def restore_post(actor: Actor) -> Condition:
    return and_(Post.removed_by_pk == actor.pk, read_post(actor), open_for_writing(Post.workspace_pk))


@rule(May.HIDE_POST, Post, refusal="Only moderators can hide a post.")
def hide_post(actor: Actor) -> Condition:
    return and_(
        moderated_by(actor, Post.workspace_pk),
        Post.removed_at.is_(None),
        read_post(actor),
        open_for_writing(Post.workspace_pk),
    )


@rule(May.REACT, Post, refusal="You can read here, but not take part.")
def react(actor: Actor) -> Condition:
    return and_(
        read_post(actor),
        Post.removed_at.is_(None),
        Post.hidden_at.is_(None),
        or_(and_(taken_part_in_by(actor, Post.workspace_pk), _in_a_topic(_its_topic.locked_at.is_(None))), Post.team.is_(True)),
        open_for_writing(Post.workspace_pk),
    )


@rule(May.READ_HISTORY, Post, refusal="Only who wrote it, moderators and the team see what a post said before.")
def read_history(actor: Actor) -> Condition:
    whose = or_(Post.author_pk == actor.pk, moderated_by(actor, Post.workspace_pk), literal(actor.is_staff))
    return and_(whose, read_words(actor))


@rule(May.READ_DRAFT, Draft, reads=True)
def read_draft(actor: Actor) -> Condition:
    return Draft.person_pk == actor.pk


@rule(May.READ_DRAFT_FILE, DraftFile, reads=True)
def read_draft_file(actor: Actor) -> Condition:
    return exists().where(Draft.pk == DraftFile.draft_pk, Draft.person_pk == actor.pk)
