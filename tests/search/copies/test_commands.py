"""The commands: an account written out by its name, checked, and brought in; what is wrong is said in a line and changes nothing."""

from pathlib import Path

from portal.kernel.house import House
from tests.cast import World
from tests.portal.cli.conftest import Run, mainstay, told

__all__ = ["mainstay"]


def test_an_account_goes_out_is_checked_and_is_known_again(mainstay: Run, tmp_path: Path, world: World) -> None:
    made = told(mainstay("export", "account", "calder water", str(tmp_path / "out"), "--json"))
    assert made["account"] == world.ids["calder"]
    key = mainstay("export", "key").stdout.strip()
    assert key == made["key"]
    assert told(mainstay("export", "verify", str(tmp_path / "out"), "--key", key, "--json")) == {"whole": True, "key": key}
    mainstay("export", "verify", str(tmp_path / "out"))
    assert "Calder Water is here already. Nothing was changed." in mainstay("import", "copy", str(tmp_path / "out")).stdout
    trail = (tmp_path / "out" / "trail.html").read_text()
    assert "Mainstay took a copy of the account" in trail, "it is on the record"


def test_one_byte_is_named_and_fails(mainstay: Run, tmp_path: Path, house: House) -> None:
    mainstay("export", "account", "calder.example", str(tmp_path / "out"))
    path = tmp_path / "out" / "data" / "note.jsonl"
    path.write_bytes(path.read_bytes() + b" ")
    for command in (("export", "verify"), ("import", "copy")):
        said = mainstay(*command, str(tmp_path / "out"), code=1)
        assert said.stderr.strip() == "data/note.jsonl: was altered"


def test_wrong_usage_is_told(mainstay: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for words, says in (
        (("export", "account", "Nobody Ltd", str(tmp_path / "out")), "There is no such account."),
        (("export", "account", "Calder Water", str(tmp_path / "full")), "There is something in it already."),
        (("export", "verify", str(tmp_path / "nowhere")), "does not exist"),
    ):
        assert says in mainstay(*words, code=2).stderr
    assert mainstay("export", "verify", str(tmp_path / "full"), code=1).stderr.strip() == "signing-key.pem: is missing"
