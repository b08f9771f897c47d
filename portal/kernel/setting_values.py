"""How the values of settings are read, each with what is expected where it is wrong."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cronsim import CronSim, CronSimError
from limits import parse_many

SECRET_NAMES = ("secret", "password", "key")
WHOOSH, POSTGRESQL = "whoosh:", "postgresql:"  # of the search index: in the data directory, in the database
INDEXES = "the URL of a PostgreSQL database of its own (postgresql+psycopg://…)"
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


class WrongSetting(Exception):
    """A setting's value cannot be used; the one line names variable, value (secrets masked) and what is expected."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"MAINSTAY_{name.upper()}={masked(name, str(value))}: expected {expected}")


def line(name: str, value: Any) -> str:
    return str(value).strip()


def path(name: str, value: Any) -> Path:
    return Path(str(value)).expanduser()


def one_of(*choices: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if str(value) not in choices:
            raise WrongSetting(name, value, "one of " + ", ".join(choices))
        return str(value)

    return read


def index(name: str, value: Any) -> str:
    told = str(value).strip().rstrip("/") or WHOOSH
    if told not in (WHOOSH, POSTGRESQL) and not told.startswith("postgresql+psycopg://"):
        raise WrongSetting(name, value, f"{WHOOSH}, {POSTGRESQL} or {INDEXES}")
    return told


def scheme(*schemes: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if value and not str(value).startswith(schemes):
            raise WrongSetting(name, value, "a URL that begins with " + " or ".join(schemes))
        return str(value).rstrip("/")

    return read


def inbound(name: str, value: Any) -> str:
    told = str(value).strip().rstrip("/")
    if told:
        try:
            parts = urlsplit(told)
            fine = parts.scheme == "lmtp" and parts.hostname and parts.port and not parts.path and not parts.username
        except ValueError:
            fine = False
        if not fine:
            raise WrongSetting(name, value, "lmtp://HOST:PORT to listen at")
    return told


def host_name(name: str, value: Any) -> str:
    told = str(value).strip().lower().lstrip("@")
    if told and not re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", told):
        raise WrongSetting(name, value, "a domain such as in.example.com")
    return told


def place(name: str, value: Any) -> str:
    """file:, or s3://bucket/prefix with at most an endpoint and a region; who we are there is no business of an address."""
    told = str(scheme("file:", "s3://")(name, value))
    parts = urlsplit(told)
    if parts.scheme == "s3" and (not parts.hostname or "@" in parts.netloc or not set(parse_qs(parts.query)) <= {"endpoint", "region"}):
        raise WrongSetting(name, value, "s3://bucket/prefix, with ?endpoint=https://… where it is not Amazon's; keys by AWS_ACCESS_KEY_ID")
    return told


def size(name: str, value: Any) -> int:
    text = str(value).strip().upper()
    unit = UNITS.get(text[-2:], 1)
    try:
        size = int(float(text.removesuffix(text[-2:] if unit > 1 else "")) * unit)
    except ValueError:
        size = 0
    if size < 1:
        raise WrongSetting(name, value, "a size such as 500 MB or 2 GB")
    return size


def size_or_none(name: str, value: Any) -> int:
    return size(name, value) if str(value).strip() else 0


def count(name: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(name, value, "a whole number") from None


def paces(name: str, value: Any) -> str:
    told = str(value).strip()
    try:
        if told:
            parse_many(told)
    except ValueError:
        raise WrongSetting(name, value, "limits such as 20/minute, 200/hour, 1000/day") from None
    return told


def switch(name: str, value: Any) -> bool:
    told = str(value).strip().lower()
    if told not in ("on", "off", "true", "false", "yes", "no", "1", "0"):
        raise WrongSetting(name, value, "on or off")
    return told in ("on", "true", "yes", "1")


def at_least_one(name: str, value: Any) -> int:
    if (told := count(name, value)) < 1:
        raise WrongSetting(name, value, "a whole number from 1")
    return told


def cron(name: str, value: Any) -> str:
    try:
        CronSim(str(value), datetime.now(UTC))
    except CronSimError:
        raise WrongSetting(name, value, 'five fields of a cron line in UTC, such as "30 2 * * *"') from None
    return str(value)


def names(name: str, value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else str(value).split(",")
    return tuple(str(each).strip() for each in listed if str(each).strip())


def masked(name: str, value: str) -> str:
    if any(word in name.lower() for word in SECRET_NAMES):
        return "***"
    parts = urlsplit(value)
    return value.replace(parts.password, "***") if parts.password else value
