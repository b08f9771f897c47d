"""backup, restore, rehearse as an operator runs them; backups that make themselves; what doctor and the health page say of them."""

import json
import resource
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from portal.kernel import erasing, periodic
from portal.kernel.backups import Unusable, schedule, standing
from portal.kernel.checks import BAD, GOOD, POOR
from portal.kernel.house import House
from portal.kernel.periodic import JOBS, PeriodicRow
from portal.kernel.settings import WrongSetting, load
from tests.cast import World
from tests.conftest import POSTGRESQL, Door
from tests.portal.cli.conftest import Run, told
from tests.running import COMMAND, Running, prepare
from tests.workings import drain
from workspaces.library import actions as library
from workspaces.library.models import FileVersion, Folder
from workspaces.library.receiving import take


@pytest.fixture
def kept(house: House, tmp_path: Path) -> House:
    """The house with a folder for its backups."""
    (tmp_path / "backups").mkdir()
    house.settings = replace(house.settings, backup_dir=tmp_path / "backups", backup_keep=2)
    return house


def says(house: House) -> dict[str, str]:
    """state -> the lines of that state."""
    found: dict[str, str] = {}
    for each in standing.standing(house):
        found[each.state] = f"{found.get(each.state, '')}{each.says} -> {each.mend}\n"
    return found


def test_backup_check_and_restore_by_commands(mainstay: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mainstay("index", "rebuild")
    file = tmp_path / "b.tar"
    made = told(mainstay("backup", str(file), "--json"))
    assert made["size"] == file.stat().st_size
    assert made["manifest"]["rows"]["post"] == 6
    assert "exists already" in mainstay("backup", str(file), code=1).output
    assert "is whole" in mainstay("restore", "--check", str(file)).output
    assert "not empty" in mainstay("restore", str(file), code=1).output
    monkeypatch.setenv("MAINSTAY_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.delenv("MAINSTAY_DATABASE_URL")
    came = told(mainstay("restore", str(file), "--json"))
    assert came["breaches"] == {}
    assert all(lines == [] for lines in told(mainstay("verify", "--json"))["breaches"].values())
    assert "equals the database" in mainstay("index", "verify").output


def test_what_cannot_be_restored_is_said_in_one_line(mainstay: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.delenv("MAINSTAY_DATABASE_URL")
    (tmp_path / "naive.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    for arguments in (["restore", str(tmp_path / "naive.db")], ["restore", "--check", str(tmp_path / "naive.db")]):
        assert "copy of the database file alone" in mainstay(*arguments, code=1).output
    assert "No such file" in mainstay("restore", str(tmp_path / "none"), code=1).output
    assert "does not exist" in mainstay("restore", str(tmp_path / "none"), "--erasures", str(tmp_path / "no"), code=2).output
    assert not (tmp_path / "new" / "mainstay.db").exists()


@pytest.mark.skipif(bool(POSTGRESQL), reason="a server of SQLite's is limited")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    house, _world = prepare(tmp_path / "data")
    house.close()

    def little() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    target = tmp_path / "there"
    target.mkdir()
    environment = Running(tmp_path / "data").environment

    def backup(before: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
        command = [*COMMAND, "backup", str(target / "b.tar")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120, preexec_fn=before)

    said = backup(little)
    assert said.returncode == 1
    assert "Nothing was left there" in said.stderr
    assert list(target.iterdir()) == []
    assert backup().returncode == 0, "with room it is made"


def test_backups_make_themselves_and_the_oldest_go(mainstay: Run, kept: House) -> None:
    folder = kept.settings.backup_dir
    assert folder is not None
    (folder / "mine.tar").write_text("not ours to remove")
    with time_machine.travel(datetime(2026, 11, 19, 2, 0, tzinfo=UTC), tick=False) as clock:
        periodic.run_due(kept)
        for _day in range(4):
            clock.shift(timedelta(days=1))
            assert "backup.make" in periodic.run_due(kept)
    assert [each.name for each in schedule.backups(folder)] == ["mainstay-2026-11-23T020000Z.tar", "mainstay-2026-11-22T020000Z.tar"]
    assert (folder / "mine.tar").exists()
    with kept.db.reading() as session:
        assert session.scalar(select(PeriodicRow.error).where(PeriodicRow.name == "backup.make")) is None


def test_without_a_folder_nothing_is_made_and_that_is_said(mainstay: Run, house: House) -> None:
    JOBS["backup.make"].run(house)
    JOBS["backup.rehearse"].run(house)
    assert "MAINSTAY_BACKUP_DIR" in says(house)[POOR]
    assert "set MAINSTAY_BACKUP_DIR" in mainstay("rehearse", code=1).output


def test_a_disk_that_is_not_mounted_is_said_and_not_filled(mainstay: Run, kept: House) -> None:
    folder = kept.settings.backup_dir
    assert folder is not None
    folder.rmdir()
    with pytest.raises(Unusable, match="mounted"):
        JOBS["backup.make"].run(kept)
    assert not folder.exists()
    assert "Mount its disk" in says(kept)[BAD]


def test_older_backups_are_kept_while_bytes_are_missing(mainstay: Run, kept: House, world: World, acting) -> None:
    received = take(kept.storage, "plan.txt", [b"The plan.\n"], 100)
    with acting("rhea") as rhea:
        library.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=received)
    with time_machine.travel(datetime(2026, 11, 19, 2, 0, tzinfo=UTC), tick=False) as clock:
        JOBS["backup.make"].run(kept)
        with kept.db.reading() as session:
            kept.storage.path(session.scalars(select(FileVersion.sha256)).one()).unlink()
        for _day in range(3):
            clock.shift(timedelta(days=1))
            with pytest.raises(Unusable, match="without 1 files"):
                JOBS["backup.make"].run(kept)
        folder = kept.settings.backup_dir
        assert folder is not None
        assert len(schedule.backups(folder)) == 4
        assert "missing or altered" in says(kept)[BAD]


def test_the_rehearsal_tells_a_whole_backup_from_a_spoilt_one(mainstay: Run, kept: House, door: Door) -> None:
    folder = kept.settings.backup_dir
    assert folder is not None
    assert "no backup was made yet" in says(kept)[POOR]
    JOBS["backup.make"].run(kept)
    assert "restored for trial yet" in says(kept)[POOR]
    JOBS["backup.rehearse"].run(kept)
    assert set(says(kept)) == {GOOD}
    assert "restored for trial is whole" in says(kept)[GOOD]
    page = door("ada").get("/admin/health").text
    assert "restored for trial is whole: mainstay-" in page
    assert not (kept.settings.data_dir / "rehearsal").exists()
    file = schedule.backups(folder)[0]
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    JOBS["backup.rehearse"].run(kept)
    assert "mainstay.db was altered" in says(kept)[BAD]
    assert "restored for trial is not whole: mainstay-" in door("ada").get("/admin/health").text


def test_a_backup_that_is_late_and_a_naive_copy_are_red(mainstay: Run, kept: House) -> None:
    folder = kept.settings.backup_dir
    assert folder is not None
    JOBS["backup.make"].run(kept)
    JOBS["backup.rehearse"].run(kept)
    assert BAD not in says(kept)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=False):
        assert "Is the worker running?" in says(kept)[BAD]
    (folder / "mainstay.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    assert "no backup: mainstay.db lacks the files" in says(kept)[BAD]


def test_the_list_of_what_ended_lies_beside_the_backups(mainstay: Run, kept: House, world: World, acting) -> None:
    from portal.people import actions as people
    from portal.people.models import Person

    folder = kept.settings.backup_dir
    assert folder is not None
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["ravi"]))
    drain(kept, topics=("erasures",))
    assert world.ids["ravi"] in (folder / erasing.NAME).read_text()
    assert (folder / erasing.NAME).read_text() == (kept.settings.data_dir / erasing.NAME).read_text()
    folder.rename(folder.with_name("away"))
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["nora"]))
    drain(kept, topics=("erasures",))
    folder.with_name("away").rename(folder)
    assert world.ids["nora"] not in (folder / erasing.NAME).read_text()
    (kept.settings.data_dir / erasing.NAME).write_text(json.dumps({"what": "person", "id": "x"}) + "\n")
    JOBS["backup.make"].run(kept)
    caught_up = (folder / erasing.NAME).read_text()
    assert '"id": "x"' in caught_up, "what came while the disk was away"
    assert world.ids["ravi"] in caught_up, "and what is known here alone stays"


