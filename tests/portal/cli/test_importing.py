"""`mainstay import`: what it prints, what it leaves beside the file, and how it ends."""

import csv
from pathlib import Path

import pytest

from tests.portal.cli.conftest import Run, told

ROWS = "name,industry\nOne,Water\n,Nobody\n=1+1,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "companies.csv"
    path.write_text(ROWS)
    return path


def test_good_rows_go_in_and_bad_ones_beside_the_file(mainstay: Run, file: Path) -> None:
    report = told(mainstay("import", "accounts", str(file), "--json"))
    assert (report["read"], report["made"], report["rejected"], report["dry_run"]) == (3, 2, 1, False)
    beside = file.with_name("companies.csv.rejected.csv")
    assert report["rejected_file"] == str(beside)
    with beside.open(encoding="utf-8-sig", newline="") as refused:
        rows = list(csv.DictReader(refused))
    assert rows == [{"name": "", "industry": "Nobody", "line": "3", "reason": "name: Write something here."}]
    mended = file.with_name("mended.csv")
    mended.write_text(beside.read_text(encoding="utf-8-sig").replace('"","Nobody"', '"Somebody","Nobody"'))
    assert told(mainstay("import", "accounts", str(mended), "--json"))["made"] == 1
    again = told(mainstay("import", "accounts", str(file), "--json"))
    assert (again["made"], again["unchanged"]) == (0, 2)


def test_a_trial_a_list_and_an_undo(mainstay: Run, file: Path) -> None:
    trial = told(mainstay("import", "accounts", str(file), "--dry-run", "--json"))
    assert (trial["made"], trial["state"]) == (2, "tried")
    done = told(mainstay("import", "accounts", str(file), "--as", "rhea@tidewell.example", "--json"))
    assert [each["id"] for each in told(mainstay("import", "list", "--json"))] == [done["id"], trial["id"]]
    assert told(mainstay("import", "undo", done["id"], "--json")) == {"id": done["id"], "taken_back": 2, "left": []}
    assert "take" in mainstay("import", "undo", trial["id"], code=1).output
    assert "3 rows read: 2 made" in mainstay("import", "accounts", str(file)).stdout


def test_a_map_names_the_columns(mainstay: Run, file: Path, tmp_path: Path) -> None:
    file.write_text("Firma;Branche\nEins;Wasser\n")
    refused = mainstay("import", "accounts", str(file), code=1)
    assert "No column says this: Name" in refused.stderr
    told_how = tmp_path / "map.toml"
    told_how.write_text('[columns]\nname = "Firma"\nindustry = "Branche"\n[fixed]\nlead_source = "Fair"\n')
    assert told(mainstay("import", "accounts", str(file), "--map", str(told_how), "--json"))["made"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["accounts", "nowhere.csv"], 2),
        (["nothing", "FILE"], 2),
        (["accounts", "FILE", "--unknown-owner", "whoever"], 2),
        (["accounts", "FILE", "--as", "petra@calder.example"], 2),
        (["mail", "FILE"], 1),
        (["mail", "FILE", "--account", "Nobody Ltd"], 1),
        (["mail", "FILE", "--workspace", "No such room"], 1),
        (["messages", "FILE"], 1),
        (["undo", "0" * 22], 1),
    ],
)
def test_how_it_fails(mainstay: Run, file: Path, arguments: list[str], code: int) -> None:
    ended = mainstay("import", *(str(file) if each == "FILE" else each for each in arguments), code=code)
    assert "Traceback" not in ended.output
