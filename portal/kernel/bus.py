"""The bus: small messages between processes, best effort, each to every web process. The truth stays in the database.

Messages are `{"event": id}` (something happened), `{"access": [person pk, …]}` (what these people may see has changed) and
`{"ended": [sign-in pk, …]}` (these sign-ins are over). Who may hear what is decided where a message is turned into live events.
"""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Text, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.clock import now
from portal.kernel.db import Base, Database, Moment
from portal.kernel.ids import new_id

Message = dict[str, Any]
log = structlog.get_logger(__name__)
KEPT = timedelta(minutes=5)


class BusRow(Base):
    """A message of the embedded bus; removed after five minutes."""

    __tablename__ = "bus"

    pk: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Any] = mapped_column(Moment, default=now)
    message: Mapped[str] = mapped_column(Text)


class Bus(Protocol):
    """Publish to, and hear from, the other processes of the installation."""

    several_webs: bool  # whether there may be web processes beside this one that must hear of a web process's writes

    def publish(self, messages: list[Message]) -> None: ...

    def listen(self, hear: Callable[[Message], None]) -> None:
        """Call `hear` for each message from now on, in a background thread."""

    def close(self) -> None: ...


def announce(session: Session, message: Message) -> None:
    """Have the message published once this session's write is durable."""
    session.info.setdefault("announcements", []).append(message)


class TableBus:
    """The embedded bus: a table that each listener watches. `PRAGMA data_version` makes an idle look cost microseconds."""

    several_webs = False

    def __init__(self, db: Database) -> None:
        self.db = db
        self._stopped = threading.Event()

    def publish(self, messages: list[Message]) -> None:
        with self.db.writing() as session:
            session.execute(delete(BusRow).where(BusRow.at < now() - KEPT))
            session.add_all(BusRow(message=json.dumps(message)) for message in messages)

    def listen(self, hear: Callable[[Message], None]) -> None:
        threading.Thread(target=self._watch, args=(hear, self._last()), daemon=True, name="bus").start()

    def close(self) -> None:
        self._stopped.set()

    def _watch(self, hear: Callable[[Message], None], last: int) -> None:
        changed = Watcher(self.db)
        while not self._stopped.wait(0.2):
            try:
                if changed():
                    last = self._deliver(hear, last)
            except SQLAlchemyError as error:
                log.warning("bus.watch_failed", error=str(error))

    def _deliver(self, hear: Callable[[Message], None], last: int) -> int:
        with self.db.reading() as session:
            rows = list(session.execute(select(BusRow.pk, BusRow.message).where(BusRow.pk > last).order_by(BusRow.pk)))
        for pk, message in rows:
            hear(json.loads(message))
            last = pk
        return last

    def _last(self) -> int:
        with self.db.reading() as session:
            return session.scalar(select(func.max(BusRow.pk))) or 0


class RedisBus:
    """The scaled bus: Redis publish/subscribe, JSON only. Messages sent while it is away are lost; pages catch up by asking."""

    CHANNEL = "mainstay"
    several_webs = True

    def __init__(self, url: str) -> None:
        import redis  # an optional dependency, needed only where it is configured

        self._client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._errors = redis.RedisError
        self._own = new_id()
        self._stopped = threading.Event()

    def publish(self, messages: list[Message]) -> None:
        try:
            for message in messages:
                self._client.publish(self.CHANNEL, json.dumps(message | {"from": self._own}))
        except self._errors as error:
            log.warning("bus.publish_failed", error=str(error))

    def listen(self, hear: Callable[[Message], None]) -> None:
        threading.Thread(target=self._watch, args=(hear,), daemon=True, name="bus").start()

    def close(self) -> None:
        self._stopped.set()

    def _watch(self, hear: Callable[[Message], None]) -> None:
        while not self._stopped.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(self.CHANNEL)
                    while not self._stopped.is_set():
                        if told := channel.get_message(timeout=1):
                            self._hear(hear, json.loads(told["data"]))
            except self._errors as error:
                log.warning("bus.listen_failed", error=str(error))
                time.sleep(1)

    def _hear(self, hear: Callable[[Message], None], message: Message) -> None:
        if message.pop("from", None) != self._own:  # this process has dealt with its own already
            hear(message)


class Watcher:
    """Tells cheaply whether another connection has committed since the last call."""

    def __init__(self, db: Database) -> None:
        self._connection = db.engine.raw_connection() if db.is_sqlite else None
        self._seen = -1

    def __call__(self) -> bool:
        if self._connection is None:
            return True  # PostgreSQL: the caller's own query is the look
        cursor = self._connection.cursor()
        version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        cursor.close()
        changed, self._seen = version != self._seen, version
        return changed
