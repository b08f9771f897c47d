"""A picture of every page as it stands in test_pages: wide and on a phone, light and dark, and the four side by side on one sheet.

    make pictures                     every page, into screenshots/
    make pictures ONLY=introduction   only those whose name holds this

`screenshots/index.html` shows all of the sheets. The test itself makes the pictures, so that none is of a page that it has not judged.
"""

import argparse
import html
import os
import sys

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, SHOTS

VARIANTS = ("wide-light", "wide-dark", "phone-light", "phone-dark")
STYLE = """body { margin: 0; padding: 16px; font: 20px sans-serif; background: #777; color: #fff } h2 { font-size: 20px }
section { display: flex; gap: 12px; align-items: flex-start } .phone { width: 390px } .wide { width: 1360px } p { margin: 4px 0 }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORDS", help="only pages whose name holds this")
    only = parser.parse_args().only
    for old in SHOTS.glob("*.png"):
        if only in old.name:
            old.unlink()
    os.environ["MAINSTAY_PICTURES"] = only
    failed = pytest.main(["-q", "-p", "no:cacheprovider", "tests/browser/test_pages.py", "-k", "clean"])
    names = sorted({each.name.removesuffix(f"-{VARIANTS[0]}.png") for each in SHOTS.glob(f"page-*-{VARIANTS[0]}.png")})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 3600, "height": 900})
        for name in (each for each in names if only in each):
            sheet = SHOTS / f"{name}.html"
            sheet.write_text(document(section(name)))
            page.goto(sheet.resolve().as_uri())
            page.screenshot(path=SHOTS / f"{name.replace('page-', 'sheet-', 1)}.png", full_page=True)
            sheet.unlink()
        browser.close()
    (SHOTS / "index.html").write_text(document(*[section(name) for name in names]))
    print(f"{len(names)} pages in {SHOTS / 'index.html'}")
    sys.exit(failed)


def section(name: str) -> str:
    shown = [f'<img class="{each.split("-")[0]}" loading="lazy" src="{name}-{each}.png" alt="{each}">' for each in VARIANTS]
    return f"<h2>{html.escape(name.removeprefix('page-'))}</h2><section>{''.join(shown)}</section>"


def document(*sections: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><title>Every page</title><style>{STYLE}</style>{"".join(sections)}'


if __name__ == "__main__":
    main()
