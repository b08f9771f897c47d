"""nginx in front of `mainstay serve`, by the file of docs/deploy with only its names, ports and folders replaced."""

import shutil
import signal
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.architecture.sources import ROOT
from tests.running import Running, free_port

NAME = "portal.example.com"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
FRAME = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log info; {user}
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; access_log {folder}/access.log; sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    include {folder}/mainstay.conf;
}}
"""


@dataclass
class Proxied:
    """A server behind its proxy. `plain` and `tls` are the proxy's ports."""

    server: Running
    process: "subprocess.Popen[bytes]"
    folder: Path
    plain: int
    tls: int

    @property
    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def connect(self, *protocols: str) -> ssl.SSLSocket:
        """A TLS connection to the proxy, by the name that it is known under."""
        context = self.context
        context.set_alpn_protocols(list(protocols) or ["http/1.1"])
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.tls), timeout=20), server_hostname=NAME)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> "Answer":
        """One request over TLS. A header is told as `X_Forwarded_For="…"`."""
        told = {"Host": NAME, "Connection": "close", "Content-Length": str(len(body))}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        with self.connect() as wire:
            wire.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
            return answer_of(wire)

    def reload(self) -> None:
        """Take the configuration anew, and wait for those who still answer by the old one to be gone."""
        master = psutil.Process(self.process.pid)
        old = {each.pid for each in master.children()}
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 60
        while not (now := {each.pid for each in master.children()}) or now & old:
            assert time.monotonic() < until, "nginx did not take its configuration anew"
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.server.stop()


@dataclass
class Answer:
    """An answer, its header names in small letters; those sent twice stand once in `headers` and twice in `lines`."""

    status: int
    headers: dict[str, str]
    lines: list[str]
    body: bytes


def answer_of(wire: socket.socket) -> Answer:
    """The answer of a connection that the other side closes after it."""
    received = b""
    while piece := wire.recv(1 << 16):
        received += piece
    head, _blank, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, [line.partition(":")[0].lower() for line in lines], body)


def behind_nginx(server: Running, folder: Path, **timeouts: str) -> Proxied:
    """Start nginx in front of a server that runs; `timeouts` replace those of the file, as client_body_timeout="2s"."""
    folder.mkdir(exist_ok=True)
    plain, tls = free_port(), free_port()
    certify(folder)
    site = (ROOT / "docs/deploy/nginx.conf").read_text()
    for said, ours in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "127.0.0.1:8000": f"127.0.0.1:{server.port}",
        "/etc/letsencrypt/live/portal.example.com/fullchain.pem": f"{folder}/cert.pem",
        "/etc/letsencrypt/live/portal.example.com/privkey.pem": f"{folder}/key.pem",
        "/srv/mainstay/app/": f"{ROOT}/",
        "/srv/mainstay/data/": f"{server.data}/",
    }.items():
        assert said in site, said
        site = site.replace(said, ours)
    for name, value in timeouts.items():
        before, _told, after = site.partition(f"{name} ")
        site = f"{before}{name} {value};{after.partition(';')[2]}"
    (folder / "mainstay.conf").write_text(site)
    owner = server.data.owner()
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, user=f"user {owner};" if owner == "root" else ""))
    tried = subprocess.run([str(NGINX), "-t", "-c", str(folder / "nginx.conf")], capture_output=True, check=False)
    assert tried.returncode == 0, tried.stderr.decode()
    assert b"[warn]" not in tried.stderr, tried.stderr.decode()
    process = subprocess.Popen([str(NGINX), "-c", str(folder / "nginx.conf")], stdin=subprocess.DEVNULL)
    _wait_for(tls)
    return Proxied(server, process, folder, plain, tls)


def certify(folder: Path) -> None:
    """A certificate that the server signs itself."""
    told = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *told], check=True, capture_output=True)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx did not start")
