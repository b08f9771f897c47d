"""/metrics, as Prometheus reads it: how much is asked, how long it takes, what waits. Numbers and kinds; nobody's names or ids.

What one process counts is kept in its memory, or, where several serve, in files that they share. What is true of the installation is
asked of the database when somebody asks us, so it is right whichever process answers.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import migrations, outbox, vitals
from portal.kernel.actor import Actor
from portal.kernel.backups import schedule
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.web import health
from portal.web.endpoint import public

pages = Blueprint("metrics", __name__)
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the library looks here when it is imported, so it is imported late
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds


@pages.get("/metrics")
@public("numbers about the machine, for who asks on it; from elsewhere it takes a token with the scope admin")
def metrics(actor: Actor) -> Response:
    if not request.environ["mainstay.direct"] and not (actor.is_admin and "admin" in (actor.scopes or ())):
        status, says = (403, _("This token may not read metrics.")) if actor.person else (401, _("A token with the scope admin is needed."))
        return Response(says + "\n", status, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(current_app.extensions["metrics"].text(), content_type="text/plain; version=0.0.4; charset=utf-8")


class Metrics:
    """What this process counts."""

    def __init__(self, house: House) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.counted = CollectorRegistry()
        self.asked = CollectorRegistry()
        self.asked.register(Installation(house))
        own: dict[str, Any] = {"registry": self.counted}
        self.requests = Counter("mainstay_requests", "Requests answered", ("method", "route", "status"), **own)
        self.seconds = Histogram("mainstay_request_seconds", "How long answers took", ("route",), buckets=BUCKETS, **own)
        self.sockets = Gauge("mainstay_sockets", "Live connections", multiprocess_mode="livesum", **own)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self.requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = self.counted
        if SHARED in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)
        return generate_latest(counted) + generate_latest(self.asked)


METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Installation:
    """What is asked of the database and the machine each time."""

    def __init__(self, house: House) -> None:
        self.house = house

    def describe(self) -> Iterable[Any]:
        return ()  # nothing is asked before somebody asks

    def collect(self) -> Iterable[Any]:
        yield _gauge("mainstay_ready", "Whether it can serve", float(not list(health.obstacles(self.house))))
        if (age := schedule.age(self.house.settings.backup_dir)) is not None:
            yield _gauge("mainstay_backup_age_seconds", "How long ago the newest backup was written", age)
        yield _gauge("mainstay_disk_free_bytes", "Room on the disk of the data directory", vitals.disk(self.house).free)
        try:
            with self.house.db.reading() as session:
                yield _gauge("mainstay_worker_up", "Whether a background worker runs", float(vitals.worker_lives(self.house, session)))
                yield _gauge("mainstay_database_bytes", "Size of the database", vitals.database_bytes(self.house, session))
                yield _by("mainstay_written", "Highest number of a row, by kind of thing", "kind", vitals.written(session))
                lag = outbox.lag(session)
        except SQLAlchemyError:
            return  # mainstay_ready says so
        for name, says in (
            ("waiting", "Rows of the outbox that could be handled now, by topic (index, mail, …)"),
            ("oldest_seconds", "How long the oldest of them has waited"),
            ("parked", "Rows of the outbox that were given up, by topic"),
        ):
            yield _by(f"mainstay_outbox_{name}", says, "topic", {topic: each[name] for topic, each in lag.items()})
        yield _by("mainstay_build_info", "The database's revision", "revision", {migrations.head(): 1})


def _gauge(name: str, says: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, says, value=value)


def _by(name: str, says: str, label: str, values: dict[str, Any]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    made = GaugeMetricFamily(name, says, labels=[label])
    for key, value in sorted(values.items()):
        made.add_metric([key], value)
    return made


def share(scratch: Path) -> None:
    """For the launcher of several processes, before the first: where they count together. In memory, as a file that is mapped
    on a disk without room would kill whoever counts."""
    memory = "/dev/shm"  # noqa: S108 - a folder of our own is made in it
    os.environ[SHARED] = tempfile.mkdtemp(prefix="mainstay-metrics-", dir=memory if os.access(memory, os.W_OK) else scratch)


def forget(pid: int) -> None:
    """A process ended: its sockets are gone; what it counted stays counted."""
    for left in Path(os.environ.get(SHARED, "/nowhere")).glob(f"gauge_live*_{pid}.db"):
        left.unlink(missing_ok=True)


def close() -> None:
    if folder := os.environ.pop(SHARED, ""):
        shutil.rmtree(folder, ignore_errors=True)
