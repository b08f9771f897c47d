"""The Nu HTML checker, which decides what is valid HTML. `make judges` fetches it; it needs Java."""

import json
import shutil
import subprocess
from pathlib import Path

JAR = Path(__file__).parent / "judges" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
JAVA = shutil.which("java")
IS_HERE = JAVA is not None and JAR.is_file()


def faults(folder: Path) -> list[str]:
    """What is wrong with the .html files of a folder, one line for each fault; the same fault of many pages is told once.
    Nothing where the checker is not here, which a test says by being skipped."""
    if not IS_HERE:
        return []
    command = [str(JAVA), "-Xss2m", "-jar", str(JAR), "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stderr)
    pages: dict[str, list[str]] = {}
    for each in said["messages"]:
        line = f"{each.get('subType') or each['type']}: {each['message']} | {' '.join(each.get('extract', '').split())}"
        pages.setdefault(line, []).append(Path(each["url"]).stem)
    return [f"{line} | {', '.join(sorted(set(names))[:3])} and others: {len(names)}" for line, names in pages.items()]
