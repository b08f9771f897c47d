"""Structured logs to stderr: JSON, or for eyes where stderr is a terminal. No secret is ever logged: not even by accident."""

import logging
import re
import sys
from typing import Any

import structlog

SECRET_NAMES = re.compile(r"token|password|secret|authorization|cookie|^code$|key$", re.IGNORECASE)
SECRET_PATHS = re.compile(r"(/(?:i|sign-in|link|code|unsubscribe|stop|calendar)/)[0-9A-Za-z_.\-]{16,}")
UNSEEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
QUERY = re.compile(r"([?&](?:token|key|code)=)[^&\s\"']+")


def set_up(level: str = "info") -> None:
    """Have structlog and the libraries' own loggers write in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    last: list[Any] = [spell_out, structlog.dev.ConsoleRenderer()] if sys.stderr.isatty() else [structlog.processors.JSONRenderer()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "gunicorn", "gunicorn.error", "werkzeug", "engineio", "socketio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def hide_secrets(logger: Any, method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Mask what is named like a secret, and links that sign somebody in."""
    for name, value in entry.items():
        if SECRET_NAMES.search(name):
            entry[name] = "***"
        elif isinstance(value, str):
            entry[name] = QUERY.sub(r"\1***", SECRET_PATHS.sub(r"\1***", value))
    return entry


def spell_out(logger: Any, method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """For terminals: what would move the cursor, colour or turn the line around is spelt out. JSON does that by itself."""
    for name, value in entry.items():
        if isinstance(value, str) and name != "exception":  # its lines are lines
            entry[name] = UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return entry
