"""What copies bring: an account taken out and brought in."""

import click

from portal.kernel.feature import Feature
from search.copies import events
from search.copies.cli import bring_copy, export


@click.group(name="import")
def importing() -> None:
    """Bring in what was written elsewhere. A second run changes nothing."""


importing.add_command(bring_copy)

COPIES = Feature(declares=(events,), commands=(export, importing))
