"""nginx, by the file that is shipped, in front of the real server: what comes through, and what does not."""

import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import websocket

import wsgi
from portal.kernel.actor import the_system
from portal.kernel.checks import BAD, EXAMINATIONS, GOOD
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people.models import Person
from tests.portal.platform.proxied import NAME, NGINX, Proxied, behind_nginx
from tests.running import Running, prepare

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not NGINX or not shutil.which("openssl"), reason="needs nginx and openssl"),
]
SECRET = b"0123456789" * 5000


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxied, str, str]]:
    """The proxied server, Rhea's token, and the id of a folder in her workspace."""
    root = tmp_path_factory.mktemp("nginx")
    house, world = prepare(root / "data")
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="nginx", scopes=["write"], person=rhea)[1]
    house.close()
    server = Running(
        root / "data", MAINSTAY_BASE_URL=f"https://{NAME}", MAINSTAY_TRUSTED_PROXIES="1", MAINSTAY_X_ACCEL="on", MAINSTAY_LOG="info"
    )
    server.start()
    proxied = behind_nginx(server, root / "nginx", client_body_timeout="3s", client_header_timeout="3s")
    yield proxied, token, world.ids["folder"]
    proxied.stop()


@pytest.fixture
def proxied(installed: tuple[Proxied, str, str]) -> Proxied:
    return installed[0]


@pytest.fixture(scope="module")
def stored(installed: tuple[Proxied, str, str]) -> str:
    """The id of a file that was uploaded through the proxy."""
    proxied, token, folder = installed
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="Survey caf\xc3\xa9.html"\r\n\r\n' + SECRET + b"\r\n--x--\r\n"
    made = proxied.ask(
        "POST", f"/api/v1/folders/{folder}/files", body, Authorization=f"Bearer {token}", Content_Type="multipart/form-data; boundary=x"
    )
    assert made.status == 201, made.body
    return str(json.loads(made.body)["id"])


def test_https_only_and_said_so_for_a_year(proxied: Proxied) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", proxied.plain, timeout=10)
    plain.request("GET", "/sign-in?next=/w/", headers={"Host": NAME})
    moved = plain.getresponse()
    plain.close()
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{NAME}/sign-in?next=/w/")
    page = proxied.ask("GET", "/sign-in")
    assert page.status == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert page.lines.count("strict-transport-security") == 1
    assert page.headers["set-cookie"].startswith("__Host-mainstay=")
    assert "Secure" in page.headers["set-cookie"]
    assert "content-security-policy" in page.headers
    with proxied.connect("h2", "http/1.1") as wire:
        assert wire.selected_alpn_protocol() == "h2"


