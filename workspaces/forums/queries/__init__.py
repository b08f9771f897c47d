"""What screens ask about forums, topics and posts."""

from workspaces.forums.queries.forums import audience_words, forum_named, forums_of, group_named, startable
from workspaces.forums.queries.posts import before_and_after, posts_after, revisions_of, with_words
from workspaces.forums.queries.unread import next_unread, topics_with_news, unanswered_topics, unread

__all__ = [
    "audience_words",
    "before_and_after",
    "forum_named",
    "forums_of",
    "group_named",
    "next_unread",
    "posts_after",
    "revisions_of",
    "startable",
    "topics_with_news",
    "unanswered_topics",
    "unread",
    "with_words",
]
