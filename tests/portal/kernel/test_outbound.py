"""Other servers are called only where that is safe, and never for long (security cases F7)."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.kernel import outbound
from portal.kernel.outbound import Failed, Refused
from portal.kernel.settings import Settings
from tests.sink import Sink, sinking

STRICT = Settings(base_url="https://portal.example.com", host_names=("portal.internal.example",))
LOOSE = replace(STRICT, outbound_loopback=True)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as made:
        yield made


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that tests need not wait ten seconds."""
    monkeypatch.setattr(outbound, "TIME", 1.0)


def answers_with(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have the resolver give these addresses, one list after the other; the names that were asked for."""
    asked: list[str] = []
    usual = socket.getaddrinfo

    def told(host: str, port: int, *more: object, **still: object) -> list[tuple[object, ...]]:
        if any(host in of for of in answers):
            return usual(host, port, *more, **still)
        asked.append(host)
        of = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in of]

    monkeypatch.setattr(socket, "getaddrinfo", told)
    return asked


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "0", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254",
     "[fe80::1]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[::127.0.0.1]",
     "10.0.0.8", "192.168.1.1", "172.16.0.1", "100.64.0.1", "224.0.0.1", "[ff02::1]", "255.255.255.255", "0.0.0.0", "[::]", "[fd00::1]",
     "[::ffff:10.0.0.1]", "localhost", "LOCALHOST.", "a.localhost", "portal.example.com", "PORTAL.example.com.", "portal.internal.example",
     "192.88.99.1", "[2001:db8::1]", "203.0.113.9"],
)  # fmt: skip
def test_inner_addresses_are_refused_and_never_connected_to(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda *told, **more: connected.append(told))
    for scheme in ("https", "http"):
        with pytest.raises((Refused, Failed)):
            outbound.post(STRICT, f"{scheme}://{host}/x", b"", {})
    assert connected == []


@pytest.mark.parametrize(
    "url",
    ["https://user@hooks.example/", "https://user:pw@hooks.example/", "https://hooks.example@127.0.0.1/", "ftp://hooks.example/",
     "hooks.example", "https://", "https:///x", "https://hooks.example/\r\nHost: x", "https://hooks.example\\@127.0.0.1/",
     "//hooks.example", "https://hoo ks.example/", "javascript:alert(1)", "file:///etc/passwd", "https://[::1", "https://hooks.example:99999/",
     "http://hooks.example/", "https://" + "x" * 600, "gopher://hooks.example/", "https://%31%32%37.0.0.1/"],
)  # fmt: skip
def test_odd_urls_are_refused_as_they_stand(url: str) -> None:
    for settings in (STRICT, LOOSE):
        with pytest.raises(Refused):
            outbound.address_of(settings, url)


def test_open_addresses_are_allowed_as_they_stand() -> None:
    for url in ("https://hooks.example/x?y=z", "https://hooks.example:8443/", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/"):
        assert outbound.address_of(STRICT, url).scheme == "https"
    assert outbound.address_of(STRICT, "https://hooks.example/x?y=z").path == "/x?y=z"


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", "::ffff:127.0.0.1", "64:ff9b::a00:1", "fe80::1%eth0", "169.254.169.254"])
def test_a_name_that_leads_inside_is_refused_even_among_open_ones(monkeypatch: pytest.MonkeyPatch, inner: str) -> None:
    answers_with(monkeypatch, ["93.184.216.34", inner])
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda *told, **more: connected.append(told))
    with pytest.raises(Refused):
        outbound.post(STRICT, "https://hooks.example/", b"", {})
    assert connected == []


def test_what_the_name_says_the_second_time_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers_with(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], **more: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Failed):
        outbound.post(STRICT, "https://rebinding.example/", b"", {})
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", 443)]


def test_the_peer_is_looked_at_before_a_byte_is_sent(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    """Whatever sits between may lead the connection elsewhere: here to the sink, though an open address was vetted."""
    there = ("127.0.0.1", int(sink.url.rpartition(":")[2]))
    answers_with(monkeypatch, ["93.184.216.34"])
    monkeypatch.setattr(socket, "create_connection", lambda address, **more: _connected(there))
    with pytest.raises(Refused):
        outbound.post(STRICT, "https://hooks.example/", b"words", {})
    assert sink.got == []


def _connected(there: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    made.connect(there)
    return made


def test_loopback_is_called_where_the_setting_says_so(sink: Sink) -> None:
    answer = outbound.post(LOOSE, f"{sink.url}/in?a=1", b"{}", {"content-type": "application/json"})
    assert answer.status == 204
    (got,) = sink.got
    assert (got.path, got.body) == ("/in?a=1", b"{}")
    assert got.headers["host"] == sink.url.removeprefix("http://")
    with pytest.raises(Refused):
        outbound.post(STRICT, sink.url, b"{}", {})
    assert sink.connections == 1


def test_redirects_are_an_answer_and_not_followed(sink: Sink) -> None:
    sink.answers["/"] = f"to {sink.url}/inside"
    assert outbound.post(LOOSE, sink.url + "/", b"", {}).status == 307
    assert [got.path for got in sink.got] == ["/"]


@pytest.mark.parametrize("how", ["hang", "drip", "drip headers"])
def test_slow_targets_are_cut(sink: Sink, short: None, how: str) -> None:
    sink.answers["/"] = how
    began = time.monotonic()
    with pytest.raises(Failed, match="longer than"):
        outbound.post(LOOSE, sink.url + "/", b"", {})
    assert time.monotonic() - began < 10


def test_a_huge_answer_is_read_to_its_bound(sink: Sink) -> None:
    sink.answers["/"] = "huge"
    answer = outbound.post(LOOSE, sink.url + "/", b"", {})
    assert (answer.status, len(answer.body)) == (200, outbound.MOST)


def test_a_connection_that_breaks_is_a_failure_in_words(sink: Sink) -> None:
    sink.answers["/"] = "cut"
    with pytest.raises(Failed, match="broke off"):
        outbound.post(LOOSE, sink.url + "/", b"", {})


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, short: None, sink: Sink) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *told, **more: sink.done.wait(30) and [])
    with pytest.raises(Failed, match="not found in time"):
        outbound.post(STRICT, "https://hooks.example/", b"", {})


def test_tls_is_for_the_name_and_must_be_valid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A certificate that nobody we trust has signed: the handshake names the host, and nothing is sent."""
    import ssl
    import threading

    key, certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    named: list[str | None] = []
    context.sni_callback = lambda sock, name, of: named.append(name)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    received: list[bytes] = []

    def serve() -> None:
        for _ in range(2):
            plain, _address = listening.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as tls:
                    told = b""
                    while b"secret" not in told and (piece := tls.recv(1000)):  # who answers without reading all may be cut off
                        told += piece
                    received.append(told)
                    tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    answers_with(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Failed, match="certificate"):
        outbound.post(LOOSE, f"https://hooks.example:{port}/x", b"secret", {})
    assert received == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert outbound.post(LOOSE, f"https://hooks.example:{port}/x", b"secret", {}).body == b"ok"
    assert named == ["hooks.example", "hooks.example"]
    assert f"host: hooks.example:{port}".encode() in received[0].lower()
    thread.join(5)
    listening.close()


def _self_signed(folder: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), moment - timedelta(days=1), moment + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "cert.pem"


def test_no_address_of_the_special_registries_is_open() -> None:
    special = (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24"
        " 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 ::ffff:0:0/96 64:ff9b::/96"
        " 64:ff9b:1::/48 100::/64 2001::/32 2001:2::/48 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8"
    )
    for each in special.split():
        network = ipaddress.ip_network(each)
        for ip in (network[0], network[-1], network[network.num_addresses // 2]):
            assert not outbound.is_open(ip), ip
    for each in ("8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::1"):
        assert outbound.is_open(ipaddress.ip_address(each)), each
