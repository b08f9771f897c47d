"""The only place from which other servers are called over HTTP: addresses that people typed lead to the open internet, nowhere else.

The name is resolved once, every address it has is looked at, and the connection goes to one of these addresses itself, with the name
for TLS and `Host`: a second answer of the name server changes nothing. The peer is looked at again before a byte is sent. No
redirects, no proxies, no cookies; ten seconds in all and 64 KiB, however slowly they drip.
"""

import contextlib
import ipaddress
import queue
import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from portal.kernel.settings import Settings
from portal.kernel.words import gettext as _

TIME = 10.0  # seconds from the first look at the name to the last byte
MOST = 64 * 1024  # bytes of an answer that are read
LONGEST = 500  # characters of a URL
OPEN_V6 = ipaddress.ip_network("2000::/3")
# Not all of these are private by the registries, yet they carry addresses of the other family, or are for protocols and documents alone.
CLOSED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")))


class Refused(Exception):
    """Nothing was sent to this address; the words say why."""


class Failed(Exception):
    """It was called, and gave no whole answer in time; the words say how."""


@dataclass(frozen=True)
class Address:
    """A URL, taken apart."""

    scheme: str
    host: str
    port: int
    path: str  # with the query


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is at most MOST bytes of it, as they were sent."""

    status: int
    body: bytes


def address_of(settings: Settings, url: str) -> Address:
    """The URL taken apart, or Refused where it can be seen without asking anybody that it leads where nothing may go."""
    try:
        told = parse_url(url)
    except LocationParseError:
        raise Refused(_("This is not a web address.")) from None
    host = (told.host or "").strip("[]").rstrip(".").lower()
    authority = re.split(r"[/?#]", url.partition("://")[2])[0]
    if not host or len(url) > LONGEST or re.search(r"[\s\\\x00-\x1f\x7f]", url) or "%" in authority:
        raise Refused(_("This is not a web address."))
    if told.auth is not None or "@" in authority:
        raise Refused(_("Leave name and password out of the address."))
    if told.scheme != "https" and not (told.scheme == "http" and settings.outbound_loopback and _is_loopback(host)):
        raise Refused(_("The address must begin with https://."))
    _refuse_names(settings, host)
    if (ip := _literal(host)) is not None:
        _refuse_unless_open(settings, ip)
    return Address(told.scheme, host, told.port or (443 if told.scheme == "https" else 80), told.request_uri)


def post(settings: Settings, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it there. Raises Refused (nothing was sent) or Failed."""
    to, deadline = address_of(settings, url), time.monotonic() + TIME
    found = _resolved(to, deadline)
    for ip in found:  # one that leads inside is reason enough: such a name means no good
        _refuse_unless_open(settings, ip)
    line = _Line(settings, [str(ip) for ip in found], to.port, deadline)
    kind = _SafeTls if to.scheme == "https" else _Safe
    connection = kind(to.host, to.port, timeout=TIME)
    connection.line = line
    try:
        connection.request("POST", to.path, body, headers, preload_content=False, decode_content=False, enforce_content_length=False)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(MOST, decode_content=False))
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Failed(_("It took longer than %(n)s seconds.", n=int(TIME)) if line.over else _failure(error)) from None
    else:
        if line.over:
            raise Failed(_("It took longer than %(n)s seconds.", n=int(TIME)))
        return answer
    finally:
        line.end()
        connection.close()


def is_open(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the open internet, and holds no other inside."""
    if isinstance(ip, ipaddress.IPv6Address) and ip not in OPEN_V6:
        return False  # so ::, ::1, IPv4-mapped, 64:ff9b::, fc00::, fe80::, ff00:: and whatever is not given out yet
    closed = any(ip in network for network in CLOSED if network.version == ip.version)
    return ip.is_global and not (closed or ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _Line:
    """A connection to one of some vetted addresses, cut when its time is over."""

    def __init__(self, settings: Settings, addresses: list[str], port: int, deadline: float) -> None:
        self.settings, self.addresses, self.port, self.deadline = settings, addresses, port, deadline
        self.over = False
        self.kept: socket.socket | None = None
        self.timer: threading.Timer | None = None

    def connect(self) -> socket.socket:
        problem: OSError = OSError("no address")
        for n, address in enumerate(self.addresses):
            left = (self.deadline - time.monotonic()) / (len(self.addresses) - n)
            if left <= 0:
                break
            try:
                made = socket.create_connection((address, self.port), timeout=left)
            except OSError as error:
                problem = error
                continue
            _refuse_peer(self.settings, made)
            made.settimeout(max(0.1, self.deadline - time.monotonic()))
            self.kept = made.dup()  # TLS takes the other over
            self.timer = threading.Timer(self.deadline - time.monotonic(), self.cut)
            self.timer.daemon = True
            self.timer.start()
            return made
        self.over = isinstance(problem, TimeoutError)
        raise problem

    def cut(self) -> None:
        self.over = True
        if self.kept is not None:
            with contextlib.suppress(OSError):
                self.kept.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.kept is not None:
            self.kept.close()


class _Safe(HTTPConnection):
    """Connects to where its line says, not to where its host's name may lead by now."""

    line: _Line

    def _new_conn(self) -> socket.socket:
        return self.line.connect()


class _SafeTls(HTTPSConnection):
    line: _Line

    def _new_conn(self) -> socket.socket:
        return self.line.connect()


def _resolved(to: Address, deadline: float) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Every address of the name. The system's resolver knows no deadline, so it is asked on a thread that may be left behind."""
    told: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            told.put([str(each[4][0]) for each in socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError) as error:
            told.put(OSError(str(error)))

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        found = told.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise Failed(_("The name was not found in time.")) from None
    if isinstance(found, OSError):
        raise Failed(_("There is no server of this name."))
    return [ipaddress.ip_address(each.partition("%")[0]) for each in dict.fromkeys(found)]


def _refuse_names(settings: Settings, host: str) -> None:
    if settings.outbound_loopback and _is_loopback(host):
        return
    if host in settings.hosts or _is_loopback(host):
        raise Refused(_("The address leads back to this server."))
    if _literal(host) is None and re.search(r"(^|\.)(\d+|0x[0-9a-f]*)$", host):
        raise Refused(_("This is not a web address."))  # a number that some systems take for an address


def _refuse_unless_open(settings: Settings, ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not (is_open(ip) or (settings.outbound_loopback and ip.is_loopback)):
        raise Refused(_("The address leads into a private network."))


def _refuse_peer(settings: Settings, made: socket.socket) -> None:
    try:
        _refuse_unless_open(settings, ipaddress.ip_address(made.getpeername()[0].partition("%")[0]))
    except (Refused, OSError):
        made.close()
        raise


def _is_loopback(host: str) -> bool:
    ip = _literal(host)
    return ip.is_loopback if ip is not None else host == "localhost" or host.endswith(".localhost")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _failure(error: Exception) -> str:
    """In words that name nothing of our own network."""
    cause = getattr(error, "reason", None) or error.__cause__ or error
    if isinstance(cause, ConnectionRefusedError):
        return _("The server did not take the connection.")
    if "certificate" in str(error).lower():
        return _("The server's certificate is not valid for this name.")
    if isinstance(cause, TimeoutError):
        return _("It took longer than %(n)s seconds.", n=int(TIME))
    return _("The connection broke off.")
