"""What a brief says of what was found: plain composition, section by section, in the order in which a new rep asks."""

from collections.abc import Sequence

from portal.accounts.models import Account
from portal.accounts.sources import account_path
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from search.brief.asked import When
from search.brief.first import first_things, serves, unheard
from search.brief.gathering import PEOPLE, SHOWN, Facts
from search.brief.lines import Line, Ref, Section
from search.brief.queries.asked import COUNTED
from search.brief.queries.promised import Owed
from search.brief.queries.talk import Told
from search.brief.wording import SHORT, day_words, on, part_words, quote, ref, told, who
from workspaces.forums.models import Post


def sections(facts: Facts, account: Account, when: When) -> list[Section]:
    path, whole = account_path(account), Ref("account", account.id)
    promises, trail = f"{path}/promises", f"{path}/trail?as_of={when.day}" if when.chosen else f"{path}/trail"
    of = "&category=" if when.chosen else "?category="
    ours, theirs = [_promise(each, when) for each in facts.ours], [_promise(each, when) for each in facts.theirs]
    heard = _("No gap, and everybody was heard.") if facts.last or facts.people else _("Nothing was caught yet.")
    objections, decisions = _objections(facts, when), _said(facts.decisions, when)
    return [
        Section("standing", _("How things stand"), _standing(facts, whole, when), ""),
        Section("first", _("First things to do"), first_things(facts, whole, when), _("Nothing presses.")),
        _cut("people", _("Who is who"), _people(facts, when), _("Nobody is known here yet."), f"{path}/people", most=PEOPLE),
        Section("turns", _("How it got here"), _turns(facts, when), _("Nothing had happened yet.")),
        _cut("ours", _("What we owe"), ours, _("No promise of ours is open."), promises),
        _cut("theirs", _("What they owe"), theirs, _("No promise of theirs is open."), promises),
        _cut("questions", _("Unanswered questions"), _said(facts.questions, when), _("No question of theirs waits."), f"{path}/questions"),
        _cut("objections", _("Objections, and what was answered"), objections, _("None was noticed."), f"{trail}{of}objection"),
        _cut("decisions", _("What was decided"), decisions, _("No decision was noticed."), f"{trail}{of}decision"),
        Section("documents", _("Documents that matter"), _documents(facts, when), _("None of their people has opened a file.")),
        Section("days", _("Key dates"), _days(facts, when), _("No day was agreed on.")),
        Section("last", _("Last exchanges"), _said(facts.last, when), _("Nothing was said yet."), trail if facts.last else ""),
        Section("gaps", _("Where nothing was caught"), _gaps(facts, whole, when), heard),
    ]


def _cut(key: str, title: str, lines: list[Line], none: str, more: str, most: int = SHOWN) -> Section:
    return Section(key, title, lines[:most], none, more if len(lines) > most else "")


def _standing(facts: Facts, whole: Ref, when: When) -> list[Line]:
    says, team = facts.fields, facts.team
    lines = [Line(says["about"] or says["name"], (whole,), ", ".join(filter(None, (says["industry"], says["size"], says["region"]))))]
    if team.owner and team.since and serves(team.owner, when):
        members = [person.name for person in team.members if serves(person, when)]
        helped = _("on the team: %(names)s", names=", ".join(members)) if members else ""
        lines.append(Line(_("%(name)s looks after it since %(day)s", name=team.owner.name, day=on(when, team.since)), (whole,), helped))
    else:
        lines.append(Line(_("Nobody owns this account"), (whole,), tone="signal"))
    if facts.meeting:
        names = ", ".join(each.title for each in facts.meeting)
        lines.append(Line(_("Open workspaces: %(names)s", names=names), tuple(Ref("workspace", each.id) for each in facts.meeting)))
    return lines + _counts(facts, when) + _last_heard(facts, when)


def _counts(facts: Facts, when: When) -> list[Line]:
    lines = []
    for ours, first in ((True, facts.ours[:1]), (False, facts.theirs[:1])):
        for each in first:
            debts = facts.debts[ours]
            say = (
                ngettext("%(num)d promise of ours is to be kept", "%(num)d promises of ours are to be kept", debts.number)
                if ours
                else ngettext("%(num)d promise of theirs is to be kept", "%(num)d promises of theirs are to be kept", debts.number)
            )
            late = ngettext("%(num)d is overdue", "%(num)d are overdue", debts.late) if debts.late else ""
            lines.append(Line(say, (_source(each, when),), badge=late, tone="signal"))
    for question in facts.questions[:1]:
        say = (
            _("More than %(num)d questions of theirs wait for an answer", num=COUNTED)
            if facts.waiting > COUNTED
            else ngettext("%(num)d question of theirs waits for an answer", "%(num)d questions of theirs wait for an answer", facts.waiting)
        )
        since = _("the oldest since %(day)s", day=on(when, question.at))
        lines.append(Line(say, (ref(when, question.of),), since))
    return lines


def _last_heard(facts: Facts, when: When) -> list[Line]:
    """Of theirs: among the last messages of all, else what those who are known here wrote last."""
    said = [(each.at, each.of.id, each.of.author.name) for each in facts.last if each.kind == "post" and not each.ours]
    said += [(each.last[1], each.last[0], each.contact.name) for each in facts.people if each.last]
    if not said:
        return []
    at, id, name = max(said)
    words = _("The last message of theirs is from %(day)s, by %(name)s", day=on(when, at), name=name)
    return [Line(words, (Ref("post", id, f"{name}, {on(when, at)}"),))]


