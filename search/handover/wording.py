"""How what a handover moves is called, and why something was left."""

from collections.abc import Iterable

from portal.kernel.words import dated, ngettext
from portal.kernel.words import gettext as _
from search.handover.models import ACCESS, ACCOUNT, DECLINED, DEPUTY, DONE, DRAFTS, FOLLOWS, PROPOSED, ROOM, STEPS, TEAM, HandoverItem
from search.handover.queries.first import Stands


def state_words(state: str) -> str:
    return {PROPOSED: _("Waits for a decision"), DONE: _("Done"), DECLINED: _("Not done")}.get(state) or _("Taken back")


def how_words(how: str) -> str:
    """What somebody is to an account."""
    return {ACCOUNT: _("owner"), TEAM: _("on the team"), DEPUTY: _("deputy")}[how]


def number_words(kind: str, number: int) -> str:
    """So many of a kind of thing."""
    return {
        ACCOUNT: lambda: ngettext("%(num)d account", "%(num)d accounts", number),
        TEAM: lambda: ngettext("%(num)d place in a team", "%(num)d places in teams", number),
        DEPUTY: lambda: ngettext("%(num)d deputyship", "%(num)d deputyships", number),
        ROOM: lambda: ngettext("%(num)d workspace", "%(num)d workspaces", number),
        STEPS: lambda: ngettext("%(num)d step of a plan", "%(num)d steps of plans", number),
        FOLLOWS: lambda: ngettext("%(num)d followed discussion", "%(num)d followed discussions", number),
        DRAFTS: lambda: ngettext("%(num)d draft", "%(num)d drafts", number),
        ACCESS: lambda: _("access ended"),
    }[kind]()


KINDS = (ACCESS, ACCOUNT, TEAM, DEPUTY, ROOM, STEPS, DRAFTS, FOLLOWS)


def counted(items: Iterable[HandoverItem]) -> dict[str, int]:
    """How much of each kind moved, in the order in which it is told."""
    numbers: dict[str, int] = {}
    for item in items:
        if item.left != NOT_OURS:
            numbers[item.kind] = numbers.get(item.kind, 0) + item.number
    return {kind: numbers[kind] for kind in KINDS if kind in numbers}


NOT_OURS = "not_ours"


def left_words(item: HandoverItem, leaver: str) -> str:
    """What was left, and why."""
    what = item.account.name if item.account is not None else number_words(item.kind, item.number)
    if item.account is not None and item.kind not in (ACCOUNT, TEAM, DEPUTY):
        what = f"{item.account.name}, {number_words(item.kind, item.number)}"
    why = {
        NOT_OURS: _("who looks after it is not for whoever did this to say"),
        "gone": _("%(name)s has no access", name=leaver),
    }.get(item.left) or _("it has changed since")
    return f"{what}: {why}"


def why(each: Stands) -> str:
    """Why an account stands where it does, in words that can be checked."""
    said = []
    if each.questions:
        waits = ngettext("%(num)d question waits", "%(num)d questions wait", each.questions)
        said.append(_("%(waits)s, the oldest since %(day)s", waits=waits, day=dated(each.since, "d MMM y")) if each.since else waits)
    if each.overdue:
        said.append(ngettext("%(num)d promise of ours is overdue", "%(num)d promises of ours are overdue", each.overdue))
    if each.contested:
        said.append(ngettext("%(num)d promise is contested", "%(num)d promises are contested", each.contested))
    if each.worth:
        said.append(ngettext("%(num)d person of theirs", "%(num)d people of theirs", each.worth))
    if each.last is None:
        said.append(_("nothing was ever written"))
    elif each.quiet:
        said.append(ngettext("nothing for %(num)d day", "nothing for %(num)d days", each.silence))
    return " · ".join(said) or _("nothing presses")


def missing(each: Stands) -> list[str]:
    """What nobody has written down yet."""
    said = []
    if each.last is None:
        said.append(_("Nothing was ever written."))
    elif each.quiet:
        said.append(_("Nothing was written since %(day)s.", day=dated(each.last, "d MMM y")))
    if each.undated:
        said.append(ngettext("%(num)d promise of ours has no day.", "%(num)d promises of ours have no day.", each.undated))
    if each.unheard:
        said.append(
            ngettext(
                "%(num)d person with a part in the purchase was never heard.",
                "%(num)d people with a part in the purchase were never heard.",
                each.unheard,
            )
        )
    return said
