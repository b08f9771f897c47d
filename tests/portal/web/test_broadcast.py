"""Events written to many sockets at once arrive as the library itself would have sent them: same words, same order, whole frames."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
import websocket
from flask import Flask, request
from flask_socketio import SocketIO
from werkzeug.serving import make_server

from portal.kernel.house import House
from portal.people import sign_ins
from portal.people.models import Person
from portal.web import broadcast
from portal.web.broadcast import MOST_WAITING, Broadcasting, Line, Shared, framed
from tests.cast import World
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

PATIENCE = 60


class Served:
    """A bare Socket.IO server of this process."""

    def __init__(self, directly: bool) -> None:
        app = Flask(__name__)
        more = {"client_manager": Broadcasting()} if directly else {}
        self.io = SocketIO(app, async_mode="threading", transports=["websocket"], cors_allowed_origins="*", **more)
        if directly:
            broadcast.set_up(self.io)
        self.sids: list[str] = []
        self.clients: list[websocket.WebSocket] = []
        self.io.on_event("connect", self._connect)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _connect(self, auth: Any = None) -> None:
        self.sids.append(request.sid)  # type: ignore[attr-defined]

    def join(self, buffer: int | None = None) -> websocket.WebSocket:
        """One more client; its receive buffer may be small."""
        options = ((socket.SOL_SOCKET, socket.SO_RCVBUF, buffer),) if buffer else ()
        made = websocket.create_connection(
            f"ws://127.0.0.1:{self.server.server_port}/socket.io/?EIO=4&transport=websocket", timeout=PATIENCE, sockopt=options
        )
        self.clients.append(made)
        assert made.recv().startswith("0")
        made.send("40")
        assert made.recv().startswith("40")
        return made

    def connection(self, number: int) -> Any:
        """The server's side of the n-th client; None where it has gone."""
        eio_sid = self.io.server.manager.eio_sid_from_sid(self.sids[number], "/")
        return self.io.server.eio.sockets.get(eio_sid)

    def close(self) -> None:
        for client in self.clients:
            client.shutdown()
        for each in list(self.io.server.eio.sockets.values()):
            each.close(wait=False)
        self.io.server.shutdown()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def served() -> Iterator[Served]:
    with closing(Served(True)) as made:
        yield made


def heard(client: websocket.WebSocket, end: str = '42["over"') -> list[str | bytes]:
    """What comes, up to the message that begins so."""
    found: list[str | bytes] = []
    while True:
        told = client.recv()
        if told == "2":
            client.send("3")
            continue
        if isinstance(told, str) and told.startswith(end):
            return found
        found.append(told)


def everything(served: Served) -> list[list[str | bytes]]:
    """Events of every kind to three clients; what each has heard."""
    clients = [served.join() for _n in range(3)]
    first, second = served.sids[:2]
    answered = threading.Event()
    io = served.io
    for n in range(60):
        io.emit("news", {"n": n, "words": "ü" * n})
        io.emit("news", n, to=first)
        io.emit("pair", {"n": n}, to=[first, second])
        io.emit("others", {"n": n}, skip_sid=first)
        io.emit("bytes", {"n": n, "data": b"\x00\xff"})
        io.emit("nothing")
        io.emit("several", (1, "two"))
        io.emit("large", "x" * 70_000 * (n % 10 == 0), to=second)
    io.emit("nobody", {}, to="no such client")
    io.emit("asks", {}, to=first, callback=lambda *told: answered.set())
    io.emit("over")
    found = [heard(client) for client in clients]
    clients[0].send('431["yes"]')
    assert answered.wait(PATIENCE)
    return found


def test_it_is_heard_as_the_library_would_have_sent_it(served: Served) -> None:
    with closing(Served(False)) as stock:
        expected = everything(stock)
    assert len(expected[1]) > 400
    assert everything(served) == expected


