"""How far away the top tasks are: each is done as its person would do it, and its presses and pages are counted by the browser itself.

A press is a click or tap, and a key that does something: Enter, or a single key outside of fields. What is typed is none. Opening the link
of a letter is none: the letter is where the task begins. `pytest tests/browser/test_presses.py -s` prints the table of docs/figures.md.
"""

from dataclasses import dataclass

from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Site, Window

COUNT = """
addEventListener("pointerdown", (event) => event.isTrusted && pressed(), true);
addEventListener("keydown", (event) => {
  if (event.isTrusted && (event.key === "Enter" || !event.target.matches("input, textarea"))) pressed();
}, true);
"""
TOPIC = "Can the gateways run on 24 V panels?"


@dataclass
class Counted:
    """A window whose presses and pages are counted from here on."""

    page: Page
    presses: int = 0
    pages: int = 0
    _at: str = ""

    def __post_init__(self) -> None:
        self.page.context.expose_function("pressed", self._pressed)
        self.page.context.add_init_script(COUNT)
        self.page.on("framenavigated", self._came)

    def _pressed(self) -> None:
        self.presses += 1

    def _came(self, frame: Frame) -> None:
        if frame is self.page.main_frame and frame.url.partition("#")[0] != self._at:
            self._at = frame.url.partition("#")[0]
            self.pages += 1

    def told(self, who: str, task: str, *, presses: int, pages: int) -> None:
        """No more than these; printed as a line of the table."""
        print(f"\n| {who} | {task} | {self.presses} | {self.pages} |", end="")
        assert 0 < self.presses <= presses
        assert 0 < self.pages <= pages


def invited(site: Site, window: Window, name: str) -> str:
    """The link in the letter by which Rhea invites somebody who has never been here."""
    rhea = window("rhea")
    rhea.goto(f"{site.path_of('room')}people")
    rhea.get_by_label("E-mail addresses").fill(f"{name} New <{name}@calder.example>")
    rhea.get_by_role("button", name="Send the invitation").click()
    expect(rhea.get_by_text(f"The invitation is on its way to {name}@calder.example.")).to_be_visible()
    return site.link(site.letter(f"{name}@calder.example", holding="/i/"), "/i/")


def test_a_client_comes_from_the_letter_to_the_first_document(site: Site, window: Window) -> None:
    rhea = window("rhea")
    rhea.goto(f"{site.path_of('room')}files/")
    rhea.locator("input[type=file]").first.set_input_files({"name": "Proposal.txt", "mimeType": "text/plain", "buffer": b"24 V"})
    rhea.get_by_role("link", name="Proposal.txt").first.click()
    with rhea.expect_response(lambda answer: answer.url.endswith("/pin")):  # under Start here
        rhea.locator('form[action$="/pin"]').first.evaluate("form => form.requestSubmit()")
    rhea.goto(site.path_of("room"))
    expect(rhea.locator(".pins").get_by_role("link", name="Proposal")).to_be_visible()
    link = invited(site, window, "pia")
    pia = Counted(window(phone=True))
    pia.page.goto(link)
    pia.page.get_by_role("button", name="Proposal").tap()  # it says what is inside
    expect(pia.page.get_by_role("heading", name="Proposal")).to_be_visible()
    pia.told("client", "from the letter to the first document", presses=1, pages=2)


def test_a_client_answers_from_a_phone(site: Site, window: Window) -> None:
    link = site.link(site.letter("petra@", holding="No converter needed", within=60), "/w/")
    petra = Counted(window("petra", phone=True))
    petra.page.goto(link)
    petra.page.get_by_label("Your reply").tap()
    petra.page.keyboard.insert_text("A 2 A slow-blow.")
    petra.page.get_by_role("button", name="Send", exact=True).tap()
    expect(petra.page.get_by_text("A 2 A slow-blow.")).to_be_visible()
    petra.told("client", "answer a question from a phone", presses=2, pages=1)


def test_a_client_finds_what_was_said_about_a_price(site: Site, window: Window) -> None:
    petra = Counted(window("petra"))
    petra.page.goto(site.path_of("room"))
    petra.page.keyboard.press("/")
    petra.page.keyboard.insert_text("converter")
    petra.page.keyboard.press("Enter")
    expect(petra.page.get_by_role("link", name=TOPIC).first).to_be_visible()
    petra.told("client", "find what was said about a price: one search", presses=2, pages=2)


def test_a_rep_opens_a_workspace_with_a_file_and_three_people(site: Site, window: Window) -> None:
    rhea = Counted(window("rhea"))
    page = rhea.page
    page.goto("/w/new")
    page.get_by_label("Account", exact=True).select_option(label="Calder Water")
    page.get_by_label("Name").fill("Pump curves")
    page.get_by_label("Invite people").fill("a1@calder.example, a2@calder.example, a3@calder.example")
    page.get_by_role("button", name="Open the workspace").click()
    page.get_by_role("button", name="Send the invitations").click()
    expect(page.locator("[data-toasts]").get_by_text("3 invitations sent.")).to_be_visible()
    with page.expect_file_chooser() as chosen:
        page.get_by_text("choose files").click()
    chosen.value.set_files({"name": "Curves.txt", "mimeType": "text/plain", "buffer": b"1 2 3"})
    expect(page.locator(".first-steps .done")).to_have_count(2)  # the file is there, and people are invited
    rhea.told("rep", "workspace with a file and three people invited", presses=3, pages=3)


def test_an_admin_ends_the_access_of_a_rep_and_gives_the_account_on(site: Site, window: Window) -> None:
    ada = Counted(window("ada"))
    page = ada.page
    page.goto("/admin/people")
    page.get_by_role("link", name="Rhea Rep").first.click()
    page.get_by_role("link", name="End access").click()
    page.get_by_role("button", name="End").first.click()
    expect(page.get_by_text("No access since")).to_be_visible()
    page.get_by_label("Give Calder Water to").select_option(label="Nora Newrep")
    page.get_by_role("button", name="Give Calder Water").click()
    expect(page.get_by_text("No access since")).to_be_visible()
    ada.told("admin", "offboard a rep, nothing left behind", presses=4, pages=5)
