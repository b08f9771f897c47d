"""The `mainstay` command. Features bring their own commands; wsgi.py adds them."""

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from portal.kernel import migrations
from portal.kernel.backups import Unusable
from portal.kernel.errors import Refused
from portal.kernel.setting_values import WrongSetting


class Commands(click.Group):
    """A group whose refusals are one line each, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (WrongSetting, migrations.Unfit, Unusable, Refused) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"The database cannot be used: {error.orig}") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Mainstay, a client-workspace portal: serve it, look after it.

    Settings come from the environment or mainstay.toml; see docs/operating.md.
    """
