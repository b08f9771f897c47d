"""For development: the command runs as a child, which is started again when a Python file changes."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from portal.kernel.shell import grumble

ROOT = Path(__file__).parent.parent.parent
WATCHED = ("portal", "workspaces", "search", "templates", "static/dist")


def reload_forever(command: list[str]) -> NoReturn:
    """Run the command again and again until this process is told to stop."""
    child = subprocess.Popen(command)  # noqa: S603  (our own command line, without --reload)

    def end(sig: int, frame: Any) -> None:
        child.terminate()
        sys.exit(child.wait(20))

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    seen = _stamps()
    while True:
        time.sleep(0.5)
        if (stamps := _stamps()) == seen:
            continue
        seen = stamps
        grumble("The code changed: starting again.")
        child.terminate()
        child.wait(20)
        child = subprocess.Popen(command)  # noqa: S603


def _stamps() -> dict[Path, int]:
    """When each watched file was last written."""
    files = [ROOT / "wsgi.py"]
    for folder in WATCHED:
        files += (each for each in (ROOT / folder).rglob("*") if each.suffix in (".py", ".html", ".css", ".js", ".txt"))
    return {each: each.stat().st_mtime_ns for each in files if each.exists()}
