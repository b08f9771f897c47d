"""Who sees and corrects what a message is: staff who can read it. Clients never hear of it."""

from sqlalchemy import and_, false

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import read_topic, read_words
from workspaces.rooms.policy import open_for_writing


class May(Verbs):
    """Verbs of categories."""

    SEE_ALL_NOTICED = "See the messages of a category, wherever they can be read: staff"
    SEE_NOTICED = "See what was noticed in a discussion: staff who read it"
    SEE_CATEGORIES = "See what a message is taken to be: staff who can read it"
    CATEGORISE_POST = "Correct what a message is taken to be: staff who can read it; not in an archive"


@rule(May.SEE_CATEGORIES, Post, refusal="Only the team sees what a message is taken to be.")
def see_categories(actor: Actor) -> Condition:
    return and_(read_words(actor), Post.removed_at.is_(None)) if actor.is_staff else false()


@rule(May.CATEGORISE_POST, Post, refusal="Only the team says what a message is, and not in an archive.")
def categorise_post(actor: Actor) -> Condition:
    return and_(see_categories(actor), open_for_writing(Post.workspace_pk))


@rule(May.SEE_NOTICED, Topic, refusal="Only the team sees what messages are taken to be.")
def see_noticed(actor: Actor) -> Condition:
    return read_topic(actor) if actor.is_staff else false()


@rule(May.SEE_ALL_NOTICED)
def see_all_noticed(actor: Actor) -> bool:
    return actor.is_staff
