"""What to do first, by rules that anybody can check: what presses most comes first, each with what it rests on."""

from datetime import timedelta

from portal.kernel.words import gettext as _
from search.brief.asked import When
from search.brief.gathering import Facts
from search.brief.lines import Line, Ref
from search.brief.queries.people import Known
from search.brief.queries.talk import asked
from search.brief.wording import day_words, on, quote, ref
from workspaces.forums.models import Post

MOST = 5
SOON = timedelta(days=7)


def first_things(facts: Facts, whole: Ref, when: When) -> list[Line]:
    """An owner; what they contest; what is overdue; what they asked; what is due within a week; objections; people to meet."""
    lines = [] if facts.team.owner else [Line(_("Find an owner"), (whole,), _("nobody looks after this account"))]
    for each in facts.ours:
        source = each.promise.post or each.promise.note
        words = each.fact.about or quote(each.fact.words)
        if each.contested:
            lines.append(Line(_("Settle what they say was not kept"), (ref(when, source),), words))
        elif each.overdue(when.day):
            lines.append(Line(_("Keep what is overdue, or say until when"), (ref(when, source),), words))
    for question in facts.questions[:2]:
        say = _("Answer %(name)s, who asked on %(day)s", name=question.post.author.name, day=on(when, question.post.created_at))
        lines.append(Line(say, (ref(when, question.post),), quote(asked(question))))
    for each in facts.ours:
        if each.due is not None and when.day <= each.due <= when.day + SOON and not each.contested:
            source = each.promise.post or each.promise.note
            say = _("Keep until %(day)s what we promised", day=day_words(each.due))
            lines.append(Line(say, (ref(when, source),), each.fact.about or quote(each.fact.words)))
    for told in facts.objections:
        if isinstance(told.of, Post) and told.of.pk not in facts.answers:
            say = _("Answer the objection of %(name)s", name=told.of.author.name)
            lines.append(Line(say, (ref(when, told.of),), quote(told.words)))
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


def unheard(facts: Facts) -> list[Known]:
    """Contacts of whom no message is there, those with a part in the purchase first."""
    return [each for each in facts.people if each.last is None]
