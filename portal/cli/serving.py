"""serve, worker, migrate: the processes."""

import dataclasses
import ipaddress
import signal
import socket
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

import click

from portal.cli.reloading import reload_forever
from portal.kernel import logs, migrations, rehearsal, settings, worker
from portal.kernel.rehearsal import Rehearsal
from portal.kernel.setting_values import WrongSetting
from portal.kernel.settings import Settings
from portal.kernel.shell import Program, as_json, say, say_json
from portal.web.launcher import RESERVED, Serving
from portal.web.launcher import serve as launch

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE = 8.0  # seconds that an address may still be held by processes on their way out


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes; more than one needs Redis and PostgreSQL."
)
@click.option(
    "--threads",
    default=264,
    show_default=True,
    type=click.IntRange(RESERVED + 16, 4096),
    help=f"Threads of a web process; each live page takes one, {RESERVED} are kept for the others.",
)
@click.option("--reload", is_flag=True, help="For development: start again when the code changes.")
@click.pass_obj
def serve(program: Program, host: str, port: int, workers: int, threads: int, reload: bool) -> None:
    """Serve pages, live events and background work.

    Prepares the data directory and the database, then runs web and worker until SIGTERM.
    """
    if reload:
        reload_forever([each for each in sys.argv if each != "--reload"])
    serve_with(program, settings.load(), host=host, port=port, workers=workers, threads=threads)


def serve_with(program: Program, told: Settings, *, host: str, port: int, workers: int = 1, threads: int = 264) -> None:
    """Check, migrate, serve. Does not return."""
    logs.set_up(told.log)
    _refuse_open_http(told, host)
    if workers > 1 and not (told.redis_url and told.database_url.startswith("postgresql")):
        raise click.UsageError("--workers above 1 needs MAINSTAY_REDIS_URL and a PostgreSQL MAINSTAY_DATABASE_URL.")
    if not told.base_url:
        told = dataclasses.replace(told, base_url=f"http://{host}:{port}", host_names=(*told.host_names, *LOOPBACK))
    house = program.house(told)
    migrations.migrate(house)
    house.close()
    _wait_for_address(host, port)
    launch(
        Serving(
            host,
            port,
            make_app=lambda: program.app(told, None),
            work=lambda parent: work(program, told, parent=parent),
            ready=lambda: say(f"Mainstay is at {told.base_url}"),
            scratch=told.data_dir,
            processes=workers,
            threads=threads,
        )
    )


@click.command(name="worker")
@click.pass_obj
def worker_command(program: Program) -> None:
    """Run a background worker alone, for installations of several machines.

    `mainstay serve` has one of its own.
    """
    told = settings.load()
    logs.set_up(told.log)
    if not work(program, told):
        raise click.ClickException("Another worker serves this data directory already.")


@click.command()
@click.option("--rehearse", is_flag=True, help="Try it on a copy: how long it takes and what is wrong; everything stays as it is.")
@as_json
@click.pass_obj
def migrate(program: Program, rehearse: bool, as_json: bool) -> None:
    """Bring the database to this program's revision.

    `mainstay serve` does this by itself. An SQLite file is copied first.
    """
    told = settings.load()
    logs.set_up("error" if rehearse else told.log)
    house = program.house(told)
    if rehearse:
        try:
            _report(rehearsal.rehearse(house), as_json)
        finally:
            house.close()
        return
    moved = migrations.migrate(house)
    say(f"The database is at revision {migrations.head()}{'' if moved else ' already'}.")
    house.close()


def _report(told: Rehearsal, as_json: bool) -> None:
    """What was seen; exit code 1 where something is wrong."""
    if as_json:
        say_json(asdict(told))
    else:
        say(f"From revision {told.before} to {told.after}, on a copy; the database itself was not touched.")
        for part, seconds in told.seconds.items():
            say(f"{part}: {seconds:.1f} s")
        for name, (before, after) in sorted(told.rows.items()):
            say(f"rows of {name}: {before}, then {after}")
        for line in told.wrong:
            say(f"WRONG {line}")
        say("Do not upgrade like this." if told.wrong else "All is well.")
    if told.wrong:
        raise SystemExit(1)


def work(program: Program, told: Settings, *, parent: int = 0) -> bool:
    """Be a background worker until SIGTERM, SIGINT, or the parent's end."""
    stop = threading.Event()

    def end(sig: int, frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    house = program.house(told)
    migrations.refuse_unfit(house)
    return worker.run(house, stop, parent=parent)


def _refuse_open_http(told: Settings, host: str) -> None:
    if not told.secure and not _is_loopback(host):
        expected = "an https:// address, because plain http is served to loopback only (--host 127.0.0.1)"
        raise WrongSetting("base_url", told.base_url, expected)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wait_for_address(host: str, port: int) -> None:
    """Raise ClickException where somebody else holds the address for good."""
    until = time.monotonic() + PATIENCE
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        try:
            with socket.socket(family) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((host, port))
                return
        except OSError as error:
            if time.monotonic() > until or not isinstance(error, OSError) or error.errno != 98:
                raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
            time.sleep(0.25)
