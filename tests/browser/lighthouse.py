"""What Lighthouse says of the main pages, as a client with a phone meets them; asked of the tests' world.

    make lighthouse

Its throttling is simulated: 4 times slower, on a slow 4G. Pages come through nginx, by the file of docs/deploy, as in an installation.
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
from tests.portal.platform.proxied import NAME, NGINX, behind_nginx
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
URL = f"https://{NAME}"
RUNS = int(os.environ.get("MAINSTAY_LIGHTHOUSE_RUNS", "1"))


def main() -> None:
    if not (JUDGES / "lighthouse").is_dir():
        sys.exit("Lighthouse is not here: make lighthouse fetches it with npm.")
    if not NGINX:
        sys.exit("nginx is not here (Debian: apt-get install nginx-light).")
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        house = wsgi.build_house(prepared(Settings(data_dir=data)))
        migrations.migrate(house)
        with house.db.writing() as session:
            world = estate.build(house, session)
            link = sign_ins.make_link(session, session.get_one(Person, world.pks["petra"]))
        house.close()
        running = Running(data, MAINSTAY_BASE_URL=URL, MAINSTAY_TRUSTED_PROXIES="1", MAINSTAY_X_ACCEL="on")
        proxied = None
        try:
            running.start()
            proxied = behind_nginx(running, data / "nginx")
            flags = [*FLAGS, "--ignore-certificate-errors", f"--host-resolver-rules=MAP {NAME} 127.0.0.1:{proxied.tls}"]
            print(f"| page | {' | '.join(KINDS)} |\n| --- | {' | '.join('---' for _ in KINDS)} |")
            cookie = signed_in(link, flags)
            for name, path in PAGES.items():
                scores = judged(URL + path.format(**world.ids), "" if name == "sign-in" else cookie, data, flags)
                print(f"| {name} | {' | '.join(f'{scores[kind]:.2f}' for kind in KINDS)} |", flush=True)
        finally:
            (proxied or running).stop()


def signed_in(link: str, flags: list[str]) -> str:
    """The cookies of Petra, who has just come in by a link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(ignore_https_errors=True)
        page.goto(URL + link)
        page.locator("main button").first.click()
        page.wait_for_url(lambda at: "/sign-in" not in at)
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        browser.close()
    return cookies


def judged(url: str, cookie: str, data: Path, flags: list[str]) -> dict[str, float]:
    """The median of each kind's scores; what lowers them is said on the error stream."""
    headers = data / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    reports = [report(url, headers, flags) for _ in range(RUNS)]
    for kind in KINDS:
        for each in reports[-1]["categories"][kind]["auditRefs"]:
            audit = reports[-1]["audits"][each["id"]]
            if each["weight"] and (audit["score"] or 0) < 0.9:
                print(f"  {url}: {audit['id']} {audit['score']} {audit.get('displayValue', '')}", file=sys.stderr)
    return {kind: median(each["categories"][kind]["score"] or 0 for each in reports) for kind in KINDS}


def report(url: str, headers: Path, flags: list[str]) -> dict[str, Any]:
    quoted = " ".join(f'{name}="{value}"' if value else name for name, _equals, value in (flag.partition("=") for flag in flags))
    command = [str(JUDGES / "node" / "bin" / "node"), str(JUDGES / "lighthouse" / "cli" / "index.js"), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(KINDS)}", f"--extra-headers={headers}", f"--chrome-flags=--headless=new {quoted}"]
    told = subprocess.run(command, capture_output=True, env=os.environ | {"CHROME_PATH": str(CHROMIUM)}, check=False)
    if told.returncode:
        sys.exit(told.stderr.decode()[-2000:])
    found: dict[str, Any] = json.loads(told.stdout)
    return found


if __name__ == "__main__":
    main()
