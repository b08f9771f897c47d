"""Settings: environment variables, or the same keys in mainstay.toml; all optional."""

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cronsim import CronSim, CronSimError
from limits import parse_many

SECRET_NAMES = ("secret", "password", "key")
WHOOSH, POSTGRESQL = "whoosh:", "postgresql:"  # of the search index: in the data directory, in the database
INDEXES = "the URL of a PostgreSQL database of its own (postgresql+psycopg://…)"
LIBRARIES = (  # setting, how it begins, what it needs, the extra that brings it
    ("database_url", "postgresql", "psycopg", "postgres"),
    ("redis_url", ("redis", "unix"), "redis", "redis"),
    ("storage_url", "s3:", "obstore", "s3"),
)
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


class WrongSetting(Exception):
    """A setting's value cannot be used; the one line names variable, value (secrets masked) and what is expected."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"MAINSTAY_{name.upper()}={_masked(name, str(value))}: expected {expected}")


@dataclass(frozen=True)
class Settings:
    """What an operator may decide without touching the code. Times in seconds, sizes in bytes."""

    data_dir: Path = Path("var")
    database_url: str = ""
    search_url: str = WHOOSH
    storage_url: str = "file:"
    redis_url: str = ""
    base_url: str = ""
    host_names: tuple[str, ...] = ()
    trusted_proxies: int = 0
    mail_from: str = ""
    mail_url: str = "maildir:"
    inbound_url: str = ""
    inbound_domain: str = ""
    inbound_authserv: str = ""
    max_upload: int = 2 * 10**9
    workspace_quota: int = 0
    api_limit: int = 2000
    post_limit: str = ""
    post_limit_team: str = ""
    x_accel: bool = False
    clamd_url: str = ""
    backup_dir: Path | None = None
    backup_schedule: str = "30 2 * * *"
    backup_keep: int = 14
    outbound_loopback: bool = False
    log: str = "info"
    secret_key: str = field(default="", repr=False)

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def index_url(self) -> str:
        """What the search engine is opened by: a directory, or a database."""
        if self.search_url == WHOOSH:
            return f"whoosh://{self.index_dir}"
        return self.database_url if self.search_url == POSTGRESQL else self.search_url

    @property
    def capture_domain(self) -> str:
        """What stands behind the @ of the addresses that mail comes to."""
        return self.inbound_domain or (urlsplit(self.base_url).hostname or "localhost").lower()

    @property
    def blobs_dir(self) -> Path:
        return self.data_dir / "blobs"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def secure(self) -> bool:
        """Whether people reach it over https: decides `__Host-` and Secure cookies, and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names answered to; the base URL's host, the named ones, and loopback where there is neither."""
        named = {name.lower() for name in self.host_names}
        if self.base_url:
            named.add((urlsplit(self.base_url).hostname or "").lower())
        return frozenset(named or {"127.0.0.1", "localhost", "::1"})


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Settings from the environment over mainstay.toml over the defaults. Raises WrongSetting with one line."""
    environ = os.environ if environ is None else environ
    told = _from_file(file or Path("mainstay.toml"))
    known = {each.name for each in fields(Settings)}
    for name in known:
        if value := environ.get(f"MAINSTAY_{name.upper()}"):  # an empty one is as good as none
            told[name] = value
    for name in told:
        if name not in known:
            raise WrongSetting(name, told[name], "a setting of that name in docs/operating.md")
    read = Settings(**{name: _READ.get(name, _text)(name, value) for name, value in told.items()})
    _refuse_what_cannot_work(read)
    return prepared(read)


def prepared(settings: Settings) -> Settings:
    """The settings with the data directory made and what was left out derived."""
    data = settings.data_dir.resolve()
    try:
        for folder in (data, data / "blobs", data / "uploads", data / "logs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting("data_dir", data, f"a directory that can be written ({error.strerror})") from error
    made = Settings(
        **{each.name: getattr(settings, each.name) for each in fields(Settings)}
        | {
            "data_dir": data,
            "database_url": settings.database_url or f"sqlite:///{data / 'mainstay.db'}",
            "backup_dir": settings.backup_dir.resolve() if settings.backup_dir else None,
            "secret_key": settings.secret_key or _own_secret(data / "secret_key"),
        }
    )
    if made.search_url == POSTGRESQL and made.database_url.startswith("sqlite"):
        raise WrongSetting("search_url", made.search_url, f"{INDEXES}, because the database is SQLite")
    return made


def _refuse_what_cannot_work(told: Settings) -> None:
    """Each setting may be right, and together they are not."""
    for name, begins, library, extra in LIBRARIES:
        value = str(getattr(told, name))
        if value.startswith(begins) and find_spec(library) is None:
            raise WrongSetting(name, value, f"the Python package {library} to be installed (pip install -e .[{extra}])")
    if told.x_accel and told.storage_url.startswith("s3:"):
        raise WrongSetting("x_accel", "on", "files in the data directory (MAINSTAY_STORAGE_URL=file:), which a proxy can send")


def _own_secret(path: Path) -> str:
    """The key made on the first start; two first starts at once agree on one."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return path.read_text().strip()


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        told = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise WrongSetting("(file)", path, f"a readable TOML file ({error})") from error
    return {key.lower().removeprefix("mainstay_"): value for key, value in told.items()}


