"""Tells the demo's story: the scenes of the script in their order, each at its own moment, through the actions of the product."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.kernel.clock import now, standing_at
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.notices.models import Notice
from search.demo.acts import ACTS
from search.demo.papers import paper
from search.demo.script import Calendar, Scene, read_script
from search.demo.tale import Tale
from search.indexer.jobs import TOPIC as INDEX
from workspaces.forums import jobs as forums
from workspaces.library.receiving import Received, take
from workspaces.previews.jobs import TOPIC as PREVIEWS

ZONE = ZoneInfo("Europe/Dublin")  # where the vendor is
RECENT = timedelta(days=16)  # what is older has long left the inboxes
LARGEST = 10**6  # bytes of a paper
SIGN_IN_AS = {"ravi": "a rep", "nora": "a new rep", "mona": "their manager", "ada": "an admin", "petra": "a client"}


def tell(house: House) -> list[tuple[str, str]]:
    """Write the demo's world, all of it or nothing; who may be signed in as: (who they are, e-mail address)."""
    today = now()
    calendar = Calendar(today.astimezone(ZONE).date(), ZONE)
    scenes = read_script(calendar)
    papers = _papers(house, scenes, calendar)
    with house.db.writing() as session:
        tale = Tale(house, session, papers)
        for scene in scenes:
            _play(tale, scene, today - RECENT)
        _let_it_rest(session)
        return [(what, tale.things[key].email) for key, what in SIGN_IN_AS.items()]


def _papers(house: House, scenes: list[Scene], calendar: Calendar) -> dict[str, Received]:
    """The documents that scenes name as "Name.pdf < source.txt", in storage."""
    told = {each for scene in scenes for field in ("file", "files") for each in scene.listed(field, ";")}
    made = {}
    for each in told:
        name, _, source = each.partition(" < ")
        made[each] = take(house.storage, name, [paper(name, source, calendar)], LARGEST)
    return made


def _play(tale: Tale, scene: Scene, recent: datetime) -> None:
    """One scene. People are told of recent posts at once, as the worker would have done it then."""
    last = _last_event(tale.session)
    with standing_at(scene.at):
        try:
            ACTS[scene.verb](tale, scene)
        except Exception as error:
            error.add_note(f"in the story at {scene.where}")
            raise
        if scene.at > recent:
            written = select(Event).where(Event.pk > last, Event.kind == "post.created")
            for event in tale.session.scalars(written).all():
                forums.tell_people(tale.session, event)


def _last_event(session: Session) -> int:
    return session.scalar(select(Event.pk).order_by(Event.pk.desc()).limit(1)) or 0


def _let_it_rest(session: Session) -> None:
    """What followed from the story happened long ago: nobody is mailed or called for it now, it is only still to be read and indexed,
    and waits from now on."""
    session.execute(delete(OutboxRow).where(OutboxRow.topic.not_in((INDEX, PREVIEWS))))
    session.execute(update(OutboxRow).values(due_at=now(), created_at=now()))
    session.execute(update(Notice).values(mailed_at=Notice.created_at))
    session.info.pop("announcements", None)
