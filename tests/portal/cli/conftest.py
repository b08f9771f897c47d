"""Commands run in this process on the test's own data directory."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from alembic import command
from click.testing import CliRunner, Result

import wsgi
from portal.cli.main import cli
from portal.kernel import migrations
from portal.kernel.house import House
from portal.kernel.shell import Program

Run = Callable[..., Result]


@pytest.fixture
def mainstay(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`mainstay("user", "list")`: the result of a command. The world's database counts as migrated."""
    monkeypatch.setenv("MAINSTAY_DATA_DIR", str(house.settings.data_dir))
    monkeypatch.setenv("MAINSTAY_DATABASE_URL", house.settings.database_url)
    migrations.run(house.db, command.stamp, "head")
    for each in wsgi.COMMANDS:
        cli.add_command(each)
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, arguments, obj=Program(wsgi.build_house, wsgi.create_app, lambda house: []))
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    yield run
    structlog.reset_defaults()
    root.handlers[:] = kept
    root.setLevel(level)


def told(result: Result) -> Any:
    """What a command printed as JSON."""
    return json.loads(result.stdout)
