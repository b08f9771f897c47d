"""All that a brief is made of, asked once. What it says of it is `sections`."""

from dataclasses import dataclass
from typing import Any

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.queries import Team
from portal.kernel.actor import Actor
from search.brief.asked import When
from search.brief.queries import asked, past, people, promised, talk, things
from search.brief.queries.past import Gap
from search.brief.queries.people import Known
from search.brief.queries.promised import Debts, Owed
from search.brief.queries.talk import Told
from search.brief.queries.things import Agreed
from search.categories.labels import Category
from search.trail.queries import Line as Happened
from workspaces.forums.models import Post
from workspaces.library.queries import Read, most_read
from workspaces.rooms.models import Workspace

SHOWN = 5  # lines of a section
PEOPLE, TURNS, DAYS, GAPS = 8, 8, 6, 3


@dataclass(frozen=True)
class Facts:
    """Of each list one more than is shown, so that it can be said that there is more."""

    fields: dict[str, Any]
    team: Team
    meeting: list[Workspace]
    people: list[Known]
    turns: list[Happened]
    debts: dict[bool, Debts]
    ours: list[Owed]
    theirs: list[Owed]
    waiting: int  # questions, counted until there are more than asked.COUNTED
    questions: list[Told]
    objections: list[Told]
    answers: dict[int, Told]
    decisions: list[Told]
    documents: list[Read]
    late: list[Agreed]
    coming: list[Agreed]
    last: list[Told]
    gaps: list[Gap]


def gather(actor: Actor, account: Account, when: When) -> Facts | None:
    """None where there was no such account yet, or nobody knew of it."""
    standing = accounts.standing(actor, account, when.at, when.known_at)
    if standing is None:
        return None
    waiting = asked.waiting(actor, account, when)
    objections = talk.labelled(actor, account, when, Category.OBJECTION, most=SHOWN + 1, theirs=True)
    said = [each.of for each in objections if isinstance(each.of, Post)]
    return Facts(
        fields=standing.fields,
        team=accounts.team(actor, account, when.at, when.known_at),
        meeting=things.meeting_in(actor, account, when),
        people=people.known(actor, account, when),
        turns=past.turns(actor, account, when, TURNS),
        debts=promised.debts(actor, account, when),
        ours=promised.owed(actor, account, when, ours=True, most=SHOWN + 1),
        theirs=promised.owed(actor, account, when, ours=False, most=SHOWN + 1),
        waiting=len(waiting),
        questions=asked.questions(actor, waiting[: SHOWN + 1], when),
        objections=objections,
        answers=asked.answers(actor, said, when),
        decisions=talk.labelled(actor, account, when, Category.DECISION, most=SHOWN + 1),
        documents=most_read(actor, account, SHOWN, until=when.cut),
        late=things.agreed(actor, account, when, 2, late=True),
        coming=things.agreed(actor, account, when, DAYS),
        last=talk.last(actor, account, when, SHOWN),
        gaps=past.gaps(actor, account, when, GAPS),
    )
