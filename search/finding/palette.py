"""The palette: what one was at lately, and what is called as one types, all through the reader's rights. The rest is the search page's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from portal.accounts.models import Account, Contact
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path, contact_path
from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.house import House
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.shortcuts import open_to
from search.finding.fields import asked
from search.finding.queries import find
from workspaces.forums.models import ReadMark, Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Membership, Visit, Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.policy import standing

EACH = 5
LATELY = 7


@dataclass(frozen=True)
class Jump:
    """Somewhere to go: what it is called, where that is, and whether it is the team's alone."""

    icon: str
    title: str
    url: str
    where: str = ""
    team: bool = False


Groups = list[tuple[str, list[Jump]]]


def jumps(actor: Actor, house: House, typed: str, place: Workspace | None) -> Groups:
    """(heading, where to go) for what was typed so far; before anything is, what the reader was at lately."""
    words = typed.strip()
    actions, fixed = _shortcuts(actor, words, place)
    if not words:
        groups = [(_("Lately"), _lately(actor)), (_("Places"), fixed), (_("Actions"), actions)]
    else:
        places = [*fixed, *_workspaces(actor, words), *_accounts(actor, words), *_found(actor, house, words, "post", "discussions")]
        groups = [
            (_("Places"), places[: 2 * EACH]),
            (_("People"), _people(actor, words, place)),
            (_("Files"), _found(actor, house, words, "file", "file")),
            (_("Actions"), actions),
        ]
    return [(heading, found) for heading, found in groups if found]


def _shortcuts(actor: Actor, words: str, place: Workspace | None) -> tuple[list[Jump], list[Jump]]:
    """What can be done and the fixed places, of those whose words begin so."""
    wanted = words.lower().split()
    acts: list[Jump] = []
    places: list[Jump] = []
    for each, url in open_to(actor, place):
        said = each.words()
        if all(any(part.startswith(word) for part in said.lower().split()) for word in wanted):
            here = place.title if place and url.startswith(place.path) else ""
            (acts if each.acts else places).append(Jump(each.icon, said, url, here))
    return acts, places


def _lately(actor: Actor) -> list[Jump]:
    """Workspaces and discussions, the last looked at first."""
    rooms = allowed(actor, Rooms.READ_WORKSPACE).join(Visit, (Visit.workspace_pk == Workspace.pk) & (Visit.person_pk == actor.pk))
    at = func.max(ReadMark.at).label("at")
    read = select(ReadMark.topic_pk, at).where(ReadMark.person_pk == actor.pk).group_by(ReadMark.topic_pk).subquery()
    talks = allowed(actor, Forums.READ_TOPIC).join(read, read.c.topic_pk == Topic.pk)
    found: list[tuple[Any, Jump]] = [
        (last, _workspace(room))
        for room, last in actor.session.execute(rooms.add_columns(Visit.last).order_by(Visit.last.desc()).limit(LATELY))
    ]
    for topic, last in actor.session.execute(talks.add_columns(read.c.at).order_by(read.c.at.desc()).limit(LATELY)):
        found.append((last, Jump("discussions", topic.title, topic.path, topic.workspace.title, topic.for_team)))
    return [jump for _at, jump in sorted(found, key=lambda each: each[0], reverse=True)[:LATELY]]


def _workspaces(actor: Actor, words: str) -> list[Jump]:
    found = allowed(actor, Rooms.READ_WORKSPACE).where(_called(Workspace.title, words))
    order = Workspace.archived_at.is_not(None), Workspace.title, Workspace.pk
    return [_workspace(room) for room in actor.session.scalars(found.order_by(*order).limit(EACH))]


def _workspace(room: Workspace) -> Jump:
    return Jump("archive" if room.archived_at else "home", room.title, room.path)


def _accounts(actor: Actor, words: str) -> list[Jump]:
    if not actor.is_staff:
        return []
    found = allowed(actor, Accounts.READ_ACCOUNT).where(_called(Account.name, words)).order_by(Account.name, Account.pk)
    return [
        Jump("account", account.name, account_path(account), _("Account"), True) for account in actor.session.scalars(found.limit(EACH))
    ]


def _people(actor: Actor, words: str, place: Workspace | None) -> list[Jump]:
    """People one shares a workspace with, where they are met; for staff their contacts too."""
    rooms = allowed(actor, Rooms.SEE_PEOPLE).with_only_columns(Workspace.pk)
    met = (
        select(Person, Workspace)
        .join(Membership, (Membership.person_pk == Person.pk) & standing())
        .join(Workspace, Workspace.pk == Membership.workspace_pk)
        .where(Workspace.pk.in_(rooms), Person.suspended_at.is_(None), _called(Person.name, words))
        .where(seen(actor, Person.pk, Workspace.pk))
        .order_by(Person.name, Person.pk, Workspace.pk != (place.pk if place else 0), Workspace.pk.desc())
    )
    found: dict[int, Jump] = {}
    for person, room in actor.session.execute(met.limit(4 * EACH)):
        found.setdefault(person.pk, Jump("person", person.name, f"{room.path}people#p-{person.id}", room.title))
    if len(found) < EACH and place is not None:
        found |= {pk: each for pk, each in _of_the_team(actor, words, place).items() if pk not in found}
    return [*found.values()][:EACH] + _contacts(actor, words, set(found))


def _of_the_team(actor: Actor, words: str, place: Workspace) -> dict[int, Jump]:
    """Those who are in the workspace without being members: the account's team, and managers."""
    here = select(Person).where(Person.pk.in_(holders(place.open_audience_pk)), _called(Person.name, words))
    here = here.where(seen(actor, Person.pk, place.pk)).order_by(Person.name, Person.pk)
    people = actor.session.scalars(here.limit(EACH))
    return {each.pk: Jump("person", each.name, f"{place.path}people#p-{each.id}", place.title) for each in people}


def _contacts(actor: Actor, words: str, shown: set[int]) -> list[Jump]:
    if not actor.is_staff:
        return []
    known = or_(Contact.person_pk.is_(None), Contact.person_pk.not_in(shown))
    found = allowed(actor, Accounts.READ_CONTACT).where(Contact.merged_pk.is_(None), _called(Contact.name, words), known)
    contacts = actor.session.scalars(found.order_by(Contact.name, Contact.pk).limit(EACH))
    return [Jump("person", each.name, contact_path(each), each.account.name, True) for each in contacts]


def _found(actor: Actor, house: House, words: str, kind: str, icon: str) -> list[Jump]:
    """What the search finds of a kind, a discussion once; the last word may be half typed."""
    told = asked(words if not words[-1].isalnum() else f"{words}*", kind=kind)
    found: dict[str, Jump] = {}
    for line in find(actor, house, told, limit=3 * EACH).lines:
        where = line.workspace.title if line.workspace else ""
        found.setdefault(line.url.partition("?")[0].partition("#")[0], Jump(icon, line.title, line.url, where, line.team))
    return [*found.values()][:EACH]


def _called(column: Any, words: str) -> Any:
    return func.lower(column).contains(words.lower(), autoescape=True)
