"""doctor: what is left to whoever installs it, each shown to be seen when it is wrong."""

from dataclasses import replace

import pytest

from portal.cli import duties
from portal.kernel.checks import BAD, EXAMINATIONS, GOOD, POOR, THOROUGH, WATCHED
from portal.kernel.house import House


def found(house: House, area: str) -> list[tuple[str, str]]:
    return [(each.state, each.says) for each in EXAMINATIONS[area](house)]


def test_who_else_reads_the_data(house: House) -> None:
    if house.db.is_sqlite:
        (house.settings.data_dir / "mainstay.db").chmod(0o600)
    assert not [says for _state, says in found(house, "data directory") if says.startswith("others can read")]
    key = house.settings.data_dir / "secret_key"
    key.write_text("x" * 40)
    key.chmod(0o640)
    assert (BAD, "others can read secret_key") in found(house, "data directory")


def test_nginx_must_be_able_to_read_what_it_sends(house: House) -> None:
    house.settings = replace(house.settings, x_accel=True)
    house.settings.blobs_dir.chmod(0o700)
    assert (BAD, "nginx is to send stored files, and cannot read them") in found(house, "data directory")
    house.settings.blobs_dir.chmod(0o750)
    assert (BAD, "nginx is to send stored files, and cannot read them") not in found(house, "data directory")


def test_a_network_disk_is_no_place_for_sqlite(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "_kind_of_disk", lambda folder: "nfs4")
    told = next(each for each in found(house, "data directory") if "network disk" in each[1])
    assert told[0] == (BAD if house.db.is_sqlite else POOR)


def test_the_kind_of_disk_is_told_by_the_longest_mount(tmp_path) -> None:
    from pathlib import Path

    assert duties._kind_of_disk(Path("/proc/self")) == "proc"
    assert duties._kind_of_disk(tmp_path) not in ("", "proc")


def test_writes_are_durable(house: House) -> None:
    assert (GOOD, "writes are on the disk before they are acknowledged") in found(house, "data directory") or not house.db.is_sqlite


def test_an_address_where_nobody_answers_is_said(house: House) -> None:
    assert found(house, "address") == [], "plain http on loopback is another matter"
    house.settings = replace(house.settings, base_url="https://127.0.0.1:9")
    told = found(house, "address")
    assert any(state == BAD and "does not answer" in says for state, says in told)
    assert any(state == POOR and "throttled together" in says for state, says in told)


def test_pages_ask_nothing_slow_and_the_watchman_nothing_dear() -> None:
    assert {"address", "data directory", "limits"} <= THOROUGH
    assert {"disk", "worker", "queue", "letters"} <= WATCHED
    assert not THOROUGH & WATCHED