def test_what_a_killed_backup_has_left_goes_a_day_later(mainstay: Run, kept: House) -> None:
    import os

    folder = kept.settings.backup_dir
    assert folder is not None
    for name, age in {"old": 2 * 86400, "young": 60}.items():
        (folder / f".mainstay-backup-{name}").mkdir()
        at = datetime.now(UTC).timestamp() - age
        os.utime(folder / f".mainstay-backup-{name}", (at, at))
    JOBS["backup.make"].run(kept)
    assert [each.name for each in folder.glob(".mainstay-backup-*")] == [".mainstay-backup-young"]


def test_another_schedule_counts_from_now_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "JOBS", {"backup.make": JOBS["backup.make"]})
    house.settings = replace(house.settings, backup_schedule="0 0 1 1 *")
    with time_machine.travel(datetime(2026, 11, 19, 9, 2, tzinfo=UTC), tick=False) as clock:
        periodic.run_due(house)
        house.settings = replace(house.settings, backup_schedule="*/5 * * * *")
        periodic.run_due(house)
        clock.shift(timedelta(minutes=5))
        assert periodic.run_due(house) == ["backup.make"]


@pytest.mark.parametrize(("name", "value"), [("BACKUP_SCHEDULE", "nightly"), ("BACKUP_KEEP", "0"), ("BACKUP_KEEP", "many")])
def test_wrong_settings_are_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"MAINSTAY_{name}={value}: expected"):
        load({"MAINSTAY_DATA_DIR": str(tmp_path), f"MAINSTAY_{name}": value}, tmp_path / "none.toml")
