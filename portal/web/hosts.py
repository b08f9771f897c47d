"""Which names this server answers to, and whose word about the visitor's address it takes."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

HEALTH = ("/healthz", "/readyz")  # load balancers ask by address
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def answering_to(app: Wsgi, hosts: frozenset[str], proxies: int) -> Wsgi:
    """Refuse foreign Host headers before anything else, sockets included; drop forwarded headers that no trusted proxy set."""
    inner: Wsgi = ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=0) if proxies else app

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        environ["mainstay.direct"] = direct = _is_direct(environ)
        known = _name(environ.get("HTTP_HOST", "")) in hosts or path in HEALTH or (direct and path == "/metrics")
        if not known:
            start("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This server does not answer to that name.\n"]
        if not proxies:
            for key in [key for key in environ if key.startswith("HTTP_X_FORWARDED_") or key == "HTTP_FORWARDED"]:
                del environ[key]
        environ.pop("HTTP_X_FORWARDED_HOST", None)
        return inner(environ, start)

    return answer


def _is_direct(environ: dict[str, Any]) -> bool:
    """Whether somebody on this machine asks us by a name of this machine, and no proxy stands between."""
    passed_on = any(key.startswith("HTTP_X_FORWARDED_") or key in ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP") for key in environ)
    return not passed_on and environ.get("REMOTE_ADDR") in LOOPBACK and _name(environ.get("HTTP_HOST", "")) in LOOPBACK


def _name(host: str) -> str:
    if host.startswith("["):
        return host[1 : host.find("]")].lower()
    return host.rsplit(":", 1)[0].lower() if ":" in host else host.lower()
