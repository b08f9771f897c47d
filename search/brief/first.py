"""What to do first, by rules that anybody can check: what presses most comes first, each with what it rests on."""

from datetime import timedelta

from portal.kernel.words import gettext as _
from portal.people.models import Person
from search.brief.asked import When
from search.brief.gathering import Facts
from search.brief.lines import Line, Ref
from search.brief.queries.people import Known
from search.brief.wording import day_words, on, quote, ref, told
from workspaces.forums.models import Post

MOST = 5
SOON = timedelta(days=7)


def first_things(facts: Facts, whole: Ref, when: When) -> list[Line]:
    """An owner; what they contest; what is overdue; what they asked; what is due within a week; objections; people to meet."""
    owned = facts.team.owner is not None and serves(facts.team.owner, when)
    lines = [] if owned else [Line(_("Find an owner"), (whole,), _("nobody looks after this account"))]
    for each in facts.ours:
        source = each.promise.post or each.promise.note
        words = each.fact.about or quote(each.fact.words)
        if each.contested:
            lines.append(Line(_("Settle what they say was not kept"), (ref(when, source),), words))
        elif each.overdue(when.day) and (each.promise.post is None or not archived(each.promise.post, when)):
            lines.append(Line(_("Keep what is overdue, or say until when"), (ref(when, source),), words))
    for question in facts.questions[:2]:
        say = _("Answer %(name)s, who asked on %(day)s", name=question.of.author.name, day=on(when, question.at))
        lines.append(Line(say, (ref(when, question.of),), told(question.words)))
    for each in facts.ours:
        if each.due is not None and when.day <= each.due <= when.day + SOON and not each.contested:
            source = each.promise.post or each.promise.note
            say = _("Keep until %(day)s what we promised", day=day_words(each.due))
            lines.append(Line(say, (ref(when, source),), each.fact.about or quote(each.fact.words)))
    for objection in facts.objections:
        post = objection.of
        if isinstance(post, Post) and post.pk not in facts.answers and not closed(post, when):
            lines.append(Line(_("Answer the objection of %(name)s", name=post.author.name), (ref(when, post),), told(objection.words)))
    for agreed in facts.late:
        lines.append(
            Line(
                _("Finish or move what the plan had for %(day)s", day=day_words(agreed.day)),
                (Ref("plan_item", agreed.item.id),),
                agreed.item.title,
            )
        )
    for known in unheard(facts):
        if known.roles:
            lines.append(
                Line(
                    _("Get to know %(name)s", name=known.contact.name),
                    (Ref("contact", known.contact.id),),
                    _("no word of theirs was caught"),
                )
            )
    return lines[:MOST]


def serves(person: Person, when: When) -> bool:
    """Whether somebody of ours was still with us then."""
    return person.suspended_at is None or person.suspended_at > when.at


def archived(post: Post, when: When) -> bool:
    at = post.topic.workspace.archived_at
    return at is not None and at <= when.at


def closed(post: Post, when: When) -> bool:
    """Whether nobody could answer there any more."""
    at = post.topic.locked_at
    return archived(post, when) or (at is not None and at <= when.at)


def unheard(facts: Facts) -> list[Known]:
    """Contacts of whom no message is there, those with a part in the purchase first."""
    return [each for each in facts.people if each.last is None]
