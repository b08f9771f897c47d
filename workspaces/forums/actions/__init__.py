"""What is done in forums: places made, topics started, posts written, read and moderated."""

from workspaces.forums.actions.audiences import change_forum_audience
from workspaces.forums.actions.forums import change_forum, make_forum, order_forum, remove_forum
from workspaces.forums.actions.many import lock_topics, move_topics, pin_topics, rename_tag, tag_topics
from workspaces.forums.actions.moving import merge_topic, move_topic, split_topic, undo_transfer
from workspaces.forums.actions.picking import drop_file, pick_files
from workspaces.forums.actions.posts import (
    edit_post,
    hide_post,
    post_message,
    remove_post,
    restore_post,
    show_post,
    take_back_post,
    tick_task,
)
from workspaces.forums.actions.reacting import react, take_back, toggle
from workspaces.forums.actions.reading import drop_draft, follow_topic, keep_draft, mark_read
from workspaces.forums.actions.topics import (
    accept_answer,
    change_topic,
    lock_topic,
    pin_topic,
    remove_topic,
    restore_topic,
    start_topic,
    withdraw_answer,
)

__all__ = [
    "accept_answer",
    "change_forum",
    "change_forum_audience",
    "change_topic",
    "drop_draft",
    "drop_file",
    "edit_post",
    "follow_topic",
    "hide_post",
    "keep_draft",
    "lock_topic",
    "lock_topics",
    "make_forum",
    "mark_read",
    "merge_topic",
    "move_topic",
    "move_topics",
    "order_forum",
    "pick_files",
    "pin_topic",
    "pin_topics",
    "post_message",
    "react",
    "remove_forum",
    "remove_post",
    "remove_topic",
    "rename_tag",
    "restore_post",
    "restore_topic",
    "show_post",
    "split_topic",
    "start_topic",
    "tag_topics",
    "take_back",
    "take_back_post",
    "tick_task",
    "toggle",
    "undo_transfer",
    "withdraw_answer",
]
