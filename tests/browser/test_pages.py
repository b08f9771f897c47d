"""Every page, as the people who see it see it: no fault of axe's, no sideways scrolling, one heading, a picture kept to look at.

A new page needs its line in PAGES (or in NO_PAGES, with a reason), and a name in ARGUMENTS for each new part of its address.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

import wsgi
from portal.kernel import migrations
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from portal.notices import stops
from portal.people import sign_ins
from portal.people.models import Person
from tests.browser.conftest import PHONE, SHOTS, WIDE, Site, reopened
from tests.running import Running
from tests.security import estate
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Invitation, Workspace

OWN_WORDS = "The survey and the proposal are in one place now. Have a look before Thursday, and ask whatever you like."
VENDOR = "Tidewell Instruments"
ONLY = os.environ.get("MAINSTAY_PICTURES", "")  # of `make pictures`
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = r"""async tags => {
  const found = await axe.run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return {
    axe: found.violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.target.join(" ")}: ${node.failureSummary}`)),
    width: document.documentElement.scrollWidth,
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    spelled: document.body.innerText.match(/<\/?(a|b|time|span|strong|em|p)\b[^>]*>|%\(\w+\)|&\w+;/g) || [],
  };
}"""

SEND = """fields => {
  const form = [...document.querySelectorAll("main form")].find(form => fields.every(([name]) => form.elements[name]));
  for (const [name, value] of fields) form.elements[name].value = value;
  form.submit();
}"""

# Who looks at the pages of each endpoint. Petra is a member, Mark moderates, Rolf only reads; Rhea owns, Mona manages, Ada is admin.
PAGES = {
    "accounts.list_accounts": "rhea mona",
    "accounts.show_account": "rhea",
    "accounts.edit_account": "rhea",
    "accounts.show_note": "rhea",
    "accounts.edit_note": "rhea",
    "accounts.new_note": "rhea",
    "accounts.show_kept_apart": "mona",
    "accounts.show_owner": "mona",
    "accounts.list_contacts": "rhea",
    "accounts.edit_contact": "rhea",
    "accounts.new_account": "rhea",
    "brief.show_brief": "rhea",
    "calendar.show_address": "petra rhea",
    "admin.health": "ada",
    "admin.list_people": "ada mona",
    "admin.list_tokens": "ada",
    "admin.show_person": "ada",
    "admin.ask_suspend": "ada",
    "admin.new_person": "ada",
    "admin.settings": "ada",
    "copies.show_export": "petra rhea",
    "files.choose_folder": "petra",
    "files.edit_file": "petra",
    "files.show_file": "petra rhea",
    "files.show_who": "petra",
    "versions.compare": "petra",
    "finding.search_page": "petra rhea",
    "previews.show_page": "petra rhea",
    "forums.list_drafts": "petra rhea",
    "forums.list_forums": "rhea",
    "forums.list_topics": "petra rhea rolf",
    "forums.new_topic": "petra rhea",
    "forums.show_change": "petra mark",
    "forums.show_edit": "petra",
    "forums.show_forum": "rhea",
    "forums.show_history": "petra",
    "forums.show_menu": "petra mark rhea",
    "forums.show_readers": "petra rhea",
    "forums.list_tags": "petra mark",
    "forums.show_merge": "mark",
    "forums.show_move": "mark rhea",
    "forums.show_split": "rhea",
    "forums.show_topic": "petra rhea rolf",
    "forums.show_who": "rhea",
    "categories.show_all": "rhea",
    "categories.show_noticed": "rhea",
    "categories.show_post": "rhea",
    "finding.people_page": "petra rhea",
    "finding.show_answered": "rhea",
    "hooks.everybodys": "ada",
    "hooks.index": "rhea",
    "hooks.show": "rhea",
    "imports.list_imports": "ada",
    "imports.show": "ada",
    "library.choose_parent": "rhea",
    "reading.show_reading": "rhea",
    "library.edit_folder": "rhea",
    "library.show_folder": "petra",
    "library.show_library": "petra rhea rolf",
    "library.show_removed": "petra mark",
    "library.show_who": "petra",
    "moderation.ask_report": "mark rhea",
    "moderation.edit_held": "petra",
    "moderation.show_flag": "rolf",
    "moderation.show_held": "petra mark",
    "moderation.show_queue": "rhea mark petra",
    "moderation.show_ruling": "mark",
    "capture.show": "rhea",
    "capture.show_original": "rhea",
    "capture.show_workspace": "rhea",
    "handover.list_handovers": "ada",
    "handover.show_handover": "ada",
    "links.show_account": "rhea",
    "names.show_name": "mona rhea",
    "names.show_names": "mona rhea",
    "notices.choices": "petra rhea",
    "notices.inbox": "petra rhea",
    "notices.offer": "nobody",
    "people.appearance": "petra",
    "people.ask_password": "nobody",
    "people.keyboard": "rhea",
    "people.profile": "petra rhea",
    "plan.show_item": "petra rhea rolf",
    "plan.show_plan": "petra rhea rolf",
    "promises.show_account": "rhea",
    "promises.show_promise": "rhea",
    "promises.show_questions": "rhea",
    "promises.show_workspace": "petra rhea",
    "people.security": "petra rhea",
    "people.show_link": "nobody",
    "people.sign_in": "nobody",
    "references.find_references": "rhea",
    "references.show_contact": "rhea",
    "references.show_own": "petra mark",
    "references.show_request": "petra rhea",
    "requests.show_asked": "nobody",
    "requests.show_asking": "nobody otto",
    "requests.show_proposing": "petra",
    "requests.show_request": "rhea petra",
    "requests.show_requests": "rhea",
    "shelf.choose_masters": "rhea",
    "shelf.show_shelf": "rhea",
    "rooms.choose_view": "rhea",
    "rooms.invitations": "rhea",
    "rooms.list_workspaces": "rhea rolf",
    "rooms.new_workspace": "rhea",
    "rooms.show_groups": "rhea",
    "rooms.show_home": "petra rhea rolf",
    "rooms.show_invitation": "nobody",
    "rooms.show_people": "petra mark rhea",
    "rooms.show_settings": "rhea",
    "space.show_space": "ada",
    "today.show_today": "rhea mona",
    "trail.show_trail": "rhea",
}
ARGUMENTS = {
    "account": "calder", "captured": "held_letter", "contact": "contact", "handover": "proposed_handover",
    "entry_request": "proposed_request",
    "file": "file", "flag": "ruled_flag", "folder": "folder", "forum": "general", "held": "held", "note": "note", "page": "number",
    "person": "rhea", "plan_item": "plan_item", "post": "asked_post", "promise": "promise",
    "reference_request": "reference_request", "ruling": "ruling", "run": "import", "topic": "topic",
    "webhook": "rhea_webhook", "word": "name", "workspace": "room",
}  # fmt: skip
NO_PAGES = {
    "handover.ask_handover": "of somebody: among MORE",
    "capture.download": "a letter's bytes",
    "calendar.show_calendar": "for calendar programs",
    "communities.show_community": "of a community: among MORE",
    "communities.show_introduction": "of a community: among MORE",
    "communities.show_mine": "of a community: among MORE",
    "copies.download": "an archive's bytes",
    "admin.admin": "leads on",
    "files.download": "a file's bytes",
    "previews.play": "a file's bytes",
    "previews.show_picture": "a picture's bytes",
    "files.preview": "a file's bytes",
    "files.show_aside": "a part of the library's page",
    "moderation.show_held_file": "a file's bytes",
    "library.zip_folder": "an archive's bytes",
    "library.zip_library": "an archive's bytes",
    "notices.counts": "numbers for a page's script",
    "references.ask": "of somebody found: among MORE",
    "references.go_to_reference": "leads on",
    "rooms.show_counts": "numbers for a page's script",
    "finding.completions": "words for the search field",
    "finding.palette": "what the palette offers",
    "forums.next_anywhere": "leads on",
    "picked.show_picked": "a picture's bytes",
    "forums.find_post": "leads on",
    "forums.next_unread": "leads on",
    "forums.show_between": "a part of the discussion's page",
    "forums.show_changes": "what a discussion missed, for its page",
    "forums.show_mentionable": "names for the composer",
    "forums.show_mentionable_in": "names for the composer",
    "forums.show_receipts": "of an announcement: among MORE",
    "forums.show_post": "leads on, or a part of the discussion's page",
    "imports.rejected": "a table's bytes",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "metrics.metrics": "for machines",
    "people.front_door": "leads on",
    "people.me": "leads on",
    "people.setup": "only before anybody is here: its own test",
    "people.wait_for_code": "only while a mail is on its way: among MORE",
    "shelf.choose_places": "of what is on the shelf: among MORE",
    "static_file": "styles and scripts",
}


LIST = "Ida With-A-Long-Name <ida.with-a-long-name-indeed@calder.example>"


@dataclass(frozen=True)
class Visit:
    """One look at a page. `fields` are filled into the first form that has them, which is then sent as it is, unchecked by the browser."""

    viewer: str
    path: str
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()
    place: str = ""  # the endpoint, or the address as it stands in MORE: what its picture is called after

    @property
    def name(self) -> str:
        sent = "-sent" if self.fields and self.status == 200 else ""
        return (
            re.sub(r"\W+", "-", self.place or self.path).strip("-")
            + f"{sent}-{self.viewer}"
            + (f"-{self.status}" if self.status != 200 else "")
        )


MORE = [
    Visit("ada", "/handovers/new?from={rhea}"),
    Visit("rhea", "/accounts/{calder}/edit", 412, (("shown", "what was there before"),)),
    Visit("rhea", "/accounts/{calder}/notes/{note}/edit", 412, (("shown", "what was there before"),)),
    Visit("petra", "/w/{room}/discussions/{topic}/posts/{asked_post}/edit", 412, (("shown", "what was there before"),)),
    Visit("petra", "/w/{archive}/"),
    Visit("petra", "/w/{room}/discussions/{locked_topic}"),
    Visit("petra", "/w/{room}/discussions/{announced_topic}"),
    Visit("rhea", "/w/{room}/discussions/{announced_topic}"),
    Visit("rhea", "/w/{room}/discussions/{announced_topic}/read"),
    Visit("petra", "/w/{room}/discussions?show=unanswered"),
    Visit("mark", "/w/{room}/discussions/{topic}/merge?into={locked_topic}"),
    Visit("rhea", "/w/{room}/discussions/{topic}/move?forum={inner}"),
    Visit("rhea", "/w/{room}/discussions/{topic}/split", 422, (("title", ""),)),
    Visit("petra", "/w/{room}/discussions?forum={inner}&show=mine"),
    Visit("petra", "/search?q=gateways"),
    Visit("petra", "/search?q=zeppelin"),
    Visit("petra", "/w/{room}/files/{folder}?file={picture}"),
    Visit("petra", "/w/{room}/files/f/{picture}"),
    Visit("petra", "/w/{room}/files/f/{film}"),
    Visit("rhea", "/w/{room}/plan/{milestone}"),
    Visit("petra", "/w/{archive}/plan"),
    Visit("rhea", "/w/{room}/discussions/{staff_topic}"),
    Visit("rhea", "/w/{room}/files/{safe}"),
    Visit("rhea", "/w/{room}/people", 200, (("emails", f"{LIST}, petra@calder.example, nobody, new@elsewhere.example"),)),
    Visit("rhea", "/w/{circle}/"),
    Visit("rhea", "/accounts/{brewery}/references"),
    Visit("rhea", "/accounts/{brewery}/references/ask?whom={reference}"),
    Visit("rhea", "/w/{room}/requests/{asked_request}"),
    Visit("rhea", "/w/{room}/requests/{barred_request}"),
    Visit("rhea", "/shelf/{shelf_file}/place"),
    Visit("rhea", "/w/{shelf}/files/f/{shelf_file}"),
    Visit("rhea", "/w/{room}/files/f/{placed_file}"),
    Visit("petra", "/w/{room}/files/f/{placed_file}"),
    Visit("otto", "/w/{room}/", 404),
    Visit("rhea", "/w/{circle}/discussions/new"),
    Visit("rhea", "/w/{circle}/community"),
    Visit("rolf", "/w/{circle}/introductions"),
    Visit("rolf", "/w/{circle}/introductions/{circle_introduction}"),
    Visit("rolf", "/w/{circle}/people"),
    Visit("petra", "/search/people?q=gateways"),
    Visit("rhea", "/search?q=converter"),
    Visit("rhea", "/moderation?show=done"),
    Visit("mark", "/moderation", 422, (("action", "hide"), ("until", ""))),  # of a report
    Visit("mark", "/moderation", 422, (("action", "refuse"),), place="held moderation"),  # of a first message
    Visit("rhea", "/accounts/{calder}/trail?as_of=2025-01-01"),
    Visit("rhea", "/accounts/{calder}/trail?kind=conversations&q=station"),
    Visit("rhea", "/accounts/{calder}/people?add=1"),
    Visit("ada", "/today"),
    Visit("rhea", "/today?by=account"),
    Visit("petra", "/me/settings/calendar"),
    Visit("petra", "/me/settings/calendar", fields=(("holds", "own"),)),
    Visit("ada", "/accounts"),
    Visit("rolf", "/w/{circle}/discussions/{circle_topic}"),
    Visit("nobody", "/i/{shown_token}"),
    Visit("nobody", "/i/{closed_token}", 410),
    Visit("nobody", "/i/unknown", 410),
    Visit("nobody", "/sign-in", fields=(("email", "petra@calder.example"),)),  # leads to the page that waits for the code
    Visit("nobody", "/sign-in/link/unknown", 410),
    # What goes wrong.
    Visit("nobody", "/no-such-page", 404),
    Visit("petra", "/w/{other}/", 404),
    Visit("rhea", "/accounts/{otway}", 404),
    Visit("petra", "/w/{room}/discussions/{topic}/posts/{post}/edit", 403),
    Visit("nobody", "/sign-in", 422, (("email", "not an address"),)),
    Visit("rhea", "/accounts/new", 422, (("name", ""),)),
    Visit("rhea", "/w/new", 422, (("title", ""),)),
    Visit("petra", "/w/{room}/discussions/new", 422, (("title", ""), ("body", ""))),
    Visit("petra", "/me/settings/profile", 422, (("name", ""),)),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the wide world: every state that a page can show."""
    data = tmp_path_factory.mktemp("pages")
    house = wsgi.build_house(prepared(Settings(data_dir=data)))
    migrations.migrate(house)
    with house.db.writing() as session:
        world = estate.build(house, session)
    running = Running(data)
    running.start()
    site = Site(running, world)
    world.ids |= _tokens(site, house) | {"number": "1"}
    house.close()
    yield site
    running.stop()


def _tokens(site: Site, house: House) -> dict[str, str]:
    """Links of mails: an invitation that holds, its copy that staff pass on, one that was withdrawn, the end of mail, a way in."""
    world, mailed = site.world, {}
    with house.db.writing() as session:
        rhea, room, paul = (
            world.actor(session, "rhea"),
            session.get_one(Workspace, world.pks["room"]),
            session.get_one(Person, world.pks["paul"]),
        )
        wanted = [
            rooms.Wanted(email=f"{name}@calder.example", role="member", name="Ida Invited", note=OWN_WORDS) for name in ("held", "closed")
        ]
        (_, shown), (closed, _) = rooms.invite_people(rhea, room, wanted=wanted)
        link, pk = sign_ins.make_link(session, paul), closed.pk
    for name in ("held", "closed"):
        mailed[f"{name}_token"] = site.link(site.letter(f"{name}@calder.example"), "/i/").rsplit("/", 1)[1]
    with house.db.writing() as session:
        rooms.revoke_invitation(world.actor(session, "rhea"), session.get_one(Invitation, pk))
    stop = stops.token(house.settings.secret_key, world.pks["petra"], f"topic:{world.ids['topic']}")
    return mailed | {"shown_token": shown, "stop_token": stop, "link_token": link.rsplit("/", 1)[1]}


def test_every_page_is_looked_at(site):
    assert [name for name, times in Counter(each.name for each in visits_of(site)).items() if times > 1] == []
    app = wsgi.create_app(house=reopened(site)[0])
    got = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")}
    assert got == PAGES.keys() | NO_PAGES.keys()


TEAM, OTHERS = ("rhea", "mona", "ada"), ("petra", "mark", "rolf", "nobody")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("viewers", [TEAM, OTHERS], ids=["team", "others"])
def test_pages_are_clean(site, window, viewers, phone, dark):
    visits = visits_of(site)
    faults = []
    for viewer in viewers:
        page = window(viewer, phone=phone, dark=dark)
        page.context.add_init_script(AXE)
        page.emulate_media(reduced_motion="reduce")
        for visit in (each for each in visits if each.viewer == viewer and ONLY in each.name):
            faults += look(page, visit, phone, dark)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_first_start_is_clean(tmp_path, chromium, dark):
    running = Running(tmp_path)
    running.start()
    faults = []
    for phone in (False, True):
        context = chromium.new_context(
            base_url=running.url, viewport=PHONE if phone else WIDE, is_mobile=phone, color_scheme="dark" if dark else "light"
        )
        context.add_init_script(AXE)
        for visit in (Visit("nobody", "/setup"), Visit("nobody", "/setup", 422, (("email", "nobody"),))):
            faults += look(context.new_page(), visit, phone, dark, vendor="Mainstay")
        context.close()
    running.stop()
    assert not faults, "\n".join(faults)


def visits_of(site: Site) -> list[Visit]:
    """The pages of each, with the world's ids in them."""
    app = wsgi.create_app(house=reopened(site)[0])
    tokens = {"notices.offer": "stop_token", "people.show_link": "link_token", "rooms.show_invitation": "held_token"}
    visits = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for viewer in PAGES[rule.endpoint].split() if rule.endpoint in PAGES and "GET" in (rule.methods or ()) else ():
            names = {each: tokens[rule.endpoint] if each == "token" else ARGUMENTS[each] for each in rule.arguments}
            _, path = rule.build({each: site.world.ids[name] for each, name in names.items()}) or ("", "")
            visits.append(Visit(viewer, path, place=rule.endpoint))
    return visits + [replace(each, path=each.path.format_map(site.world.ids), place=each.place or each.path) for each in MORE]


def look(page: Page, visit: Visit, phone: bool, dark: bool, vendor: str = VENDOR) -> list[str]:
    """What is wrong with a page, in words; keeps its picture."""
    shot = f"{visit.name}-{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}"
    heard: list[str] = []
    page.on(
        "console", lambda message: heard.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
    )
    answer = page.goto(visit.path)
    if visit.fields:
        with page.expect_navigation() as sent:
            page.evaluate(SEND, list(visit.fields))
        answer = sent.value
    seen = page.evaluate(JUDGE, TAGS)
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"page-{shot}.png", full_page=True)
    wrong = [*seen["axe"], *heard, *[f"shows “{each}”" for each in seen["spelled"]]]
    if answer is None or answer.status != visit.status:
        wrong.append(f"status {answer and answer.status}, not {visit.status}")
    if seen["width"] > (PHONE if phone else WIDE)["width"]:
        wrong.append(f"{seen['width']} px wide")
    if seen["headings"] != 1:
        wrong.append(f"{seen['headings']} h1")
    if not seen["title"].endswith(f" – {vendor}") or (visit.status == 422 and not seen["title"].startswith("Error: ")):
        wrong.append(f"title “{seen['title']}”")
    return [f"{shot} {visit.path}: {each}" for each in wrong]
