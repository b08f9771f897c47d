"""What screens ask about forums, topics and posts."""

from workspaces.forums.queries.bearings import Bearings, bearings
from workspaces.forums.queries.forums import audience_words, forum_named, forums_of, startable, topic_counts
from workspaces.forums.queries.messages import Item, Message, changed_since, knots, message_of, messages, stay
from workspaces.forums.queries.people import mentionable, taking_part
from workspaces.forums.queries.posts import before_and_after, count_under, posts_after, revisions_of, with_words
from workspaces.forums.queries.reactions import Sign, signs_on
from workspaces.forums.queries.receipts import Receipts, read_by, receipts
from workspaces.forums.queries.tags import as_kept, as_known, offered_tags, tagged, tags_of
from workspaces.forums.queries.topics import PAGE, SHOWS, Row, followed, followings, topic_rows
from workspaces.forums.queries.transfers import (
    Notice,
    chosen,
    lines,
    mergeable,
    notices,
    sight,
    splittable,
    target,
    where_now,
)
from workspaces.forums.queries.unread import next_unread, unanswered_topics, unread, unread_posts

__all__ = [
    "PAGE",
    "SHOWS",
    "Bearings",
    "Item",
    "Message",
    "Notice",
    "Receipts",
    "Row",
    "Sign",
    "as_kept",
    "as_known",
    "audience_words",
    "bearings",
    "before_and_after",
    "changed_since",
    "chosen",
    "count_under",
    "followed",
    "followings",
    "forum_named",
    "forums_of",
    "knots",
    "lines",
    "mentionable",
    "mergeable",
    "message_of",
    "messages",
    "next_unread",
    "notices",
    "offered_tags",
    "posts_after",
    "read_by",
    "receipts",
    "revisions_of",
    "sight",
    "signs_on",
    "splittable",
    "startable",
    "stay",
    "tagged",
    "tags_of",
    "taking_part",
    "target",
    "topic_counts",
    "topic_rows",
    "unanswered_topics",
    "unread",
    "unread_posts",
    "where_now",
    "with_words",
]
