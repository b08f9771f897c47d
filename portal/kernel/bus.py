"""The bus: small messages between processes, best effort, each to every web process. The truth stays in the database.

Messages are `{"event": id}` (something happened), `{"access": [person pk, …]}` (what these people may see has changed) and
`{"ended": [sign-in pk, …]}` (these sign-ins are over). Who may hear what is decided where a message is turned into live events.
"""

import json
import queue
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.clock import now
from portal.kernel.db import Base, Database, Moment
from portal.kernel.ids import new_id

Message = dict[str, Any]
log = structlog.get_logger(__name__)
KEPT = timedelta(minutes=5)
LATE = 1000  # rows looked back for those of writers that committed after the ones numbered behind them
MOST_WAITING = 10_000  # messages for a Redis that is away
SILENCE = 3.0  # seconds until a Redis that says nothing counts as gone


class BusRow(Base):
    """A message of the embedded bus; removed after five minutes."""

    __tablename__ = "bus"

    pk: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Any] = mapped_column(Moment, default=now)
    message: Mapped[str] = mapped_column(Text)


class Bus(Protocol):
    """Publish to, and hear from, the other processes of the installation."""

    several_webs: bool  # whether there may be web processes beside this one that must hear of a web process's writes

    @property
    def deaf(self) -> bool:
        """Whether messages of others pass this process by at the moment."""

    def publish(self, messages: list[Message]) -> None: ...

    def listen(self, hear: Callable[[Message], None]) -> None:
        """Call `hear` for each message from now on, in a background thread."""

    def ping(self) -> None:
        """Raises OSError where there is no getting through."""

    def close(self) -> None: ...


def announce(session: Session, message: Message) -> None:
    """Have the message published once this session's write is durable."""
    session.info.setdefault("announcements", []).append(message)


class TableBus:
    """The embedded bus: a table that each listener watches. `PRAGMA data_version` makes an idle look cost microseconds."""

    several_webs = False
    deaf = False

    def __init__(self, db: Database) -> None:
        self.db = db
        self._stopped = threading.Event()

    def publish(self, messages: list[Message]) -> None:
        with self.db.writing() as session:
            last = select(func.max(BusRow.pk)).scalar_subquery()  # stays: SQLite counts on from it, and a number used twice is not heard
            session.execute(delete(BusRow).where(BusRow.at < now() - KEPT, BusRow.pk < last))
            session.add_all(BusRow(message=json.dumps(message)) for message in messages)

    def listen(self, hear: Callable[[Message], None]) -> None:
        threading.Thread(target=self._watch, args=(hear, self._heard()), daemon=True, name="bus").start()

    def ping(self) -> None:
        """Nothing of its own: it is the database."""

    def close(self) -> None:
        self._stopped.set()

    def _watch(self, hear: Callable[[Message], None], heard: set[int]) -> None:
        changed = Watcher(self.db)
        while not self._stopped.wait(0.2):
            try:
                if changed():
                    self._deliver(hear, heard)
            except Exception as error:  # whatever it was, the next look may fare better
                log.warning("bus.watch_failed", error=str(error))
                changed.forget()  # what was not heard now is heard at the next look

    def _deliver(self, hear: Callable[[Message], None], heard: set[int]) -> None:
        """What was not heard yet. Numbers are given before the commit, so a lower one may come to light after a higher one."""
        last = max(heard, default=0)
        with self.db.reading() as session:
            rows = list(session.execute(select(BusRow.pk, BusRow.message).where(BusRow.pk > last - LATE).order_by(BusRow.pk)))
        for pk, message in rows:
            if pk not in heard:
                heard.add(pk)
                hear(json.loads(message))
        heard -= {pk for pk in heard if pk <= last - LATE}

    def _heard(self) -> set[int]:
        """What was there before we listened."""
        with self.db.reading() as session:
            last = session.scalar(select(func.max(BusRow.pk))) or 0
            return {last, *session.scalars(select(BusRow.pk).where(BusRow.pk > last - LATE))}


