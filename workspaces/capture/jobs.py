"""The worker's part: what came is read one after the other for each account or workspace, so that answers find what they answer."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.blobs import holds
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from workspaces.capture.actions import TOPIC
from workspaces.capture.models import Captured
from workspaces.capture.taking import take


def carry_on(house: House, rows: list[OutboxRow]) -> None:
    for row in rows:
        take(house, row.payload["captured"])


def _of_no_event(session: Session, event: Any) -> list[Task]:
    return []


consumer(Consumer(TOPIC, "Letters and files that were captured", _of_no_event, carry_on))
holds("captured", select(Captured.sha256, Captured.size).where(Captured.sha256 != ""))
