"""What is looked at every few seconds while Mainstay serves: it costs little, and admins are told when it turns."""

from collections.abc import Iterator

from sqlalchemy import func, select

from portal.kernel import migrations, outbox, vitals
from portal.kernel.checks import BAD, GOOD, POOR, Finding, examines
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS, OutboxRow
from portal.kernel.periodic import PeriodicRow

LAGGING = 300.0  # seconds
OFTEN = 3  # tries after which a letter is late
FULL = 2**28  # bytes free, below which things begin to be refused


@examines("disk", watched=True)
def disk(house: House) -> Iterator[Finding]:
    """There is room."""
    room = vitals.disk(house)
    says = f"{_size(room.free)} of {_size(room.total)} are free"
    if not room.scarce:
        yield Finding("disk", GOOD, says)
        return
    mend = f"Make room on the disk of {house.settings.data_dir}, or move the data directory to a larger one."
    yield Finding("disk", BAD if room.free < FULL else POOR, f"it is nearly full: {says}", mend)


@examines("worker", watched=True)
def worker(house: House) -> Iterator[Finding]:
    """It runs, and its periodic work goes well."""
    if not _ready(house):
        return
    with house.db.reading() as session:
        lives = vitals.worker_lives(house, session)
        failing = list(session.scalars(select(PeriodicRow).where(PeriodicRow.error.is_not(None))))
    if lives:
        yield Finding("worker", GOOD, "the background worker runs")
    else:
        mend = "mainstay serve runs one. The log says why it ended: worker.failed, worker.died."
        yield Finding("worker", POOR, "no background worker runs: nothing is mailed, and search does not learn of what is new", mend)
    for row in failing:
        yield Finding("worker", POOR, f"{row.name} failed: {row.error}", "It is tried again when it is next due.")


@examines("queue", watched=True)
def queue(house: House) -> Iterator[Finding]:
    """What must still happen does not wait long, and nothing was given up."""
    if not _ready(house):
        return
    with house.db.reading() as session:
        lag = outbox.lag(session)
    fine = True
    for topic, each in sorted(lag.items()):
        work = CONSUMERS[topic].meaning if topic in CONSUMERS else topic
        if each["oldest_seconds"] > LAGGING:
            fine = False
            says = f"{work}: {each['waiting']} wait, the oldest for {_spell(each['oldest_seconds'])}"
            yield Finding("queue", POOR, says, "Does the worker run, and keep up? The log says what fails: worker.row_failed.")
        if each["parked"]:
            fine = False
            says = f"{work}: {each['parked']} were given up"
            yield Finding("queue", BAD, says, "mainstay queue status says why; mend that, then mainstay queue retry.")
    if fine:
        yield Finding("queue", GOOD, "nothing waits for long")


@examines("letters", watched=True)
def letters(house: House) -> Iterator[Finding]:
    """Letters leave."""
    if not _ready(house):
        return
    late = OutboxRow.topic == "mail", OutboxRow.done_at.is_(None), OutboxRow.parked_at.is_(None), OutboxRow.tries >= OFTEN
    with house.db.reading() as session:
        count = session.scalar(select(func.count()).where(*late)) or 0
        error = session.scalar(select(OutboxRow.error).where(*late).order_by(OutboxRow.pk.desc()).limit(1)) or ""
    if count:
        says = f"{count} could not be sent yet ({error.partition(':')[0]})"
        yield Finding("mail", POOR, says, "Look at MAINSTAY_MAIL_URL and at the mail server. They are tried again for about two hours.")
    else:
        yield Finding("mail", GOOD, "letters leave as they are written")


@examines("live events")
def live(house: House) -> Iterator[Finding]:
    """Processes hear of each other."""
    if not house.settings.redis_url:
        yield Finding("live events", GOOD, "they go through the database")
        return
    import redis  # an optional dependency, needed only where it is configured

    try:
        redis.Redis.from_url(house.settings.redis_url, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        says = f"Redis does not answer ({type(error).__name__}): pages ask every ten seconds instead"
        yield Finding("live events", BAD, says, "Look at MAINSTAY_REDIS_URL and at the server.")
    else:
        yield Finding("live events", GOOD, "Redis answers")


def _ready(house: House) -> bool:
    """Whether the database can be asked; where it cannot, that is a finding of its own."""
    return migrations.revision(house.db) == migrations.head()


def _size(count: int) -> str:
    return f"{count / 2**30:.0f} GiB" if count >= 10 * 2**30 else f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count // 2**20} MiB"


def _spell(seconds: float) -> str:
    return f"{seconds / 3600:.0f} hours" if seconds > 7200 else f"{seconds / 60:.0f} minutes"