def test_most_go_directly(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the rest of this file speaks of what it means to."""
    clients = [served.join() for _n in range(3)]
    eventually(lambda: all(served.connection(n).queue.idle() for n in range(3)))
    monkeypatch.setattr(served.io.server, "_send_eio_packet", lambda *told: pytest.fail("not directly"))
    served.io.emit("news", {"n": 1})
    assert [client.recv() for client in clients] == ['42["news",{"n":1}]'] * 3


def test_what_was_taken_from_the_queue_comes_first(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of a connection may have taken a packet and not written it yet."""
    client = served.join()
    taken, goes_on, stock = threading.Event(), threading.Event(), Line.send

    def late(line: Line, message: str) -> None:
        taken.set()
        assert goes_on.wait(PATIENCE)
        stock(line, message)

    monkeypatch.setattr(Line, "send", late)
    queued = served.io.server.packet_class(2, namespace="/", data=["queued", 1])
    served.io.server._send_packet(served.connection(0).sid, queued)
    assert taken.wait(PATIENCE)
    served.io.emit("direct", 2)
    goes_on.set()
    served.io.emit("over")
    assert heard(client) == ['42["queued",1]', '42["direct",2]']


def test_who_reads_slowly_gets_all_of_it_in_order_and_keeps_nobody(served: Served) -> None:
    slow, quick = served.join(buffer=4096), served.join()
    count = 0
    while served.connection(0).queue.empty() or count < 20:
        served.io.emit("news", {"n": count, "words": "y" * 50_000})
        assert quick.recv() == f'42["news",{{"n":{count},"words":"{"y" * 50_000}"}}]'
        count += 1
    served.io.emit("over")
    assert heard(slow) == [f'42["news",{{"n":{n},"words":"{"y" * 50_000}"}}]' for n in range(count)]


def test_who_reads_nothing_is_let_go_and_the_others_go_on(served: Served) -> None:
    slow, quick = served.join(buffer=4096), served.join()
    count = 0
    while served.connection(0) is not None:
        served.io.emit("news", {"n": count, "words": "z" * 50_000})
        assert f'"n":{count},' in quick.recv()
        count += 1
        assert count * 50_000 < 50 * MOST_WAITING, "never let go"
    for n in range(count):
        try:
            assert f'"n":{n},' in slow.recv()
        except (websocket.WebSocketException, OSError):
            break
    else:
        pytest.fail("nothing was let go of")
    served.io.emit("news", {"n": count})
    assert quick.recv() == f'42["news",{{"n":{count}}}]'


def test_who_comes_back_hears_once_and_who_has_gone_disturbs_nobody(served: Served) -> None:
    first, other = served.join(), served.join()
    served.io.emit("news", 1)
    assert first.recv() == other.recv() == '42["news",1]'
    first.sock.close()  # without a word
    again = served.join()
    for n in (2, 3, 4):
        served.io.emit("news", n)
    served.io.emit("over")
    assert heard(again) == heard(other) == ['42["news",2]', '42["news",3]', '42["news",4]']


def test_a_frame_that_was_begun_is_finished_before_anything_else_is_written() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        shared = Shared(ours)
        shared.lock.acquire()
        rest = shared.begin(b"a" * 5_000_000)
        assert 0 < len(rest) < 5_000_000
        writing = [threading.Thread(target=shared.finish, args=(rest,)), threading.Thread(target=shared.send, args=(b"b" * 1000,))]
        for each in writing:
            each.start()
        got = b""
        while len(got) < 5_001_000:
            got += theirs.recv(2**20)
        assert got == b"a" * 5_000_000 + b"b" * 1000
        for each in writing:
            each.join()
        assert not shared.lock.locked()


def test_a_socket_that_is_closed_is_no_error() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    shared = Shared(ours)
    with shared.lock:
        assert shared.begin(b"x") == b""
    shared.cut()
    ours.close()


@pytest.mark.parametrize("size", [0, 125, 126, 2**16 - 1, 2**16, 2**17])
def test_frames_are_what_a_client_reads(size: int) -> None:
    ours, theirs = socket.socketpair()
    with closing(theirs):
        writing = threading.Thread(target=lambda: (ours.sendall(framed(b"x" * size)), ours.close()))
        writing.start()
        client = websocket.WebSocket()
        client.sock = theirs
        assert client.recv() == "x" * size
        writing.join()


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)


def test_who_is_no_longer_meant_hears_nothing_more(app: Flask, house: House, acting: Any, world: World) -> None:
    """The product over real sockets: who is meant is asked before each event, however it is sent."""
    with ExitStack() as over:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        server.daemon_threads = True
        over.callback(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        over.callback(server.shutdown)
        petra, rolf = (over.enter_context(closing(watching(house, world, server.server_port, name))) for name in ("petra", "rolf"))
        with acting("rhea") as rhea:
            first = forums.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body="For both")
        for client in (petra, rolf):
            assert first.id in next_post(client)
        with acting("rhea") as rhea:
            petra_herself = rhea.session.get_one(Person, world.pks["petra"])
            rooms.remove_member(rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=petra_herself)
        with acting("rhea") as rhea:
            second = forums.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body="For Rolf")
        assert second.id in next_post(rolf)
        petra.send('427["unwatch"]')
        assert [told for told in heard(petra, end="437") if "post.created" in str(told)] == []


def watching(house: House, world: World, port: int, name: str) -> websocket.WebSocket:
    """A real socket of one of the cast that watches the topic."""
    with house.db.writing() as session:
        token = sign_ins.begin(session, session.get_one(Person, world.pks[name]))[1]
    made = websocket.create_connection(
        f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", timeout=PATIENCE, host="localhost", suppress_origin=True
    )
    assert made.recv().startswith("0")
    made.send(f'40{{"token":"{token}"}}')
    assert made.recv().startswith("40")
    made.send(f'421["watch",{{"topic":"{world.ids["topic"]}"}}]')
    assert made.recv() == '431[{"ok":true}]'
    return made


def next_post(client: websocket.WebSocket) -> str:
    while not (told := str(client.recv())).startswith('42["post.created"'):
        pass
    return told