def test_pages_go_out_small(proxied: Proxied) -> None:
    assert proxied.ask("GET", "/sign-in", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"


def test_static_files_come_from_nginx_for_ever(proxied: Proxied) -> None:
    page = proxied.ask("GET", "/sign-in").body.decode()
    found = re.search(r'href="(/static/[^"]+/app\.css)"', page)
    assert found
    style = proxied.ask("GET", found[1])
    assert style.status == 200
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["x-content-type-options"] == "nosniff"
    assert "x-request-id" not in style.headers, "the program was not asked"
    for wrong in ("/static/0123456789ab/..%2f..%2fwsgi.py", "/static/0123456789ab/../../wsgi.py", "/static/0123456789ab/nothing.css"):
        assert proxied.ask("GET", wrong).status in (400, 404), wrong


def test_live_events_come_through(proxied: Proxied, installed: tuple[Proxied, str, str]) -> None:
    with ExitStack() as open_ones:
        wire = open_ones.enter_context(proxied.connect())
        live = websocket.create_connection(
            f"wss://{NAME}/socket.io/?EIO=4&transport=websocket", socket=wire, origin=f"https://{NAME}", timeout=10
        )
        open_ones.callback(live.close)
        assert live.recv().startswith("0")
        live.send(f'40{{"token":"{installed[1]}"}}')
        assert live.recv().startswith("40")
    with proxied.connect() as wire, pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(f"wss://{NAME}/socket.io/?EIO=4&transport=websocket", socket=wire, origin="https://evil.example")


def test_nginx_sends_the_bytes_with_our_headers(installed: tuple[Proxied, str, str], stored: str) -> None:
    proxied, token, _folder = installed
    path, mine = f"/api/v1/files/{stored}/content", {"Authorization": f"Bearer {token}"}
    behind = proxied.server.ask("GET", path, Host=NAME, **mine)
    assert behind == (200, b""), "the program names the file and sends nothing"
    whole = proxied.ask("GET", path, **mine)
    assert (whole.status, whole.body) == (200, SECRET)
    assert whole.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["cache-control"] == "private, no-cache"
    assert "Cookie" in whole.headers["vary"]
    assert whole.headers["x-request-id"]
    assert "x-accel-redirect" not in whole.headers
    assert len(whole.lines) == len(set(whole.lines)), whole.lines
    part = proxied.ask("GET", path, Range="bytes=10-14", **mine)
    assert (part.status, part.body) == (206, b"01234")
    assert part.headers["content-range"] == f"bytes 10-14/{len(SECRET)}"
    assert proxied.ask("GET", path, Range="bytes=10-14", If_Range=whole.headers["etag"], **mine).status == 206
    assert proxied.ask("GET", path, Range="bytes=10-14", If_Range='"other"', **mine).status == 200
    assert proxied.ask("GET", path, Range=f"bytes={len(SECRET)}-", **mine).status == 416
    assert proxied.ask("GET", path, If_None_Match=whole.headers["etag"], **mine).status == 304
    assert proxied.ask("HEAD", path, **mine).headers["content-length"] == str(len(SECRET))


def test_the_bytes_cannot_be_had_around_us(installed: tuple[Proxied, str, str], stored: str) -> None:
    proxied, token, _folder = installed
    blob = next(found for found in (proxied.server.data / "blobs").glob("??/*") if found.read_bytes() == SECRET)
    inside = f"/-/blobs/{blob.parent.name}/{blob.name}"
    path = f"/api/v1/files/{stored}/content"
    assert proxied.ask("GET", path, Authorization=f"Bearer {token}").status == 200
    assert proxied.ask("GET", path).status == 401
    for way in (inside, inside.replace("/-/", "//-//"), "/-/./blobs" + inside[8:], "/%2d/blobs" + inside[8:], "/-/blobs/", "/-/away.html"):
        answer = proxied.ask("GET", way)
        assert answer.status == 404, way
        assert SECRET[:20] not in answer.body
    for forged in ({"X_Accel_Redirect": inside}, {"X_Original_URL": inside}, {"X_Rewrite_URL": inside}):
        assert SECRET[:20] not in proxied.ask("GET", "/sign-in", **forged).body


def test_what_a_visitor_forges_counts_for_nothing(proxied: Proxied) -> None:
    assert proxied.ask("GET", "/sign-in", Host="evil.example").status == 400
    asked = proxied.ask(
        "GET",
        "/me/settings/profile",
        X_Forwarded_Host="evil.example",
        X_Forwarded_For="10.9.8.7",
        X_Forwarded_Proto="http",
        Forwarded="host=evil.example",
        X_Request_Id="forged",
    )
    assert (asked.status, asked.headers["location"]) == (303, "/sign-in?next=/me/settings/profile")
    assert asked.headers["x-request-id"] != "forged"
    assert asked.headers["x-request-id"] in proxied.server.log.read_text(), "one id on both sides"
    assert "10.9.8.7" not in proxied.server.log.read_text()


def test_bodies_have_limits(proxied: Proxied) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    by_us = proxied.ask("POST", "/sign-in", b"email=" + b"x" * 1_500_000, **form)
    assert by_us.status == 413
    by_nginx = proxied.ask("POST", "/sign-in", b"", **form | {"Content_Length": "30000000"})
    assert by_nginx.status == 413
    assert b"That is too large" in by_nginx.body
    assert by_nginx.headers["strict-transport-security"]


def test_who_sends_slowly_keeps_nobody_waiting(proxied: Proxied) -> None:
    """Slow headers and slow bodies stay with nginx: more of them than the program has threads, and it answers."""
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(proxied.connect()) for _ in range(150)]
        for each in slow[:75]:
            each.sendall(f"GET /sign-in HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: ".encode())
        for each in slow[75:]:
            each.sendall(f"POST /sign-in HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 5000\r\n\r\nemail=".encode())
        assert proxied.server.family()
        threads = sum(each.num_threads() for each in proxied.server.webs())
        assert proxied.ask("GET", "/sign-in").status == 200
        assert sum(each.num_threads() for each in proxied.server.webs()) < threads + 75
        assert slow[0].recv(100) == b"" or b"408" in slow[0].recv(100), "and are sent away"


def test_while_the_program_is_away_nginx_says_so(installed: tuple[Proxied, str, str]) -> None:
    proxied = installed[0]
    refuses = socket.socket()
    refuses.bind(("127.0.0.1", 0))
    site = proxied.folder / "mainstay.conf"
    text = site.read_text()
    site.write_text(text.replace(f"127.0.0.1:{proxied.server.port}", f"127.0.0.1:{refuses.getsockname()[1]}"))
    other = Path(site).read_text()
    assert other != text
    try:
        proxied.reload()
        answer = proxied.ask("GET", "/sign-in")
        assert answer.status == 503
        assert b"Back in a moment" in answer.body
        assert answer.headers["retry-after"] == "10"
        assert answer.headers["strict-transport-security"]
    finally:
        site.write_text(text)
        proxied.reload()
        refuses.close()
    assert proxied.ask("GET", "/sign-in").status == 200


def test_doctor_finds_nothing_wrong_with_it(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked from outside, as an operator would: the certificate, HTTP/2, HSTS, cookies and WebSocket upgrades."""
    at = f"https://localhost:{proxied.tls}"
    monkeypatch.setenv("SSL_CERT_FILE", str(proxied.folder / "cert.pem"))
    house = wsgi.build_house(replace(prepared(Settings(data_dir=proxied.server.data)), base_url=at, trusted_proxies=1))
    told = [(each.state, each.says) for each in EXAMINATIONS["address"](house)]
    house.close()
    assert any(state == BAD for state, _says in told), "localhost is not a name that it answers to"
    real = f"https://{NAME}:{proxied.tls}"
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda address, *rest, **more: connect(("127.0.0.1", address[1]), *rest, **more))
    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda address, *rest, **more: connect(("127.0.0.1", address[1])))
    house = wsgi.build_house(replace(prepared(Settings(data_dir=proxied.server.data)), base_url=real, trusted_proxies=1))
    found = list(EXAMINATIONS["address"](house))
    house.close()
    wrong = [each for each in found if each.state != GOOD and "ends in" not in each.says and "upgrades" not in each.says]
    assert wrong == []
    assert any("TLSv1.3" in each.says for each in found)
