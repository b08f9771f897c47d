"""The Flask application: plumbing first, features are registered by wsgi.py, and at the end nothing may be undeclared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from portal.kernel.house import House
from portal.web import allowance, assets, described, endpoint, errors, headers, health, hosts, logs, metrics, pace, render, speech, throttle
from portal.web.identity import Identity
from portal.web.openapi import pages as description
from portal.web.realtime import Realtime
from portal.web.receiving import Request
from portal.web.unit import csrf

ROOT = Path(__file__).parent.parent.parent


def build(house: House, identity: Identity, sign_in: Callable[[Flask], None]) -> Flask:
    """An app with everything but pages."""
    settings = house.settings
    app = Flask("mainstay", static_folder=None, template_folder=str(ROOT / "templates"))
    app.request_class = Request
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-mainstay" if settings.secure else "mainstay",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=30 * 86400,
        WTF_CSRF_CHECK_DEFAULT=False,  # the unit of work asks, once it knows who is asking
        WTF_CSRF_TIME_LIMIT=None,  # a tab left open over night still sends
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer; Sec-Fetch-Site is looked at instead
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_CONTENT_LENGTH=1_000_000,  # endpoints that receive files raise it for themselves
    )
    app.extensions |= {"house": house, "identity": identity, "forgeable": {"notices.stop"}}
    app.url_map.converters["ref"] = endpoint.Ref
    app.extensions["metrics"] = metrics.Metrics(house)
    logs.set_up(app)
    speech.set_up(app)
    sign_in(app)
    csrf.init_app(app)
    throttle.set_up(app, settings.redis_url)
    allowance.set_up(app, settings.redis_url, settings.api_limit)
    pace.set_up(app, settings.post_limit, settings.post_limit_team)
    headers.set_up(app, secure=settings.secure)
    errors.set_up(app)
    render.set_up(app)
    assets.set_up(app)
    app.register_blueprint(health.pages)
    app.register_blueprint(metrics.pages)
    app.register_blueprint(description.api)
    app.register_blueprint(description.pages)
    realtime = Realtime(app, house, identity)
    app.extensions["realtime"] = realtime
    house.db.publish = _publisher(house, realtime)
    return app


def finish(app: Flask) -> None:
    """Refuse what declares nothing; answer to our own names only."""
    endpoint.refuse_undeclared(app)
    described.refuse_undescribed(app)
    settings = app.extensions["house"].settings
    app.wsgi_app = hosts.answering_to(app.wsgi_app, settings.hosts, settings.trusted_proxies)  # type: ignore[assignment,method-assign]


def _publisher(house: House, realtime: Realtime) -> Callable[[list[dict[str, Any]]], None]:
    """After a commit of this process: tell its own sockets at once, and the other web processes where there are any."""

    def publish(messages: list[dict[str, Any]]) -> None:
        for message in messages:
            realtime.hear(message)
        if house.bus.several_webs:
            house.bus.publish(messages)

    return publish
