"""backup, restore, rehearse: everything in one file, and back."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from portal.kernel import backups, logs, settings
from portal.kernel.backups import Manifest, Unusable, schedule
from portal.kernel.house import House
from portal.kernel.shell import Program, as_json, grumble, say, say_json, using_house

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@as_json
@using_house
def backup(house: House, file: Path, as_json: bool) -> None:
    """Write everything into FILE while people work.

    One tar with the database and the files it names, readable by you alone. The secret key is not in it: keep a copy of it apart.
    """
    made = backups.make(house, file)
    if as_json:
        told = {"file": str(made.file), "size": made.size, "sha256": made.sha256, "seconds": round(made.seconds, 2)}
        say_json(told | {"manifest": asdict(made.manifest)})
    else:
        say(f"{made.file}: {_sized(made.size)}, {_content(made.manifest)}, in {made.seconds:.1f} s")
    if made.manifest.damaged:
        for sha256 in made.manifest.damaged:
            grumble(f"not in it, because its bytes are missing or altered: {sha256}")
        raise SystemExit(1)


@click.command()
@click.argument("file", type=FILE)
@click.option("--erasures", "lists", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A further list.")
@click.option("--check", is_flag=True, help="Only look whether every byte of FILE is whole.")
@as_json
@click.pass_obj
def restore(program: Program, file: Path, lists: tuple[Path, ...], check: bool, as_json: bool) -> None:
    """Bring the backup FILE back into an empty data directory.

    Looks through all of it first. What was erased and whose access ended since is done again, from the lists in the data directory,
    beside FILE and --erasures. Everybody signs in anew, and API tokens are made anew. Ends with `verify`; exit code 1 where it finds
    anything.
    """
    if check:
        with tempfile.TemporaryDirectory() as folder:
            manifest = backups.check(file, folder=Path(folder))
        if as_json:
            say_json({"whole": True, "manifest": asdict(manifest)})
        else:
            say(f"{file} is whole: made {manifest.made_at} at revision {manifest.revision}, {_content(manifest)}")
        return
    told = settings.load()
    logs.set_up("warning" if told.log == "info" else told.log)
    house = program.house(told)
    try:
        came = backups.restore(house, file, list(lists))
    finally:
        house.close()
    if as_json:
        say_json(asdict(came))
    else:
        _say_restored(came)
    if came.breaches or came.left:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=FILE, required=False)
@as_json
@using_house
def rehearse(house: House, file: Path | None, as_json: bool) -> None:
    """Restore a backup for trial into a scratch directory and look through it: FILE, or the newest of MAINSTAY_BACKUP_DIR.

    The worker does it every Sunday. What came of it is shown by doctor and on the health page.
    """
    folder = house.settings.backup_dir
    found = [file] if file else schedule.backups(folder) if folder else []
    if not found:
        raise Unusable("There is no backup to rehearse with: name one, or set MAINSTAY_BACKUP_DIR.")
    came = schedule.rehearse(house, found[0].absolute())
    if as_json:
        say_json(asdict(came))
    else:
        say(f"{came.backup}: {'whole' if not came.wrong else 'NOT whole'}, in {came.seconds:.1f} s")
        for line in came.wrong:
            say(f"  {line}")
    if came.wrong:
        raise SystemExit(1)


def _say_restored(came: backups.Restored) -> None:
    say(f"Restored what was made {came.manifest.made_at}: {_content(came.manifest)}, in {came.seconds:.1f} s")
    if came.migrated:
        say(f"  brought from revision {came.manifest.revision} to this program's")
    say("  " + ", ".join(f"{count} {says}" for says, count in came.done.items()))
    say(f"  {came.again} erasures and revocations done again")
    for line in came.left:
        say(f"  could not be done again: {line}")
    for name, lines in came.breaches.items():
        for line in lines:
            say(f"  {name}: {line}")
    if not came.breaches:
        say("  verify finds nothing wrong")


def _content(manifest: Manifest) -> str:
    rows: Any = sum(manifest.rows.values())
    return f"{rows} rows, {manifest.blobs} files ({_sized(manifest.blob_bytes)})"


def _sized(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
