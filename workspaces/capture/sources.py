"""How an event finds what came."""

from portal.kernel.sources import Source, source
from workspaces.capture.models import Captured
from workspaces.capture.policy import May


def captured_path(captured: Captured) -> str:
    """The page that shows it as it came."""
    return f"/captured/{captured.id}"


source(Source("captured", Captured, May.READ_CAPTURED, url=captured_path, title=lambda captured: captured.name))
