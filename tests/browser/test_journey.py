"""The journey: a client is invited, asks with a file, is answered live and by mail; the rep goes, Nora carries on."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import shoot

QUESTION = "Do the gateways survive a flooded chamber?"
ANSWER = "They are rated IP68: two metres of water for a week."
OPEN = "And which breaker do we fit at Easter Moor?"


def test_from_the_invitation_to_the_successor(site, window):
    room = site.path_of("room")

    # Rhea invites Pia, who has never been here.
    rhea = window("rhea")
    rhea.goto(room + "people")
    rhea.get_by_label("E-mail addresses").fill("Pia Prospect <pia@calder.example>")
    rhea.get_by_label("In your own words").fill("The survey and the proposal are in one place now.")
    rhea.get_by_role("button", name="Send the invitation").click()
    expect(rhea.get_by_text("The invitation is on its way to pia@calder.example.")).to_be_visible()

    # Pia opens it on her phone: one press, no typing.
    invitation = site.link(site.letter("pia@calder.example", holding="/i/"), "/i/")
    pia = window(phone=True)
    pia.goto(invitation)
    shoot(pia, "journey-1-invitation")
    expect(pia.get_by_role("button", name="Open the workspace")).to_be_in_viewport()
    pia.get_by_role("button", name="Open the workspace").click()
    expect(pia.get_by_role("heading", name="Leak detection")).to_be_visible()
    shoot(pia, "journey-2-home-on-the-phone")

    # She asks, with a file.
    pia.goto(room + "discussions/new")
    pia.get_by_label("Title").fill(QUESTION)
    pia.get_by_label("Message").fill("The chamber at Stainby fills **every** spring.")
    pia.locator("input[type=file]").first.set_input_files(
        {"name": "Stainby chamber.csv", "mimeType": "text/csv", "buffer": b"month,depth\nMarch,1.8\n"}
    )
    pia.get_by_label("Question").check()
    rhea.goto(room + "discussions")
    pia.get_by_role("button", name="Start the discussion").click()
    expect(pia.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(pia.get_by_text("Stainby chamber.csv").first).to_be_visible()

    # It is live at Rhea, who answers; the answer is live at Pia.
    rhea.get_by_role("link", name="1 discussion has news").click()  # what is being read never shifts: news waits as a pill
    rhea.get_by_text(QUESTION).first.click()
    expect(rhea.get_by_text("fills every spring")).to_be_visible()
    rhea.get_by_label("Your reply").fill(ANSWER)
    rhea.get_by_role("button", name="Send").click()
    expect(pia.get_by_text(ANSWER)).to_be_visible()
    shoot(rhea, "journey-3-the-answer")
    shoot(pia, "journey-4-live-on-the-phone")
    topic = pia.url.split("#")[0].split("?")[0]

    # Pia leaves the page; what comes then comes by mail, and search finds it.
    pia.goto("about:blank")
    rhea.get_by_label("Your reply").fill("The certificate is in the data sheet, page 2.")
    rhea.get_by_role("button", name="Send").click()
    assert "certificate" in site.letter("pia@calder.example", holding="certificate", within=60)
    pia.goto(site.url + "/search?q=flooded+chamber")
    expect(pia.get_by_role("link", name=QUESTION).first).to_be_visible()

    # A second question stays open.
    pia.goto(topic)
    pia.get_by_label("Your reply").fill(OPEN)
    pia.get_by_role("button", name="Send").click()
    expect(rhea.get_by_text(OPEN)).to_be_visible()

    # Rhea is suspended: her page is dead at once. Her accounts go to Nora.
    ada = window("ada")
    ada.goto("/admin/people")
    ada.get_by_role("link", name="Rhea Rep").first.click()
    ada.get_by_role("link", name="End access").click()
    ada.get_by_role("button", name="End").first.click()
    expect(ada.get_by_text("No access since")).to_be_visible()
    rhea.goto(topic)
    assert "/sign-in" in rhea.url
    ada.get_by_label("Give Calder Water to").select_option(label="Nora Newrep")
    ada.get_by_role("button", name="Give Calder Water").click()
    shoot(ada, "journey-5-given")

    # Nora opens Today, reads the trail, answers.
    nora = window("nora")
    nora.goto("/today")
    expect(nora.get_by_text("Rhea Rep handed it to you")).to_be_visible()
    shoot(nora, "journey-6-today")
    nora.get_by_role("link", name="Read the trail of Calder Water").click()
    expect(nora.get_by_text("Rhea Rep handed the account to Nora Newrep").first).to_be_visible()
    expect(nora.get_by_text(ANSWER).first).to_be_visible()
    shoot(nora, "journey-7-trail")
    nora.goto("/today")
    nora.get_by_role("link", name=QUESTION).first.click()
    nora.get_by_label("Your reply").fill("A 2 A slow-blow. I have read what you agreed with Rhea.")
    nora.get_by_role("button", name="Send").click()
    expect(nora.get_by_text("A 2 A slow-blow.")).to_be_visible()

    # Pia notices nothing but a new name.
    expect(pia.get_by_text("A 2 A slow-blow.")).to_be_visible()
    pia.goto(room + "people")
    expect(pia.get_by_text("Nora Newrep").first).to_be_visible()
    shoot(pia, "journey-8-a-new-name")

    # For Ravi and Otto nothing of it ever exists.
    for outsider in ("ravi", "otto"):
        page = window(outsider)
        assert page.goto(topic).status == 404
        page.goto("/search?q=flooded+chamber")
        expect(page.get_by_text("Nothing for")).to_be_visible()
        assert QUESTION not in page.content()


def test_where_no_socket_can_be_had_the_page_asks(site, window):
    mark, petra = window("mark"), window("petra")
    mark.context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    topic = f"{site.path_of('room')}discussions/{site.world.ids['topic']}"
    mark.goto(topic)
    petra.goto(topic)
    petra.get_by_label("Your reply").fill("Said while the sockets are shut.")
    petra.get_by_role("button", name="Send").click()
    expect(mark.get_by_text("Said while the sockets are shut.")).to_be_visible(timeout=40_000)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_without_scripts_one_reads_posts_uploads_and_signs_in(site, window, phone):
    petra = window("petra", phone=phone, scripts=False)
    petra.goto(site.path_of("room") + "discussions")
    petra.get_by_role("link", name="Can the gateways run on 24 V panels?").first.click()
    petra.get_by_label("Your reply").fill("Written without a line of script.")
    petra.locator("input[type=file]").first.set_input_files({"name": "Panel.txt", "mimeType": "text/plain", "buffer": b"24 V"})
    petra.get_by_role("button", name="Send").click()
    expect(petra.get_by_text("Written without a line of script.").first).to_be_visible()
    expect(petra.get_by_text("Panel.txt").first).to_be_visible()
    petra.goto(site.path_of("room") + "files/")
    petra.locator("input[type=file]").first.set_input_files({"name": f"Plain {phone}.txt", "mimeType": "text/plain", "buffer": b"by form"})
    petra.get_by_role("button", name="Add", exact=True).click()
    expect(petra.get_by_text(f"Plain {phone}.txt").first).to_be_visible()
