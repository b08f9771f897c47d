"""The files of docs/deploy, as far as a machine without the service manager and the container engine can judge them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.architecture.sources import ROOT

DEPLOY = ROOT / "docs" / "deploy"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("name", ["mainstay.service", "mainstay-worker.service"])
def test_units_are_understood_and_leave_little_open(tmp_path: Path, name: str) -> None:
    unit = tmp_path / name
    unit.write_text((DEPLOY / name).read_text().replace("/srv/mainstay/app/.venv/bin/mainstay", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in verified.stderr.splitlines() if name in line] == []
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(unit)], capture_output=True, check=False
    )
    assert judged.returncode == 0, judged.stdout.decode()[-300:]


def test_compose_files_say_the_same_service_and_only_settings_that_exist() -> None:
    one, scaled = (yaml.safe_load((DEPLOY / name).read_text()) for name in ("compose.yaml", "compose.scaled.yaml"))
    assert one["services"]["mainstay"]["ports"] == ["127.0.0.1:8000:8000"], "reached through the proxy alone"
    assert (DEPLOY / one["services"]["mainstay"]["build"]["context"]).resolve() == ROOT
    lines = [*one["services"]["mainstay"]["environment"], *scaled["services"]["mainstay"]["environment"]]
    told = {each.partition("=")[0] for each in lines}
    assert {"MAINSTAY_BASE_URL", "MAINSTAY_MAIL_URL", "MAINSTAY_REDIS_URL"} <= told
    documented = set(re.findall(r"^\| `(MAINSTAY_[A-Z_]+)`", (ROOT / "docs/operating.md").read_text(), re.MULTILINE))
    assert told <= documented
    assert set(scaled["services"]["mainstay"]["depends_on"]) <= set(scaled["services"])
