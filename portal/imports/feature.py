"""What imports bring: their pages and commands, and the worker's part."""

from portal.imports import cli, copies, jobs, policy, views
from portal.kernel.feature import Feature

IMPORTS = Feature(declares=(copies, jobs, policy), pages=(views.pages,), commands=(cli.importing,))
