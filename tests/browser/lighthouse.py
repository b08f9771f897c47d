"""What Lighthouse says of the main pages, as a client with a phone meets them; asked of the tests' world.

    make lighthouse

Its throttling is simulated: 4 times slower, on a slow 4G. Pages come from the program itself, so nothing is compressed as a proxy would.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

import wsgi
from portal.kernel import migrations
from portal.kernel.settings import Settings, prepared
from portal.people import sign_ins
from portal.people.models import Person
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.running import Running
from tests.security import estate

JUDGES = Path(__file__).parent / "judges" / "node_modules"
KINDS = ("performance", "accessibility", "best-practices")
PAGES = {
    "sign-in": "/sign-in",
    "home": "/w/{room}/",
    "discussion": "/w/{room}/discussions/{topic}",
    "files": "/w/{room}/files/",
    "search": "/search?q=gateways",
    "plan": "/w/{room}/plan",
}
RUNS = int(os.environ.get("MAINSTAY_LIGHTHOUSE_RUNS", "1"))


def main() -> None:
    if not (JUDGES / "lighthouse").is_dir():
        sys.exit("Lighthouse is not here: make lighthouse fetches it with npm.")
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        house = wsgi.build_house(prepared(Settings(data_dir=data)))
        migrations.migrate(house)
        with house.db.writing() as session:
            world = estate.build(house, session)
            link = sign_ins.make_link(session, session.get_one(Person, world.pks["petra"]))
        house.close()
        running = Running(data)
        running.start()
        try:
            print(f"| page | {' | '.join(KINDS)} |\n| --- | {' | '.join('---' for _ in KINDS)} |")
            cookie = signed_in(running.url, link)
            for name, path in PAGES.items():
                scores = judged(running.url + path.format(**world.ids), "" if name == "sign-in" else cookie, data)
                print(f"| {name} | {' | '.join(f'{scores[kind]:.2f}' for kind in KINDS)} |", flush=True)
        finally:
            running.stop()


def signed_in(url: str, link: str) -> str:
    """The cookies of Petra, who has just come in by a link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(url + link)
        page.locator("main button").first.click()
        page.wait_for_url(lambda at: "/sign-in" not in at)
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        browser.close()
    return cookies


def judged(url: str, cookie: str, data: Path) -> dict[str, float]:
    """The median of each kind's scores; what lowers them is said on the error stream."""
    headers = data / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    reports = [report(url, headers) for _ in range(RUNS)]
    for audit in reports[-1]["audits"].values():
        if audit.get("score") is not None and audit["score"] < 0.9:
            print(f"  {url}: {audit['id']} {audit['score']} {audit.get('displayValue', '')}", file=sys.stderr)
    return {kind: median(each["categories"][kind]["score"] or 0 for each in reports) for kind in KINDS}


def report(url: str, headers: Path) -> dict[str, Any]:
    command = [str(JUDGES / "node" / "bin" / "node"), str(JUDGES / "lighthouse" / "cli" / "index.js"), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(KINDS)}", f"--extra-headers={headers}", f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    told = subprocess.run(command, check=True, capture_output=True, env=os.environ | {"CHROME_PATH": str(CHROMIUM)})
    found: dict[str, Any] = json.loads(told.stdout)
    return found


if __name__ == "__main__":
    main()
