"""Settings: environment variables, or the same keys in mainstay.toml; all optional."""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.kernel import setting_values as values
from portal.kernel.setting_values import INDEXES, POSTGRESQL, WHOOSH, WrongSetting

LIBRARIES = (  # setting, how it begins, what it needs, the extra that brings it
    ("database_url", "postgresql", "psycopg", "postgres"),
    ("redis_url", ("redis", "unix"), "redis", "redis"),
    ("storage_url", "s3:", "obstore", "s3"),
)


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
    read = Settings(**{name: _READ.get(name, values.line)(name, value) for name, value in told.items()})
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


_READ: dict[str, Callable[[str, Any], Any]] = {
    "data_dir": values.path,
    "database_url": values.scheme("sqlite:///", "postgresql+psycopg://"),
    "search_url": values.index,
    "storage_url": values.place,
    "redis_url": values.scheme("redis://", "rediss://", "unix://"),
    "base_url": values.scheme("http://", "https://"),
    "mail_url": values.scheme("maildir:", "smtp://", "smtps://"),
    "inbound_url": values.inbound,
    "inbound_domain": values.host_name,
    "inbound_authserv": values.host_name,
    "host_names": values.names,
    "trusted_proxies": values.count,
    "max_upload": values.size,
    "workspace_quota": values.size_or_none,
    "api_limit": values.count,
    "post_limit": values.paces,
    "post_limit_team": values.paces,
    "x_accel": values.switch,
    "clamd_url": values.scheme("tcp://", "unix:/"),
    "backup_dir": values.path,
    "backup_schedule": values.cron,
    "backup_keep": values.at_least_one,
    "outbound_loopback": values.switch,
    "log": values.one_of("debug", "info", "warning", "error"),
}
