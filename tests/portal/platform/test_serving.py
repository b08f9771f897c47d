"""The real server: started, crowded, killed, stopped."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
import websocket

from portal.kernel.actor import the_system
from portal.people import actions as people
from portal.people.models import Person
from tests import databases
from tests.running import COMMAND, Running, kill, prepare

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def prepared_data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data directory, and Rhea's API token for it."""
    data = tmp_path_factory.mktemp("serving") / "data"
    house, world = prepare(data)
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="sockets", scopes=["write"], person=rhea)[1]
    house.close()
    return data, token


@pytest.fixture
def server(prepared_data: tuple[Path, str]) -> Iterator[Running]:
    made = Running(prepared_data[0])
    yield made
    made.kill_all()


def test_it_serves_and_stops_soon_though_sockets_are_open(server: Running, prepared_data: tuple[Path, str]) -> None:
    server.start()
    assert server.asks("/healthz") == 200
    assert not (Path.home() / ".gunicorn" / "gunicorn.ctl").exists(), "no control socket"
    with ExitStack() as sockets:
        for _ in range(10):
            sockets.callback(live(server, prepared_data[1]).close)
        assert server.stop() < 10
    assert server.process is not None
    assert server.process.returncode == 0


def test_what_it_makes_is_nobody_elses_to_read(tmp_path: Path) -> None:
    server = Running(tmp_path / "data")
    server.data.mkdir(0o700)
    before = os.umask(0o022)
    try:
        server.start()
    finally:
        os.umask(before)
        server.kill_all()
    made = [each for each in server.data.rglob("*") if each != server.log and "blobs" not in each.parts]
    assert {"mainstay.db", "secret_key"} <= {each.name for each in made}
    assert [each for each in made if each.stat().st_mode & 0o077] == []


def test_over_the_cap_a_socket_is_refused_and_pages_go_on(server: Running, prepared_data: tuple[Path, str]) -> None:
    server.start("--threads", "84")  # 64 are kept: 20 sockets
    with ExitStack() as sockets:
        opened = [live(server, prepared_data[1]) for _ in range(20)]
        for each in opened:
            sockets.callback(each.close)
        with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
            live(server, prepared_data[1])
        assert server.asks("/healthz") == 200
        opened[0].close()
        eventually(lambda: bool(sockets.enter_context(closing(live(server, prepared_data[1]))).connected))


def test_a_killed_worker_and_a_killed_web_process_come_back(server: Running) -> None:
    server.start()
    eventually(lambda: server.worker() is not None)
    worker, webs = server.worker(), server.webs()
    assert worker is not None
    kill(worker)
    eventually(lambda: (server.worker() or worker).pid != worker.pid)
    for web in webs:
        kill(web)
    eventually(lambda: server.asks("/readyz") == 200)
    assert {each.pid for each in server.webs()}.isdisjoint(each.pid for each in webs)


def test_all_are_one_process_group_and_none_outlives_the_launcher(server: Running, prepared_data: tuple[Path, str]) -> None:
    server.start()
    eventually(lambda: server.worker() is not None)
    family = server.family()
    assert len(family) == 3
    assert len({os.getpgid(each.pid) for each in family}) == 1
    with closing(live(server, prepared_data[1])):
        kill(family[0])
        _gone, left = psutil.wait_procs(family[1:], timeout=60)
    assert left == []


def test_a_second_server_waits_for_nobody_and_says_why(server: Running) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        taken.listen()
        said = run(server, "serve", "--port", str(server.port))
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == f"Error: Cannot listen on 127.0.0.1:{server.port}: Address already in use."


@pytest.mark.parametrize(
    ("options", "environment", "code", "says"),
    [
        (["--host", "0.0.0.0"], {}, 1, "MAINSTAY_BASE_URL=: expected an https:// address"),
        (["--workers", "2"], {}, 2, "--workers above 1 needs MAINSTAY_REDIS_URL"),
        ([], {"MAINSTAY_MAX_UPLOAD": "many"}, 1, "MAINSTAY_MAX_UPLOAD=many: expected a size"),
        ([], {"MAINSTAY_X_ACCEL": "perhaps"}, 1, "MAINSTAY_X_ACCEL=perhaps: expected on or off"),
        ([], {"MAINSTAY_REDIS_URL": "http://:hunter2@x"}, 1, "MAINSTAY_REDIS_URL=http://:***@x: expected"),
        ([], {"MAINSTAY_STORAGE_URL": "s3://"}, 1, "MAINSTAY_STORAGE_URL=s3://: expected s3://bucket/prefix"),
        (
            [],
            {"MAINSTAY_STORAGE_URL": "s3://key:hunter2@bucket"},
            1,
            "MAINSTAY_STORAGE_URL=s3://key:***@bucket: expected s3://bucket/prefix",
        ),
        (
            [],
            {"MAINSTAY_STORAGE_URL": "s3://bucket", "MAINSTAY_X_ACCEL": "on"},
            1,
            "MAINSTAY_X_ACCEL=on: expected files in the data directory",
        ),
        (["--port", "0"], {}, 2, "Invalid value for '--port'"),
    ],
)
def test_wrong_settings_stop_the_start_with_one_line(
    server: Running, options: list[str], environment: dict[str, str], code: int, says: str
) -> None:
    server.environment |= environment
    said = run(server, "serve", *options)
    assert said.returncode == code
    assert says in said.stderr.splitlines()[-1]
    assert "hunter2" not in said.stderr


@pytest.mark.skipif(bool(databases.POSTGRESQL), reason="on PostgreSQL workers share the topics")
def test_a_worker_alone_finds_out_that_another_serves(server: Running) -> None:
    server.start()
    eventually(lambda: server.worker() is not None)
    said = run(server, "worker")
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == "Error: Another worker serves this data directory already."


def live(server: Running, token: str) -> websocket.WebSocket:
    """A Socket.IO connection, signed in."""
    made = websocket.create_connection(f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket", timeout=10)
    assert made.recv().startswith("0")
    made.send(f'40{{"token":"{token}"}}')
    assert made.recv().startswith("40")
    threading.Thread(target=_drain, args=(made,), daemon=True).start()
    return made


def _drain(made: websocket.WebSocket) -> None:
    try:
        while made.connected:
            made.recv()
    except (OSError, websocket.WebSocketException, ValueError):
        pass
    finally:
        made.shutdown()


def run(server: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=server.environment, capture_output=True, text=True, check=False, timeout=60)


def eventually(true: Callable[[], bool], most: float = 10.0) -> None:
    end = time.monotonic() + most
    while time.monotonic() < end:
        try:
            if true():
                return
        except (OSError, websocket.WebSocketException, psutil.NoSuchProcess):
            pass
        time.sleep(0.05)
    raise AssertionError("it never came true")
