"""How much people want to hear of what, and where it goes: what was said of a topic counts, then of its workspace, then of everything."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.notices.models import ALL, MENTIONS, MINE, MUTED, NOW, Level, Wishes
from portal.people.models import Person
from portal.people.queries import vendor

ADDRESSED = frozenset({"mention", "reply", "asked"})
ROUTES = dict.fromkeys(ADDRESSED, "addressed") | {"follow": "followed", "news": "followed", "plan": "plan"}  # why -> column of Wishes
DEFAULTS = {
    "level": MINE,
    "addressed": NOW,
    "followed": NOW,
    "plan": NOW,
    "every": "day",
    "weekday": 0,
    "hour": 8,
    "quiet_from": None,
    "quiet_to": None,
    "quiet_days": "",
}


def wishes_of(session: Session, person_pk: int) -> Wishes:
    """What a person wants; the defaults where they never said. A row that is not theirs yet is not in the session."""
    return session.get(Wishes, person_pk) or Wishes(person_pk=person_pk, **DEFAULTS)


def where_to(wishes: Wishes, why: str) -> str:
    """NOW, TOGETHER or HERE; what concerns nobody's talk or plan (a copy is ready, a report came) always comes at once."""
    column = ROUTES.get(why)
    return str(getattr(wishes, column)) if column else NOW


def levels_of(session: Session, people: Iterable[int], things: Sequence[str]) -> dict[int, str]:
    """person pk -> how much they want to hear of what is in these places, the narrowest first."""
    meant = set(people)
    levels = dict.fromkeys(meant, MINE)
    levels |= dict(session.execute(select(Wishes.person_pk, Wishes.level).where(Wishes.person_pk.in_(meant))).all())
    said = session.execute(select(Level.thing, Level.person_pk, Level.level).where(Level.thing.in_(things))).all()
    for _thing, person_pk, level in sorted(said, key=lambda row: -things.index(row[0])):
        if person_pk in meant:
            levels[person_pk] = level
    return levels


def admits(level: str, why: str) -> bool:
    """Whether somebody of this level is told for this reason. A level is about talk; a step of the plan that is theirs they hear of
    unless they muted the place, and of what is neither always."""
    if why not in ROUTES:
        return True
    if level == MUTED or why == "plan":
        return level != MUTED
    return why in ADDRESSED if level == MENTIONS else level == ALL or why != "news"


def zone_of(session: Session, person: Person) -> ZoneInfo:
    """Where a person is: as they say, or as the vendor has it."""
    try:
        return ZoneInfo(person.timezone or vendor(Actor(session)).timezone or "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def quiet_until(wishes: Wishes, zone: ZoneInfo, moment: datetime) -> datetime:
    """When mail may go: this moment, or the end of the quiet hours and days that it falls into."""
    local = moment.astimezone(zone)
    for _step in range(20):  # a week of quiet days and nights
        if str(local.weekday()) in wishes.quiet_days:
            local = datetime.combine(local.date() + timedelta(days=1), time.min, zone)
        elif (hours := _hours_left(wishes, local)) is not None:
            local = datetime.combine(local.date() + timedelta(days=hours), time(wishes.quiet_to or 0), zone)
        else:
            break
    return max(moment, local)


def next_digest(wishes: Wishes, zone: ZoneInfo, after: datetime) -> datetime:
    """The next chosen hour, on the chosen weekday of a weekly digest; moved to the end of quiet hours."""
    day = after.astimezone(zone).date()
    while True:
        due = datetime.combine(day, time(wishes.hour), zone)
        if due > after and (wishes.every == "day" or day.weekday() == wishes.weekday):
            return quiet_until(wishes, zone, due)
        day += timedelta(days=1)


def _hours_left(wishes: Wishes, local: datetime) -> int | None:
    """In quiet hours, after how many midnights they end; None outside of them."""
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return None
    if start < end:
        return 0 if start <= local.hour < end else None
    return 1 if local.hour >= start else 0 if local.hour < end else None
