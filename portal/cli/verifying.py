"""verify, doctor, queue: whether all is as it should be."""

import click

from portal.kernel import checks, logs, outbox, settings
from portal.kernel.checks import BAD, EXAMINATIONS, GOOD, POOR, Finding
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS, OutboxRow
from portal.kernel.setting_values import WrongSetting
from portal.kernel.shell import Program, as_json, say, say_json, say_table, using_house

MARKS = {GOOD: "ok", POOR: "look", BAD: "WRONG"}


@click.command()
@click.option("--only", "names", multiple=True, help="Run only this check; may be given several times.")
@as_json
@using_house
def verify(house: House, names: tuple[str, ...], as_json: bool) -> None:
    """Look for broken invariants: hash chains, words, blobs, the index, references.

    Lists every breach; exit code 1 if there is any.
    """
    if unknown := set(names) - set(checks.CHECKS):
        raise click.UsageError(f"There is no check {', '.join(sorted(unknown))}. There are: {', '.join(checks.CHECKS)}.")
    found = checks.breaches(house, list(names))
    if as_json:
        say_json({"breaches": found})
    else:
        for name, lines in found.items():
            say(f"{name}: {'ok' if not lines else len(lines)}")
            for line in lines:
                say(f"  {line}")
    if any(found.values()):
        raise SystemExit(1)


@click.command()
@as_json
@click.pass_obj
def doctor(program: Program, as_json: bool) -> None:
    """Examine configuration, database, search, storage, mail and clock: what is wrong, and how to mend it."""
    logs.set_up("error")
    try:
        house = program.house(settings.load())
    except WrongSetting as error:
        findings = [Finding("configuration", BAD, str(error), "Mend the variable, or the key in mainstay.toml.")]
    else:
        findings = [each for area in EXAMINATIONS for each in _examined(area, house)]
        house.close()
    if as_json:
        say_json([{"area": each.area, "state": each.state, "says": each.says, "mend": each.mend} for each in findings])
    else:
        for each in findings:
            say(f"{MARKS[each.state]:<6}{each.area}: {each.says}" + (f"\n      -> {each.mend}" if each.mend else ""))
    if any(each.state == BAD for each in findings):
        raise SystemExit(1)


@click.group()
def queue() -> None:
    """The outbox: what the background worker has still to do."""


@queue.command(name="status")
@as_json
@using_house
def queue_status(house: House, as_json: bool) -> None:
    """How many rows wait, since when, and how many were given up, by topic."""
    with house.db.reading() as session:
        found = outbox.lag(session)
        parked = outbox.parked(session)
    if as_json:
        say_json({"topics": found, "parked": [_shown(row) for row in parked]})
        return
    rows = [(topic, each["waiting"], each["oldest_seconds"], each["parked"]) for topic, each in sorted(found.items())]
    say_table(("TOPIC", "WAITING", "OLDEST (S)", "PARKED"), rows)
    for row in parked:
        say(f"parked: {row.topic} {row.key}: {row.error}")


@queue.command(name="retry")
@click.argument("topic", required=False)
@using_house
def queue_retry(house: House, topic: str | None) -> None:
    """Have what was given up tried again, of one topic or all."""
    if topic is not None and topic not in CONSUMERS:
        raise click.UsageError(f"There is no topic {topic}. There are: {', '.join(sorted(CONSUMERS))}.")
    with house.db.writing() as session:
        count = outbox.retry(session, topic)
    say(f"{count} to be tried again.")


def _examined(area: str, house: House) -> list[Finding]:
    """The findings of one area; what an examination stumbles over is a finding too."""
    try:
        return list(EXAMINATIONS[area](house))
    except Exception as error:
        return [Finding(area, BAD, f"could not be examined: {type(error).__name__}: {error}")]


def _shown(row: OutboxRow) -> dict[str, object]:
    return {"topic": row.topic, "key": row.key, "tries": row.tries, "error": row.error}
