"""`mainstay import`: one command a kind, made from what features have registered; and what was imported, and taking it back."""

import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.imports import actions, mapping, queries, rejects, running
from portal.imports.models import OUTCOMES, ImportRun
from portal.imports.policy import May
from portal.imports.registry import IMPORTERS, Importer, Plan, Source
from portal.kernel.actor import the_system
from portal.kernel.clock import rfc3339
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.house import House
from portal.kernel.policy import fetch
from portal.kernel.shell import as_json, grumble, say, say_json, say_table, using_house
from portal.people.models import Person


class Kinds(click.Group):
    """A command for each kind that can be imported, beside those that are written here."""

    _written: dict[str, click.Command]

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        return {kind: _command(each) for kind, each in IMPORTERS.items()} | self._written

    @commands.setter
    def commands(self, given: Any) -> None:
        self._written = dict(given)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        self._written[name or str(cmd.name)] = cmd


@click.group(name="import", cls=Kinds)
def importing() -> None:
    """Bring in what other systems have written. A second run of the same file changes nothing."""


@importing.command(name="list")
@as_json
@using_house
def list_runs(house: House, as_json: bool) -> None:
    """What was imported, the latest first."""
    with house.db.reading() as session:
        told = [_report(run) for run in queries.runs(the_system(session))]
    if as_json:
        say_json(told)
    else:
        columns = ("id", "started_at", "kind", "state", "file", *OUTCOMES)
        say_table([name.upper() for name in columns], [[each[name] for name in columns] for each in told])


@importing.command()
@click.argument("id")
@as_json
@using_house
def undo(house: House, id: str, as_json: bool) -> None:
    """Take back what an import made and nobody has touched since; what is left is named with its reason."""
    with house.db.writing() as session:
        try:
            run = fetch(the_system(session), May.READ_IMPORT, id)
        except NotFound:
            raise click.ClickException("There is no import of this id. See `mainstay import list`.") from None
        try:
            actions.undo_import(the_system(session), run, here=True)
        except Invalid as wrong:
            raise click.ClickException(wrong.words) from None
        pk, count = run.pk, queries.to_take_back(the_system(session), run)
    with _progress(count) as told:
        running.take_back(house, pk, told)
    with house.db.reading() as session:
        run = queries.run_of(session, pk)
        left = [{"kind": kind, "id": thing, "reason": why} for kind, thing, why in run.left]
    if as_json:
        say_json({"id": id, "taken_back": count - len(left), "left": left})
        return
    for each in left:
        say(f"left: {each['kind']} {each['id']}: {each['reason']}")
    say(f"{count - len(left)} taken back, {len(left)} left.")


def _command(importer: Importer) -> click.Command:
    path = click.Path(exists=True, dir_okay=not importer.is_table, path_type=Path)
    options: list[click.Parameter] = [click.Argument(["path"], type=path, metavar="FILE" if importer.is_table else "PATH")]
    for each in importer.options:
        choice = click.Choice([value for value, _words in each.choices]) if each.choices else None
        options.append(click.Option([f"--{each.name.replace('_', '-')}", each.name], type=choice, help=each.label, default=None))
    if importer.is_table:
        options.append(
            click.Option(
                ["--map", "map_file"],
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="A TOML file that says which column is what.",
            )
        )
    options += [
        click.Option(["--dry-run", "dry"], is_flag=True, help="Only say what would come of it."),
        click.Option(["--as", "by"], metavar="EMAIL", help="In whose name; by itself the first admin."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ]
    return click.Command(importer.kind, params=options, callback=using_house(_carrying_out(importer)), help=f"{importer.meaning}.")


def _carrying_out(importer: Importer) -> Callable[..., None]:
    def carry_out(house: House, path: Path, dry: bool, by: str | None, as_json: bool, map_file: Path | None = None, **chosen: Any) -> None:
        source = Source(path.name, lambda: path.open("rb"), path, 0 if path.is_dir() else path.stat().st_size)
        try:
            plan = _plan(importer, source, map_file, chosen)
            pk = _begin(house, importer, source, plan, by, dry)
            with _progress() as told:
                running.carry_out(house, pk, source, told)
        except Invalid as wrong:
            for field, words in wrong.errors:
                grumble(f"{field}: {words}" if field else words)
            raise SystemExit(1) from None
        with house.db.reading() as session:
            run = queries.run_of(session, pk)
            told_of = _report(run) | {"rejected_file": _write_rejects(session, run, importer, source)}
        say_json(told_of) if as_json else _say(told_of)

    return carry_out


def _plan(importer: Importer, source: Source, map_file: Path | None, chosen: dict[str, Any]) -> Plan:
    plan = mapping.plan_of(importer, map_file.read_bytes()) if map_file else Plan()
    options = {each.name: each.default for each in importer.options} | plan.options
    plan = Plan(plan.columns, options | {name: value for name, value in chosen.items() if value is not None}, plan.fixed)
    return mapping.ready(importer, mapping.samples(source)[0], plan) if importer.is_table else plan


def _begin(house: House, importer: Importer, source: Source, plan: Plan, by: str | None, dry: bool) -> int:
    with house.db.writing() as session:
        system = the_system(session)
        run = actions.begin_import(system, kind=importer.kind, name=source.name, size=source.size, by=_importer(session, by))
        return actions.plan_import(system, run, plan=plan, dry=dry).pk


def _importer(session: Session, email: str | None) -> Person:
    staff = select(Person).where(Person.is_staff.is_(True), Person.suspended_at.is_(None))
    which = staff.where(Person.email == email.strip().lower()) if email else staff.where(Person.is_admin.is_(True))
    found = session.scalar(which.order_by(Person.pk).limit(1))
    if found is None:
        raise click.UsageError(
            f"Nobody of the staff has the address {email}."
            if email
            else "There is no admin to import as. Say --as EMAIL, of somebody on the staff."
        )
    return found


def _write_rejects(session: Session, run: ImportRun, importer: Importer, source: Source) -> str | None:
    """FILE.rejected.csv beside the file; one of an earlier run goes where nothing is refused any more."""
    if source.path is None:
        return None
    beside = source.path.with_name(source.path.name + ".rejected.csv")
    if not run.count("rejected"):
        beside.unlink(missing_ok=True)
        return None
    headings = mapping.samples(source)[0] if importer.is_table else [field.label for field in importer.fields]
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(rejects.as_csv(session, run, headings))
    return str(beside)


def _report(run: ImportRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind,
        "file": run.name,
        "state": run.state,
        "dry_run": run.dry,
        "started_at": rfc3339(run.started_at) if run.started_at else None,
        "read": run.position,
        **{outcome: run.count(outcome) for outcome in OUTCOMES},
        "beside": run.beside,
    }


def _say(told: dict[str, Any]) -> None:
    parts = ", ".join(f"{told[outcome]} {outcome}" for outcome in OUTCOMES)
    say(f"{told['read']} rows read: {parts}." + (" Nothing was written: this was a trial." if told["dry_run"] else ""))
    if told["beside"]:
        say("Made on the way: " + ", ".join(f"{number} {kind}" for kind, number in sorted(told["beside"].items())) + ".")
    if told["rejected_file"]:
        say(f"What was rejected, and why: {told['rejected_file']}")
    if not told["dry_run"] and told["made"] + told["changed"]:
        say(f"mainstay import undo {told['id']} takes it back.")


@contextmanager
def _progress(length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; nothing on a pipe."""
    if not sys.stderr.isatty():
        yield lambda n: None
        return
    bar: Any = click.progressbar(length=length, file=sys.stderr, show_pos=True)
    with bar:
        yield bar.update
