"""A message as HTML. What a page shows of a message changes seldom, and forty of them were most of what a page cost: those that would
look the same are made once.

The template is given a `Shown` and nothing else, so that two that are equal cannot look different. The message's words are no part of it
and are put in each time: they are not kept here.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from portal.kernel import words
from portal.kernel.ids import new_id
from portal.web.render import when
from workspaces.forums.attachments import AttachmentJson
from workspaces.forums.models import Post, Topic
from workspaces.forums.queries.messages import Message
from workspaces.forums.views.frame import pages

MOST_KEPT = 5000  # of some 2 kB each
# Where the words will be. Nothing that people write can say it, since a `<` of theirs is escaped.
WORDS = Markup(f"<!--{new_id()}-->")  # noqa: S704 - our own


class Shown(NamedTuple):
    """All that is shown of a message but its words."""

    language: str
    topic_path: str
    here: str  # where the pages about it are
    path: str
    id: str
    author_id: str
    name: str
    ours: bool
    role: str
    at: Markup
    writes: str  # the word for who may answer it
    stands: bool
    says: bool  # whether its words are shown
    edited: bool
    team: bool
    is_answer: bool
    accepted_by: str
    removed: Markup  # when, or nothing
    removed_by_author: bool
    taken_back: bool
    removed_by: str  # an id
    hidden: Markup
    hidden_by: str
    hidden_reason: str
    answers: tuple[str, str] | None  # the message that it answers: id, and its author's name
    files: tuple[tuple[str, str, int, str | None], ...]
    signs: tuple[tuple[str, str, tuple[str, ...], str], ...]
    can: frozenset[str]  # of the reader's words those that count here
    mine: frozenset[str]  # the signs that are the reader's


@pages.app_template_filter("message")
def message(m: Message, topic: Topic, can: Any, me: Any, ours: str) -> Markup:
    """A message as it is shown to `me`, who has these words here; without any, to nobody in particular. `ours` is the vendor's name."""
    before, place, after = _made(_shown(m, topic, can, me.id if me and can else "", ours)).partition(WORDS)
    return Markup(before + m.post.html + after if place else before)  # noqa: S704 - html is sanitised when it is written


@lru_cache(maxsize=MOST_KEPT)
def _made(shown: Shown) -> str:
    return current_app.jinja_env.get_template("forums/_message.html").render(shown._asdict(), words=WORDS)


def _role(m: Message, ours: str) -> str:
    """What its author does and for whom; neither where the reader does not see that."""
    author = m.post.author
    return ", ".join(filter(None, (author.title, m.company or ours))) if m.company or author.is_staff else ""


def _in_words(post: Post, file: AttachmentJson) -> bool:
    """Whether the words show this picture where they speak of it."""
    return file["picture"] is not None and f'src="{file["picture"]}"' in post.html


def _shown(m: Message, topic: Topic, can: Any, me: str, ours: str) -> Shown:
    post, author, topic_path = m.post, m.post.author, topic.path
    answered = post.reply_to if post.answers_here else None
    is_answer = topic.accepted_post_pk == post.pk and post.stands
    writes = "note" if post.team else "write"
    removed_by = post.removed_by.id if post.removed_by else ""
    return Shown(
        language=words.language(),
        topic_path=topic_path,
        here=f"{topic_path}/posts/{post.id}",
        path=post.path,
        id=post.id,
        author_id=author.id,
        name=author.name,
        ours=author.is_staff,
        role=_role(m, ours),
        at=when(post.created_at),
        writes=writes,
        stands=post.stands,
        says=m.says,
        edited=post.edited_at is not None,
        team=post.team,
        is_answer=is_answer,
        accepted_by=topic.accepted_by.name if is_answer and topic.accepted_by else "",
        removed=when(post.removed_at),
        removed_by_author=post.removed_by_pk == post.author_pk,
        taken_back=post.taken_back,
        removed_by=removed_by,
        hidden=when(post.hidden_at),
        hidden_by=(post.hidden_by.name if post.hidden_by else ours) if post.hidden_at else "",
        hidden_reason=post.hidden_reason if post.hidden_at else "",
        answers=(answered.id, answered.author.name) if answered else None,
        files=tuple((file["url"], file["name"], file["size"], file["picture"]) for file in m.files if not _in_words(post, file)),
        signs=tuple((sign.emoji, sign.called, tuple(sign.ids), sign.names) for sign in m.signs),
        can=frozenset(can).intersection((writes, f"author:{removed_by}")),
        mine=frozenset(sign.emoji for sign in m.signs if me in sign.ids),
    )