def _text(name: str, value: Any) -> str:
    return str(value).strip()


def _path(name: str, value: Any) -> Path:
    return Path(str(value)).expanduser()


def _one_of(*choices: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if str(value) not in choices:
            raise WrongSetting(name, value, "one of " + ", ".join(choices))
        return str(value)

    return read


def _index(name: str, value: Any) -> str:
    told = str(value).strip().rstrip("/") or WHOOSH
    if told not in (WHOOSH, POSTGRESQL) and not told.startswith("postgresql+psycopg://"):
        raise WrongSetting(name, value, f"{WHOOSH}, {POSTGRESQL} or {INDEXES}")
    return told


def _scheme(*schemes: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if value and not str(value).startswith(schemes):
            raise WrongSetting(name, value, "a URL that begins with " + " or ".join(schemes))
        return str(value).rstrip("/")

    return read


def _inbound(name: str, value: Any) -> str:
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


def _host_name(name: str, value: Any) -> str:
    told = str(value).strip().lower().lstrip("@")
    if told and not re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", told):
        raise WrongSetting(name, value, "a domain such as in.example.com")
    return told


def _place(name: str, value: Any) -> str:
    """file:, or s3://bucket/prefix with at most an endpoint and a region; who we are there is no business of an address."""
    told = str(_scheme("file:", "s3://")(name, value))
    parts = urlsplit(told)
    if parts.scheme == "s3" and (not parts.hostname or "@" in parts.netloc or not set(parse_qs(parts.query)) <= {"endpoint", "region"}):
        raise WrongSetting(name, value, "s3://bucket/prefix, with ?endpoint=https://… where it is not Amazon's; keys by AWS_ACCESS_KEY_ID")
    return told


def _size(name: str, value: Any) -> int:
    text = str(value).strip().upper()
    unit = UNITS.get(text[-2:], 1)
    try:
        size = int(float(text.removesuffix(text[-2:] if unit > 1 else "")) * unit)
    except ValueError:
        size = 0
    if size < 1:
        raise WrongSetting(name, value, "a size such as 500 MB or 2 GB")
    return size


def _size_or_none(name: str, value: Any) -> int:
    return _size(name, value) if str(value).strip() else 0


def _count(name: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(name, value, "a whole number") from None


def _paces(name: str, value: Any) -> str:
    told = str(value).strip()
    try:
        if told:
            parse_many(told)
    except ValueError:
        raise WrongSetting(name, value, "limits such as 20/minute, 200/hour, 1000/day") from None
    return told


def _switch(name: str, value: Any) -> bool:
    told = str(value).strip().lower()
    if told not in ("on", "off", "true", "false", "yes", "no", "1", "0"):
        raise WrongSetting(name, value, "on or off")
    return told in ("on", "true", "yes", "1")


def _at_least_one(name: str, value: Any) -> int:
    if (count := _count(name, value)) < 1:
        raise WrongSetting(name, value, "a whole number from 1")
    return count


def _cron(name: str, value: Any) -> str:
    try:
        CronSim(str(value), datetime.now(UTC))
    except CronSimError:
        raise WrongSetting(name, value, 'five fields of a cron line in UTC, such as "30 2 * * *"') from None
    return str(value)


def _names(name: str, value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else str(value).split(",")
    return tuple(str(each).strip() for each in listed if str(each).strip())


def _masked(name: str, value: str) -> str:
    if any(word in name.lower() for word in SECRET_NAMES):
        return "***"
    parts = urlsplit(value)
    return value.replace(parts.password, "***") if parts.password else value


_READ: dict[str, Callable[[str, Any], Any]] = {
    "data_dir": _path,
    "database_url": _scheme("sqlite:///", "postgresql+psycopg://"),
    "search_url": _index,
    "storage_url": _place,
    "redis_url": _scheme("redis://", "rediss://", "unix://"),
    "base_url": _scheme("http://", "https://"),
    "mail_url": _scheme("maildir:", "smtp://", "smtps://"),
    "inbound_url": _inbound,
    "inbound_domain": _host_name,
    "inbound_authserv": _host_name,
    "host_names": _names,
    "trusted_proxies": _count,
    "max_upload": _size,
    "workspace_quota": _size_or_none,
    "api_limit": _count,
    "post_limit": _paces,
    "post_limit_team": _paces,
    "x_accel": _switch,
    "clamd_url": _scheme("tcp://", "unix:/"),
    "backup_dir": _path,
    "backup_schedule": _cron,
    "backup_keep": _at_least_one,
    "outbound_loopback": _switch,
    "log": _one_of("debug", "info", "warning", "error"),
}