class RedisBus:
    """The scaled bus: Redis publish/subscribe, JSON only. Messages sent while it is away are lost, so a process that cannot hear is
    `deaf`: it lets its sockets go, takes no new ones, and pages ask for news themselves until it hears again."""

    CHANNEL = "mainstay"
    several_webs = True

    def __init__(self, url: str) -> None:
        import redis  # an optional dependency, needed only where it is configured
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # No tries of its own: a Redis that hangs costs the next message no longer than this, and one that was away is noticed.
        self._client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        self._errors = (redis.RedisError, OSError)
        self._own = new_id()
        self._stopped = threading.Event()
        self._outgoing: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._sender: threading.Thread | None = None
        self._lock = threading.Lock()
        self._hears = False

    @property
    def deaf(self) -> bool:
        return not self._hears

    def publish(self, messages: list[Message]) -> None:
        """Hand over to a thread of its own: who has just been told that their message is stored waits for no Redis."""
        with self._lock:
            if self._sender is None:
                self._sender = threading.Thread(target=self._send, daemon=True, name="bus-out")
                self._sender.start()
        for message in messages:
            try:
                self._outgoing.put_nowait(json.dumps(message | {"from": self._own}))
            except queue.Full:  # Redis has been away for long; nobody hears anything anyway
                log.warning("bus.publish_failed", error="too many messages wait")
                return

    def listen(self, hear: Callable[[Message], None]) -> None:
        threading.Thread(target=self._watch, args=(hear,), daemon=True, name="bus").start()

    def ping(self) -> None:
        try:
            self._client.ping()
        except self._errors as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Stop listening, once what was published has gone out or Redis has had its chance."""
        until = time.monotonic() + 2
        while self._outgoing.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)
        self._stopped.set()

    def _send(self) -> None:
        while not self._stopped.is_set():
            try:
                message = self._outgoing.get(timeout=1)
            except queue.Empty:
                continue
            try:
                self._client.publish(self.CHANNEL, message)
            except self._errors as error:
                log.warning("bus.publish_failed", error=str(error))
            finally:
                self._outgoing.task_done()

    def _watch(self, hear: Callable[[Message], None]) -> None:
        while not self._stopped.is_set():
            try:
                with self._client.pubsub() as channel:
                    self._attend(channel, hear)
            except self._errors as error:
                log.warning("bus.listen_failed", error=str(error))
            if self._hears:
                self._hears = False
                hear({"deaf": True})
            self._stopped.wait(1)

    def _attend(self, channel: Any, hear: Callable[[Message], None]) -> None:
        """Hear until stopped. Asks every second whether Redis is still there; one that hangs is left after three."""
        channel.subscribe(self.CHANNEL)
        heard = asked = time.monotonic()
        while not self._stopped.is_set():
            told = channel.get_message(timeout=0.5)
            at = time.monotonic()
            if told is not None:
                heard = at
                self._hears = self._hears or told["type"] == "subscribe"
                if told["type"] == "message":
                    self._hear(hear, json.loads(told["data"]))
            elif at - heard > SILENCE:
                raise TimeoutError("Redis does not answer")
            if at - asked > 1:
                asked = at
                channel.ping()

    def _hear(self, hear: Callable[[Message], None], message: Message) -> None:
        if message.pop("from", None) != self._own:  # this process has dealt with its own already
            hear(message)


class Watcher:
    """Tells cheaply whether another connection has committed since the last call."""

    def __init__(self, db: Database) -> None:
        self._connection = db.engine.raw_connection() if db.is_sqlite else None
        self._seen = -1

    def forget(self) -> None:
        """Let the next call say yes."""
        self._seen = -1

    def __call__(self) -> bool:
        if self._connection is None:
            return True  # PostgreSQL: the caller's own query is the look
        cursor = self._connection.cursor()
        version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        cursor.close()
        changed, self._seen = version != self._seen, version
        return changed
