"""What is left to whoever installs it, as far as it can be looked at: the address and its TLS, rights, the disk's kind, limits."""

import os
import socket
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from portal.kernel.checks import BAD, GOOD, POOR, Finding, examines
from portal.kernel.house import House
from portal.kernel.locks import holder
from portal.kernel.worker import LOCK

YEAR = 31_536_000  # seconds
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "fuse.glusterfs"}
FILES = 4096
DEPLOY = "docs/deploy/nginx.conf does it."


@examines("address", thorough=True)
def address(house: House) -> Iterator[Finding]:
    """People reach it over TLS, and the proxy passes on what it should."""
    base = house.settings.base_url
    if not house.settings.secure:
        return
    try:
        yield from _certificate(base)
        yield from _answers(base)
    except (OSError, urllib3.exceptions.HTTPError) as error:
        yield Finding("address", BAD, f"{base} does not answer: {error}", "Look at the name, the proxy and the certificate.")
    if not house.settings.trusted_proxies:
        says = "no proxy is trusted, so all visitors are one address to it, and are throttled together"
        yield Finding("address", POOR, says, "Set MAINSTAY_TRUSTED_PROXIES=1.")


def _certificate(base: str) -> Iterator[Finding]:
    parts = urlsplit(base)
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((str(parts.hostname), parts.port or 443), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as wire,
    ):
        ends = ssl.cert_time_to_seconds(str((wire.getpeercert() or {})["notAfter"]))
        days = (datetime.fromtimestamp(ends, UTC) - datetime.now(UTC)).days
        protocol, version = wire.selected_alpn_protocol(), wire.version()
    if days < 14:
        yield Finding("address", POOR, f"the certificate ends in {days} days", "Renew it, and look why that does not happen by itself.")
    yield Finding("address", GOOD, f"{base} answers with {version}; its certificate is good for {days} days")
    if protocol != "h2":
        yield Finding("address", POOR, "the proxy does not speak HTTP/2", DEPLOY)


def _answers(base: str) -> Iterator[Finding]:
    pool = urllib3.PoolManager(timeout=5, retries=False)
    page = pool.request("GET", base + "/sign-in", redirect=False)
    if page.status != 200:
        yield Finding("address", BAD, f"{base}/sign-in answers {page.status}", "Is MAINSTAY_BASE_URL the address of this installation?")
        return
    age = page.headers.get("Strict-Transport-Security", "").partition("max-age=")[2].partition(";")[0]
    if not age.strip().isdigit() or int(age) < YEAR:
        yield Finding("address", POOR, "HSTS is not told for a year", "Let the proxy pass Strict-Transport-Security. " + DEPLOY)
    cookie = page.headers.get("Set-Cookie", "")
    if not cookie.startswith("__Host-") or "secure" not in cookie.lower():
        yield Finding("address", BAD, "cookies are not bound to https", "Start it with MAINSTAY_BASE_URL=https://…, and rewrite no cookie.")
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "bWFpbnN0YXktZG9jdG9yMQ==",
    }
    live = pool.request("GET", base + "/socket.io/?EIO=4&transport=websocket", headers=upgrade | {"Origin": base}, preload_content=False)
    live.close()
    if live.status != 101:
        says = f"WebSocket upgrades do not come through ({live.status}): pages ask every ten seconds instead"
        yield Finding("address", POOR, says, DEPLOY)


@examines("data directory", thorough=True)
def data_directory(house: House) -> Iterator[Finding]:
    """Nobody else reads it, its disk keeps promises, and what the proxy is to send it can read."""
    folder = house.settings.data_dir
    kind = _kind_of_disk(folder)
    if kind in REMOTE:
        bad = house.db.is_sqlite
        says = f"it is on a network disk ({kind})" + (", where SQLite loses what was written" if bad else "")
        yield Finding("data directory", BAD if bad else POOR, says, "Move it to a disk of this machine, or use PostgreSQL.")
    for name in ("mainstay.db", "mainstay.db-wal", "secret_key"):
        if (file := folder / name).exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("data directory", BAD, f"others can read {name}", f"chmod 600 {file}; run it with UMask=0077.")
    blobs = house.settings.blobs_dir
    if house.settings.x_accel and not stat.S_IMODE(blobs.stat().st_mode) & 0o050:
        yield Finding("data directory", BAD, "nginx is to send stored files, and cannot read them", f"chmod -R g+rX {blobs}")
    if folder.stat().st_uid != os.geteuid():
        says = "this command runs as another user than the one whose data it is"
        yield Finding("data directory", POOR, says, "Run commands as the user of the service.")
    yield from _durable(house)


def _durable(house: House) -> Iterator[Finding]:
    """What was acknowledged outlives a power cut."""
    wanted = {"synchronous": "2"} if house.db.is_sqlite else {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    with house.db.engine.connect() as connection:
        ask = "PRAGMA " if house.db.is_sqlite else "SHOW "
        told = {name: str(connection.exec_driver_sql(ask + name).scalar()) for name in wanted}
    weak = {name: value for name, value in told.items() if value != wanted[name] and value not in ("remote_apply", "remote_write")}
    for name, value in weak.items():
        yield Finding("data directory", BAD, f"{name} is {value}: a power cut loses what was acknowledged", f"Set {name} = {wanted[name]}.")
    if not weak:
        yield Finding("data directory", GOOD, "writes are on the disk before they are acknowledged")


@examines("limits", thorough=True)
def limits(house: House) -> Iterator[Finding]:
    """The service may open as many files as it has visitors."""
    pid = holder(house.settings.data_dir / LOCK)
    told = Path(f"/proc/{pid}/limits")
    if not pid or not told.exists():
        return
    line = next(line for line in told.read_text().splitlines() if line.startswith("Max open files"))
    most = int(line.split()[3]) if line.split()[3].isdigit() else FILES
    state = GOOD if most >= FILES else POOR
    yield Finding("limits", state, f"the service may open {most} files", "" if state == GOOD else "Set LimitNOFILE=8192 in its unit.")


def _kind_of_disk(folder: Path) -> str:
    """The kind of file system that a folder is on, as the kernel names it."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    above = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point.replace("\\040", " "))]
    return max(above, key=lambda each: len(each[0]), default=("", ""))[1]
