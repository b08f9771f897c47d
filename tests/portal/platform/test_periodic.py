"""Periodic work: due by its row, each job on its own, missed runs made up once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.kernel import periodic
from portal.kernel.bus import BusRow
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.periodic import JOBS, PeriodicRow, every
from portal.people.models import SignInLink
from portal.web.once import KeptAnswer

START = datetime(2026, 11, 19, 9, 2, tzinfo=UTC)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two jobs alone: one that counts, one that fails."""
    monkeypatch.setattr(periodic, "JOBS", {})
    counted: list[str] = []
    every("*/5 * * * *", "count", "Counts")(lambda house: counted.append("count"))

    @every("*/5 * * * *", "fail", "Fails")
    def fail(house: House) -> None:
        raise RuntimeError("not today")

    return counted


def test_a_job_runs_when_its_minute_comes_and_not_before(house: House, ran: list[str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert periodic.run_due(house) == []
        clock.shift(timedelta(minutes=2))
        assert periodic.run_due(house) == []
        clock.shift(timedelta(minutes=1))
        assert sorted(periodic.run_due(house)) == ["count", "fail"]
        assert periodic.run_due(house) == []


def test_runs_missed_are_made_up_once(house: House, ran: list[str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        periodic.run_due(house)
        clock.shift(timedelta(days=2))
        periodic.run_due(house)
        periodic.run_due(house)
    assert ran == ["count"]


def test_a_failure_is_written_down_and_harms_no_other_job(house: House, ran: list[str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        periodic.run_due(house)
        clock.shift(timedelta(minutes=5))
        periodic.run_due(house)
        with house.db.reading() as session:
            errors = dict(session.execute(select(PeriodicRow.name, PeriodicRow.error)).all())
    assert errors == {"count": None, "fail": "RuntimeError: not today"}
    assert ran == ["count"]


def test_what_is_kept_for_a_while_goes(house: House) -> None:
    old = now() - timedelta(days=3)
    with house.db.writing() as session:
        for at in (old, now()):
            session.add(BusRow(at=at, message="{}"))
            session.add(
                KeptAnswer(person_pk=1, key=str(at), asked="0" * 64, status=201, content_type="text/plain", body=b"", created_at=at)
            )
            session.add(SignInLink(email="a@b.example", token_hash=str(at), expires_at=at))
    for job in JOBS.values():
        job.run(house)
    with house.db.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (KeptAnswer, SignInLink)]
        oldest = session.scalar(select(func.min(BusRow.at)))
    assert counts == [1, 1]
    assert oldest is not None
    assert oldest > old