def _people(facts: Facts, when: When) -> list[Line]:
    lines = []
    for each in facts.people:
        words = f"{each.contact.name}, {each.contact.title}" if each.contact.title else each.contact.name
        heard = _("last wrote on %(day)s", day=on(when, each.last[1])) if each.last else _("no word of theirs yet")
        refs = [Ref("contact", each.contact.id)]
        if each.last:
            refs.append(Ref("post", each.last[0], f"{each.contact.name}, {on(when, each.last[1])}"))
        lines.append(Line(words, tuple(refs), heard, ", ".join(part_words(role) for role in each.roles)))
    return lines


def _turns(facts: Facts, when: When) -> list[Line]:
    return [
        Line(
            each.sentence,
            (Ref(each.event.subject_kind, each.event.subject_id),),
            " · ".join(filter(None, (on(when, each.event.at), str(each.event.facts.get("reason") or "")))),
        )
        for each in facts.turns
    ]


def _promise(owed: Owed, when: When) -> Line:
    promise, late = owed.promise, owed.overdue(when.day)
    replied = promise.post.reply_to if promise.post is not None and promise.post.answers_here else None
    meta = f"{promise.by.name}, {on(when, promise.said_at)}"
    if replied is not None and replied.author.is_staff is not promise.ours:
        meta = _("%(name)s to %(other)s, %(day)s", name=promise.by.name, other=replied.author.name, day=on(when, promise.said_at))
    badge = ""
    if owed.due is not None:
        badge = _("Overdue since %(day)s", day=day_words(owed.due)) if late else _("Until %(day)s", day=day_words(owed.due))
    if owed.contested:
        badge = _("They say that it was not kept")
    words = owed.fact.about or quote(owed.fact.words)
    return Line(words, (_source(owed, when),), meta, badge, "signal" if late or owed.contested else "")


def _source(owed: Owed, when: When) -> Ref:
    return ref(when, owed.promise.post or owed.promise.note)


def _objections(facts: Facts, when: When) -> list[Line]:
    lines = []
    for each in facts.objections:
        answer = facts.answers.get(each.of.pk) if isinstance(each.of, Post) else None
        refs: tuple[Ref, ...] = (ref(when, each.of),)
        answered = _("nobody has answered it")
        if answer is not None:
            refs = (*refs, ref(when, answer.of))
            answered = _(
                "%(name)s answered on %(day)s: %(words)s",
                name=answer.of.author.name,
                day=on(when, answer.at),
                words=told(answer.words, SHORT),
            )
        elif not isinstance(each.of, Post):
            answered = ""
        lines.append(Line(quote(each.words), refs, " · ".join(filter(None, (who(when, each.of), answered)))))
    return lines


def _said(messages: Sequence[Told], when: When) -> list[Line]:
    lines = []
    for each in messages:
        place = each.of.topic.title if isinstance(each.of, Post) else _("Note")
        lines.append(Line(told(each.words), (ref(when, each.of),), f"{who(when, each.of)} · {place}"))
    return lines


def _documents(facts: Facts, when: When) -> list[Line]:
    lines = []
    for each in facts.documents:
        people = _("opened by %(num)d of them", num=each.people)
        times = ngettext("%(num)d time", "%(num)d times", each.times)
        last = _("last on %(day)s", day=on(when, each.at))
        lines.append(Line(each.file.name, (Ref("file", each.file.id),), ", ".join((people, times, last))))
    return lines


def _days(facts: Facts, when: When) -> list[Line]:
    """What the plans have, and until when we and they promised what is not late yet."""
    lines = []
    for each in (*facts.late, *facts.coming):
        what = _("milestone") if each.item.is_milestone else _("step of the plan")
        late = _("Overdue") if each.day < when.day else ""
        meta = f"{day_words(each.day)} · {what}"
        lines.append((each.day, Line(each.item.title, (Ref("plan_item", each.item.id),), meta, late, "signal")))
    for owed in (*facts.ours, *facts.theirs):
        if owed.due is not None and owed.due >= when.day:
            meta = f"{day_words(owed.due)} · {_('promise of %(name)s', name=owed.promise.by.name)}"
            lines.append((owed.due, Line(owed.fact.about or quote(owed.fact.words), (_source(owed, when),), meta)))
    return [line for _day, line in sorted(lines, key=lambda each: each[0])]


def _gaps(facts: Facts, whole: Ref, when: When) -> list[Line]:
    lines = []
    for each in facts.gaps:
        since = on(when, each.since)
        words = _("From %(day)s to %(until)s", day=since, until=on(when, each.until)) if each.until else _("Since %(day)s", day=since)
        refs = tuple(Ref(kind, id) for kind, id in each.before)
        lines.append(Line(words, (*refs, whole), _("longer than usual here"), any_of=True))
    return lines + [
        Line(each.contact.name, (Ref("contact", each.contact.id),), _("has a part in the purchase, and no word of theirs was caught"))
        if each.roles
        else Line(each.contact.name, (Ref("contact", each.contact.id),), _("no word of theirs was caught"))
        for each in unheard(facts)[:SHOWN]
    ]
