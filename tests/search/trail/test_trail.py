"""The trail: what it holds, for whom, as of when, and how many questions it asks of the database."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now, standing_at
from portal.kernel.errors import Invalid
from portal.people.models import Person
from search.trail import queries
from search.trail.asked import read
from tests.conftest import post
from tests.counting import counting
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

UTC = ZoneInfo("UTC")


def trail(actor, world, *, account: str = "calder", page: bool = True, **asked: str) -> list[str]:
    row = actor.session.get_one(Account, world.pks[account])
    return [line.sentence for line in queries.lines(actor, row, read(MultiDict(asked), UTC, page=page), limit=200)[0]]


def test_what_happened_is_there_newest_first(acting, world):
    with acting("rhea") as rhea:
        told = trail(rhea, world)
        assert told[-1] == "Rhea Rep opened the account Calder Water"
        assert "Petra Prospect started “Can the gateways run on 24 V panels?”" in told
        assert "Rhea Rep wrote in “Can the gateways run on 24 V panels?”" in told
        assert "Petra Prospect joined “Leak detection”" in told
        assert "Rhea Rep removed Nils Nolonger from “Leak detection”" in told
        assert not [line for line in told if "Otway" in line or "Otto" in line or "Cold chain" in line]


def test_a_topic_and_its_first_post_are_one_line(acting, world):
    with acting("rhea") as rhea:
        assert len([line for line in trail(rhea, world) if line.startswith("Petra Prospect") and "24 V" in line]) == 1


def test_each_line_leads_to_its_source(acting, world):
    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        lines = queries.lines(rhea, account, read(MultiDict({"kind": "conversations"}), UTC, page=True))[0]
        cited = {line.event.subject_id: line.source for line in lines}
        assert cited[world.ids["post"]].url.endswith(f"#p-{world.ids['post']}")
        assert "18 to 32 V" in cited[world.ids["post"]].excerpt


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ({"kind": "people"}, "Petra Prospect joined “Leak detection”", "Rhea Rep opened the account Calder Water"),
        ({"kind": "account"}, "Rhea Rep opened the account Calder Water", "Petra Prospect joined “Leak detection”"),
        ({"kind": "member"}, "Petra Prospect joined “Leak detection”", "Rhea Rep opened the account Calder Water"),
        ({"kind": "member.removed,account.opened"}, "Rhea Rep opened the account Calder Water", "Petra Prospect joined “Leak detection”"),
        ({"q": "24 v panels"}, "Rhea Rep wrote in “Can the gateways run on 24 V panels?”", "Rhea Rep opened the account Calder Water"),
        ({"q": "converter"}, "Rhea Rep wrote in “Can the gateways run on 24 V panels?”", "Petra Prospect joined “Leak detection”"),
        ({"q": "petra"}, "Petra Prospect joined “Leak detection”", "Rhea Rep opened the account Calder Water"),
    ],
)
def test_filters(acting, world, asked, there, not_there):
    with acting("rhea") as rhea:
        told = trail(rhea, world, **asked)
        assert there in told
        assert not_there not in told


def test_the_names_of_facts_are_no_words(acting, world):
    with acting("rhea") as rhea:
        for word in ("title", "name", "now_id", "%", "_"):
            assert trail(rhea, world, q=word) == [], word
        assert trail(rhea, world, kind="never.happened") == []
        assert trail(rhea, world, who=world.ids["petra"])
        assert trail(rhea, world, who=world.ids["otto"]) == []
        assert trail(rhea, world, workspace=world.ids["other"]) == []


def test_odd_wishes_are_refused(acting, world):
    for asked in ({"from": "yesterday"}, {"to": "2026-13-01"}, {"as_of": "9999-12-31"}, {"as_of": "x"}, {"who": "me"}, {"workspace": "1"}):
        with pytest.raises(Invalid):
            read(MultiDict(asked), UTC, page=True)


def test_as_of_a_day_later_lines_are_not_there_yet(acting, world):
    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        with standing_at(now() + timedelta(days=10)):
            accounts.write_note(rhea, account, body="Later")
        day = now().date().isoformat()
        assert "Rhea Rep noted a call" in trail(rhea, world)
        assert "Rhea Rep noted a call" not in trail(rhea, world, as_of=day)
        counts = queries.counts(rhea, account, read(MultiDict({"as_of": day}), UTC, page=True))
        assert counts.everything == len(trail(rhea, world, as_of=day))
        assert sum(counts.days.values()) == counts.everything + 1


def test_counts_are_of_what_one_sees(acting, world):
    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        counts = queries.counts(rhea, account, read(MultiDict(), UTC, page=True))
        assert counts.everything == len(trail(rhea, world))
        for group, number in counts.groups.items():
            assert number == len(trail(rhea, world, kind=group)), group


def test_a_removed_source_keeps_a_line_without_words(acting, world, door):
    with acting("rhea") as rhea:
        note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), body="Secret of the day")
        accounts.remove_note(rhea, note)
        lines = queries.latest(rhea, rhea.session.get_one(Account, world.pks["calder"]), 2)
        assert [line.event.kind for line in lines] == ["note.removed", "note.created"]
        assert lines[1].gone.own
        assert lines[1].source is None
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/trail").text
    assert "Removed by its author on" in page
    assert "Secret of the day" not in page
    assert trail_of(door("rhea"), world, q="Secret")["items"] == []


def trail_of(client, world, account: str = "calder", **asked: str):
    return client.get(f"/api/v1/accounts/{world.ids[account]}/trail", query_string=asked).json


def test_a_removed_and_a_hidden_post_lose_their_words(acting, world):
    with acting("petra") as petra:
        said = forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="What I regret")
        forums.remove_post(petra, said)
        other = forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="What is rude").pk
    with acting("mark") as mark:
        forums.hide_post(mark, mark.session.get_one(Post, other), reason="Rude")
    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        lines = {line.event.kind: line for line in queries.latest(rhea, account, 4)}
        assert not [line for line in lines.values() if line.source and "regret" in line.source.excerpt]
        created = [line for line in queries.latest(rhea, account, 4) if line.event.kind == "post.created"]
        assert created[1].gone.own
        assert not created[0].source or "rude" not in created[0].source.excerpt


def test_a_community_gives_each_account_its_own_side_only(acting, world):
    with acting("rhea") as rhea:
        both = [rhea.session.get_one(Account, world.pks[name]) for name in ("calder",)]
        community = rooms.open_workspace(rhea, title="Water and food", accounts=both, community=True)
        pk = community.pk
    with acting("system") as system:
        from workspaces.rooms.models import WorkspaceAccount

        otway = system.session.get_one(Account, world.pks["otway"])
        system.session.add(WorkspaceAccount(workspace_pk=pk, account_pk=otway.pk))
        system.session.flush()
        room = system.session.get_one(Workspace, pk)
        for name, account in (("petra", "calder"), ("otto", "otway")):
            member = system.session.get_one(Person, world.pks[name])
            rooms.join(system, room, member, role="member", account=system.session.get_one(Account, world.pks[account]))
        rooms.join(system, room, system.session.get_one(Person, world.pks["ravi"]), role="moderator", account=None)
    with acting("otto") as otto:
        forum = otto.session.query(Forum).filter_by(workspace_pk=pk).one()
        asked = forums.start_topic(otto, forum, title="Otto's question", body="How do you cool?").pk
    with acting("petra") as petra:
        forums.post_message(petra, petra.session.get_one(Topic, asked), body="Petra's answer to Otto")
    with acting("rhea") as rhea:
        forums.post_message(rhea, rhea.session.get_one(Topic, asked), body="Rhea's answer to Otto")
    with acting("ravi") as ravi:
        words = [line.source.excerpt for line in lines_of(ravi, world, "otway") if line.source and line.event.workspace_pk == pk]
        assert "How do you cool?" in words
        assert "Rhea's answer to Otto" in words
        assert "Petra's answer to Otto" not in words
    with acting("rhea") as rhea:
        words = [line.source.excerpt for line in lines_of(rhea, world, "calder") if line.source and line.event.workspace_pk == pk]
        assert "Petra's answer to Otto" in words
        assert "How do you cool?" not in words
        assert "Rhea's answer to Otto" not in words


def lines_of(actor, world, account: str):
    return queries.latest(actor, actor.session.get_one(Account, world.pks[account]), 200)


def test_team_notes_and_staff_forums_are_on_the_trail_of_the_team_alone(door, world):
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/trail").text
    assert "They will ask for a discount next." in page
    assert "We can go to 12 percent." in page
    assert door("petra").get(f"/accounts/{world.ids['calder']}/trail").status_code == 404


def test_a_successor_reads_what_was_before_them(door, world):
    post(door("ada"), f"/accounts/{world.ids['calder']}/owner", to=world.ids["nora"], reason="Rhea moves on")
    page = door("nora").get(f"/accounts/{world.ids['calder']}/trail").text
    assert "Rhea Rep handed the account to Nora Newrep" in page
    assert "Rhea moves on" in page
    assert "They will ask for a discount next." in page
    assert door("rhea").get(f"/accounts/{world.ids['calder']}/trail").status_code == 404


def test_the_page_of_another_day_changes_nothing(door, world, acting):
    with acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        with standing_at(now() + timedelta(days=40)):
            accounts.change_account(rhea, account, industry="Changed later")
    # Today is a day before that, so the page stands on today; the day itself is to come.
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/trail?as_of=2020-01-01").text
    assert "You are looking at 1 Jan 2020." in page
    assert "Nothing had happened yet." in page
    assert "Add a note" not in page
    assert "Back to today" in page


def test_filters_survive_in_links(door, world):
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/trail?q=panels&kind=conversations").text
    assert "kind=files" in page
    assert "q=panels" in page
    empty = door("rhea").get(f"/accounts/{world.ids['calder']}/trail?q=nothinglikethis").text
    assert "Nothing on the trail matches." in empty
    for odd in ("?as_of=nonsense", "?who=me", "?from=x"):
        assert door("rhea").get(f"/accounts/{world.ids['calder']}/trail{odd}").status_code == 422, odd
    for odd in ("?after=nonsense", "?kind=%00", "?as_of=2999-01-01", "?q=" + "x" * 900, "?after=" + "x" * 22):
        assert door("rhea").get(f"/accounts/{world.ids['calder']}/trail{odd}").status_code == 200, odd


def test_fifty_lines_then_older(door, world, acting):
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        for number in range(60):
            forums.post_message(rhea, topic, body=f"Number {number}")
    client, url = door("rhea"), f"/accounts/{world.ids['calder']}/trail"
    first = client.get(url).text
    assert first.count('<li id="e-') == 50
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert "Number 5<" in second
    assert "opened the account" in second
    assert "Back to the newest" in second


def test_the_questions_asked_do_not_grow_with_the_trail(door, world, acting, house):
    client, url = door("rhea"), f"/accounts/{world.ids['calder']}/trail"
    client.get(url)
    with counting(house) as before:
        client.get(url)
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        for number in range(30):
            forums.post_message(rhea, topic, body=f"Number {number}")
    with counting(house) as after:
        client.get(url)
    assert len(after) <= len(before)
    most = 8 + kinds_cited(after)  # one of them asks what the reader may see for all the others, one what messages are
    assert len(queries_of_the_page(after)) <= most, "\n\n".join(after)


def queries_of_the_page(statements: list[str]) -> list[str]:
    """Without who is asking, and what every page shows."""
    return [each for each in statements if "FROM sign_in" not in each and "notice" not in each and "FROM installation" not in each]


def kinds_cited(statements: list[str]) -> int:
    """Each kind of source is asked for once, however many lines there are; and once what was taken away."""
    return len([each for each in statements if ".id IN (" in each or "event.subject_id IN" in each])
