"""Commands, as those of the shell are tried."""

from tests.portal.cli.conftest import mainstay

__all__ = ["mainstay"]
