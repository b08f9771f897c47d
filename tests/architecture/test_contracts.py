"""The import contracts hold, and each is seen to break when somebody breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("portal", "workspaces", "search")

# A line planted in a file of a copy, and the contract that must then fail.
PLANTS = {
    "search → workspaces → portal": ("portal/accounts/queries.py", "import workspaces.forums.models"),
    "inside portal: features → web → kernel": ("portal/helpers.py", "BITS = 1"),
    "inside workspaces: on top → the others → forums → rooms": (
        "workspaces/rooms/models.py",
        "import workspaces.library.models",
    ),
    "inside search: pages → indexer → engines": ("search/engines/query.py", "import search.finding.queries"),
    "inside a feature: faces → actions → queries → policy → models": ("workspaces/forums/policy.py", "import workspaces.forums.actions"),
    "the kernel knows no web framework and no index": ("portal/kernel/ids.py", "import flask"),
    "models, policy, queries and actions know neither": ("portal/accounts/models.py", "import whoosh"),
}


def contracts(folder: Path) -> dict[str, str]:
    """KEPT or BROKEN, by contract, of the sources in a folder."""
    run = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    said = subprocess.run([sys.executable, "-c", run, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    found = {}
    for line in said.stdout.splitlines():
        name, _space, verdict = line.rpartition(" ")
        if verdict in ("KEPT", "BROKEN"):
            found[name] = verdict
    assert found, said.stdout + said.stderr
    return found


def test_all_contracts_are_kept() -> None:
    assert {name for name, verdict in contracts(ROOT).items() if verdict != "KEPT"} == set()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources alone, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_breaks_when_it_is_broken(copy: Path) -> None:
    for name, line in PLANTS.values():
        path = copy / name
        path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    assert contracts(copy) == dict.fromkeys(PLANTS, "BROKEN")
