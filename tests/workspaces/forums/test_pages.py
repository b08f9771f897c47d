"""The pages of forums through the door, as several of the cast; without a script unless said."""

import re
from datetime import timedelta

import pytest

from portal.kernel.clock import now, standing_at
from tests.conftest import agreed, csrf_of, post
from tests.counting import counting
from workspaces.forums import actions
from workspaces.forums.models import Forum, Post, Topic


@pytest.fixture
def room(world):
    return f"/w/{world.ids['room']}"


@pytest.fixture
def topic(world, room):
    return f"{room}/discussions/{world.ids['topic']}"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_a_topic_is_read_in_few_queries(door, house, topic, room):
    for who in ("petra", "rhea"):
        client = door(who)
        client.get(topic)
        for url, most in {topic: 6 if who == "petra" else 7, f"{room}/discussions": 8}.items():
            with counting(house) as queries:
                assert client.get(url).status_code == 200
            assert len(queries) <= most, "\n".join(queries)


def test_forty_messages_take_no_more_queries_than_two(door, house, acting, world, topic):
    with acting("rhea") as rhea:
        row = rhea.session.get(Topic, world.pks["topic"])
        for n in range(38):
            actions.post_message(rhea, row, body=f"Number {n}")
    client = door("petra")
    client.get(topic)
    with counting(house) as queries:
        assert "Number 37" in client.get(topic).get_data(as_text=True)
    assert len(queries) <= 6, "\n".join(queries)


def test_a_message_is_sent_by_a_plain_form_once(door, topic):
    client = door("petra")
    fields = {"body": "And **where** is it?", "idempotency_key": "composer-1", "reply_to": ""}
    sent = post(client, f"{topic}/posts", **fields)
    assert sent.status_code == 303
    assert "#p-" in sent.headers["Location"]
    assert post(client, f"{topic}/posts", **fields).headers["Location"] == sent.headers["Location"]
    page = door("rhea").get(topic).get_data(as_text=True)
    assert page.count("And <strong>where</strong> is it?") == 1


def test_what_cannot_be_taken_keeps_what_was_typed(door, acting, world, topic):
    client = door("petra")
    long = "x" * 20_001
    refused = post(client, f"{topic}/posts", body=long)
    assert refused.status_code == 422
    assert long in refused.get_data(as_text=True)
    assert "Write at most 20000 characters." in text_of(refused)
    assert "<title>Error:" in refused.get_data(as_text=True)
    with acting("rhea") as rhea:
        actions.lock_topic(rhea, rhea.session.get(Topic, world.pks["topic"]))
    closed = post(client, f"{topic}/posts", body="Too late")
    assert closed.status_code == 403
    assert "Too late" in closed.get_data(as_text=True)
    assert "Rhea Rep closed this" in text_of(client.get(topic))


def test_team_notes_exist_for_the_team_alone(door, world, topic):
    team = door("rhea").get(topic).get_data(as_text=True)
    assert "ask for a discount" in team
    assert "Team note" in team
    for client in ("petra", "mark", "rolf"):
        page = door(client).get(topic).get_data(as_text=True)
        assert "No converter needed" in page
        assert "discount" not in page
        assert world.ids["team_note"] not in page
        assert "Team note" not in page
        assert door(client).get(f"{topic}/posts/{world.ids['team_note']}").status_code == 404
        assert post(door(client), f"{topic}/posts", body="Hm", team="1").status_code == 403
    assert "2 people, 2 messages" in text_of(door("petra").get(topic))


@pytest.mark.parametrize("stranger", ["ravi", "nils", "paul", "otto"])
def test_strangers_find_nothing(door, world, room, topic, stranger):
    post_ = f"{topic}/posts/{world.ids['post']}"
    urls = [f"{room}/discussions", f"{room}/discussions/new", f"{room}/forums", topic, f"{topic}/changes", f"{topic}/between"]
    urls += [f"{topic}/mentionable", f"{topic}/change", post_, f"{post_}/menu", f"{post_}/edit", f"{post_}/history"]
    for url in urls:
        assert door(stranger).get(url).status_code == 404, url
    for act in ("posts", "preview", "read", "follow", "pin", "lock", "remove", "move", "change"):
        assert post(door(stranger), f"{topic}/{act}").status_code == 404, act
    for act in ("edit", "remove", "restore", "hide", "show", "accept"):
        assert post(door(stranger), f"{post_}/{act}").status_code == 404, act
    elsewhere = topic.replace(world.ids["room"], world.ids["other"])
    assert door("otto").get(elsewhere).status_code == 404


def test_a_reader_reads_and_is_told_why_not_more(door, room, topic):
    page = door("rolf").get(topic)
    assert "You can read here." in text_of(page)
    assert "<textarea" not in page.get_data(as_text=True)
    assert door("rolf").get(f"{room}/discussions/new").status_code == 403
    assert post(door("rolf"), f"{topic}/posts", body="Me too").status_code == 403
    assert post(door("petra"), f"{topic}/posts", body="Me too").status_code == 303


def test_removing_leaves_a_tombstone_and_can_be_undone(door, world, topic):
    client, here = door("rhea"), f"{topic}/posts/{world.ids['post']}"
    assert post(door("petra"), f"{here}/remove").status_code == 403
    assert post(client, f"{here}/remove").status_code == 303
    page = client.get(topic).get_data(as_text=True)
    assert "Removed the message." in page
    assert f'action="{client.get(topic).request.path}' not in page
    assert re.search(r'action="[^"]+/restore" data-undo', page)
    shown = door("petra").get(topic)
    assert "Removed by its author" in text_of(shown)
    assert "No converter needed" not in shown.get_data(as_text=True)
    assert post(door("mark"), f"{here}/restore").status_code == 403
    assert post(client, f"{here}/restore").status_code == 303
    assert "No converter needed" in door("petra").get(topic).get_data(as_text=True)


def test_hiding_needs_a_reason_that_the_author_reads(door, world, topic):
    sent = post(door("petra"), f"{topic}/posts", body="Something rude")
    here = f"{topic}/posts/{sent.headers['Location'].rsplit('p-', 1)[1]}"
    assert post(door("petra"), f"{here}/hide", reason="I may not").status_code == 403
    refused = post(door("mark"), f"{here}/hide", reason="")
    assert refused.status_code == 422
    assert "Write something here." in text_of(refused)
    assert post(door("mark"), f"{here}/hide", reason="Not kind").status_code == 303
    author = text_of(door("petra").get(topic))
    assert "Something rude" in author
    assert "Waiting for a look by Mark Moderator" in author
    assert "Not kind" in author
    others = text_of(door("rolf").get(topic))
    assert "Hidden by a moderator" in others
    assert "Something rude" not in others
    assert "Not kind" not in others
    assert post(door("rhea"), f"{here}/show").status_code == 303
    assert "Something rude" in text_of(door("rolf").get(topic))


def test_an_edit_is_silent_at_first_and_then_called_one(door, acting, world, topic):
    here = f"{topic}/posts/{world.ids['post']}"
    assert post(door("rhea"), f"{here}/edit", body="It takes 18 to 32 V.").status_code == 303
    assert "edited" not in text_of(door("petra").get(topic))
    with standing_at(now() + timedelta(minutes=16)), acting("rhea") as rhea:
        actions.edit_post(rhea, rhea.session.get(Post, world.pks["post"]), body="It takes 18 to 33 V.")
    assert "edited" in text_of(door("petra").get(topic))
    assert door("petra").get(f"{here}/history").status_code == 403
    said = text_of(door("mark").get(f"{here}/history"))
    assert said.index("18 to 33 V") < said.index("It takes 18 to 32 V") < said.index("No converter needed")
    refused = post(door("rhea"), f"{here}/edit", body=" ")
    assert refused.status_code == 422
    assert door("petra").get(f"{here}/edit").status_code == 403


def test_an_answer_is_outlined_and_can_be_taken_back(door, world, topic):
    here = f"{topic}/posts/{world.ids['post']}"
    assert post(door("rolf"), f"{here}/accept").status_code == 403
    assert post(door("petra"), f"{here}/accept").status_code == 303
    assert "Answer, chosen by Petra Prospect" in text_of(door("rhea").get(topic))
    assert post(door("petra"), f"{here}/accept").status_code == 303
    assert "Answer, chosen by" not in text_of(door("rhea").get(topic))


def test_what_is_new_is_counted_exactly_and_marked_read(door, acting, world, room, topic):
    listed = text_of(door("petra").get(f"{room}/discussions"))
    assert "1 new" in listed  # the rep's answer; the team note counts for nobody outside
    page = door("petra").get(topic).get_data(as_text=True)
    assert 'id="new"' in page
    marked = door("petra").post(
        f"{topic}/read", data={"post": world.ids["post"]}, headers={"HX-Request": "true", "X-CSRFToken": csrf_of(client := door("petra"))}
    )
    assert marked.status_code == 400  # another browser's token
    marked = client.post(f"{topic}/read", data={"post": world.ids["post"], "csrf_token": csrf_of(client)}, headers={"HX-Request": "true"})
    assert marked.status_code == 204
    assert "1 new" not in text_of(door("petra").get(f"{room}/discussions"))
    assert text_of(door("petra").get(f"{room}/discussions?show=unread")).count("Can the gateways") == 0
    with acting("rhea") as rhea:
        row = rhea.session.get(Topic, world.pks["topic"])
        actions.post_message(rhea, row, body="One more thing")
        actions.post_message(rhea, row, body="Not for them", team=True)
    assert "1 new" in text_of(door("petra").get(f"{room}/discussions"))
    assert "2 new" not in text_of(door("petra").get(f"{room}/discussions"))
    assert door("petra").get(f"{room}/discussions/next").headers["Location"].endswith("#new")


def test_the_list_filters_and_pages(door, acting, world, room):
    with acting("petra") as petra:
        forum = petra.session.get(Forum, world.pks["general"])
        for n in range(32):
            actions.start_topic(petra, forum, title=f"Topic {n:02}", body="Words")
    first = door("rhea").get(f"{room}/discussions?show=unanswered").get_data(as_text=True)
    assert first.count("data-topic-row") == 30
    assert "Topic 31" in first
    older = door("rhea").get(f"{room}/discussions?show=unanswered&page=2").get_data(as_text=True)
    assert older.count("data-topic-row") == 2
    assert door("rhea").get(f"{room}/discussions?page=99&show=what").status_code == 200
    assert door("rhea").get(f"{room}/discussions?forum={world.ids['backstage']}").status_code == 200
    assert door("petra").get(f"{room}/discussions?forum={world.ids['backstage']}").status_code == 404
    assert "Backstage" not in door("petra").get(f"{room}/discussions").get_data(as_text=True)
    assert "Margin" in door("rhea").get(f"{room}/discussions?show=mine").get_data(as_text=True)


def test_a_discussion_is_started_by_a_plain_form(door, world, room):
    client = door("petra")
    form = client.get(f"{room}/discussions/new?forum={world.ids['inner']}").get_data(as_text=True)
    assert "The group Procurement and the team of" in form
    assert "Backstage" not in form
    fields = {"title": "Which mount?", "body": "Pole or wall?", "kind": "question", "forum": world.ids["inner"], "tags": "mounting, poles"}
    made = post(client, f"{room}/discussions/new", **fields)
    assert made.status_code == 303
    url = made.headers["Location"]
    assert "Which mount?" in text_of(door("rhea").get(url))
    assert door("rolf").get(url).status_code == 404
    for wrong in ({"title": ""}, {"body": ""}, {"forum": world.ids["backstage"]}, {"kind": "announcement"}, {"tags": "x" * 31}):
        refused = post(client, f"{room}/discussions/new", **fields | wrong)
        assert refused.status_code == 422, wrong
        assert ("Pole or wall?" if "body" not in wrong else "Which mount?") in refused.get_data(as_text=True)
    assert (
        post(door("mark"), f"{room}/discussions/new", **fields | {"kind": "announcement", "forum": world.ids["general"]}).status_code == 303
    )


def test_moderators_manage_a_topic_and_can_take_it_back(door, world, room, topic):
    client = door("mark")
    for act in ("pin", "lock", "remove"):
        assert post(door("petra"), f"{topic}/{act}").status_code == 403
    assert post(client, f"{topic}/pin").status_code == 303
    assert "Pinned" in text_of(door("petra").get(topic))
    assert post(client, f"{topic}/change", title="Do they run on 24 V?", tags="power").status_code == 303
    assert "renamed" in text_of(door("petra").get(topic))
    assert post(client, f"{topic}/remove").status_code == 303
    assert door("petra").get(topic).status_code == 404
    assert post(door("petra"), f"{topic}/restore").status_code == 404
    assert post(client, f"{topic}/restore").status_code == 303
    assert door("petra").get(topic).status_code == 200


def test_a_moved_topic_is_for_its_new_forum_alone(door, world, topic):
    assert post(door("mark"), f"{topic}/move", forum=world.ids["backstage"]).status_code == 422
    assert door("petra").get(topic).status_code == 200
    assert agreed(door("rhea"), f"{topic}/move", forum=world.ids["backstage"]).status_code == 303
    for who in ("petra", "mark", "rolf"):
        assert door(who).get(topic).status_code == 404
        assert door(who).get(f"/api/v1/posts/{world.ids['post']}").status_code == 404
    assert agreed(door("rhea"), f"{topic}/move", forum=world.ids["general"]).status_code == 303
    page = door("petra").get(topic).get_data(as_text=True)
    assert "No converter needed" in page
    assert "discount" not in page  # a team note stays one


def test_drafts_are_ones_own(door, world, topic):
    client, place = door("petra"), f"topic:{world.ids['topic']}"
    kept = post(client, "/me/drafts", place=place, body="Half a thou", team="1")
    assert "Draft saved" in text_of(kept)
    assert "Half a thou" in client.get(topic).get_data(as_text=True)
    assert "Half a thou" in client.get("/me/drafts").get_data(as_text=True)
    assert "Half a thou" not in door("rhea").get(topic).get_data(as_text=True)
    assert "Half a thou" not in door("rhea").get("/me/drafts").get_data(as_text=True)
    assert post(door("otto"), "/me/drafts", place=place, body="Let me in").status_code == 404
    assert post(client, "/me/drafts", place="moon:1", body="x").status_code == 422
    assert post(client, f"{topic}/posts", body="A whole thought").status_code == 303
    assert "Half a thou" not in client.get("/me/drafts").get_data(as_text=True)


def test_a_new_discussion_names_who_will_read_it_in_its_forum(door, world, room):
    def names(who, forum, q):
        return text_of(door(who).get(f"{room}/discussions/mentionable?forum={world.ids[forum]}&q={q}"))

    assert "Rolf Reader" in names("rhea", "general", "ro")
    assert "Petra Prospect" in names("rhea", "inner", "pe")
    assert "Rolf Reader" not in names("rhea", "inner", "ro")
    assert "Invite somebody" in names("rhea", "inner", "ro")
    assert "Invite somebody" not in names("petra", "inner", "ro")
    assert "Petra" not in names("rhea", "backstage", "pe")
    for forum in ("backstage", "side_forum"):
        assert door("petra").get(f"{room}/discussions/mentionable?forum={world.ids[forum]}&q=rh").status_code == 422


def test_only_those_who_can_read_are_offered_as_mentions(door, topic):
    names = text_of(door("petra").get(f"{topic}/mentionable?q=r"))
    assert "Rhea Rep" in names
    assert "Rolf Reader" in names
    assert "Ravi" not in names
    assert "Mark Moderator" not in text_of(door("rhea").get(f"{topic}/mentionable?q=mark&team=1"))
    assert "Mark Moderator" in text_of(door("rhea").get(f"{topic}/mentionable?q=mark"))
    assert text_of(door("petra").get(f"{topic}/mentionable?q=%25")).strip() == ""


def test_a_long_topic_shows_its_ends_and_what_is_between(door, acting, world, topic):
    with acting("rhea") as rhea:
        row = rhea.session.get(Topic, world.pks["topic"])
        posts = [actions.post_message(rhea, row, body=f"Number {n} of many") for n in range(90)]
        middle = posts[45].id
    client = door("rhea")
    page = client.get(topic).get_data(as_text=True)
    assert "Number 16 of many" in page
    assert "Number 45 of many" not in page
    assert "Number 89 of many" in page
    assert "Show 53 between" in text_of(client.get(topic))
    assert "Number 45 of many" in client.get(f"{topic}?post={middle}").get_data(as_text=True)
    part = client.get(f"{topic}/between?from=21&to=73", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.count("data-post=") == 53
    assert "<html" not in part
    assert client.get(f"{topic}/between?from=x&to=y").status_code == 422


def test_a_quote_and_a_preview_work_without_a_script(door, world, topic):
    quoted = door("petra").get(f"{topic}?quote={world.ids['post']}").get_data(as_text=True)
    assert "&gt; No converter needed" in quoted
    assert "Answers Rhea Rep" in quoted
    unread = door("petra").get(f"{topic}?quote={world.ids['team_note']}").get_data(as_text=True)
    assert "Answers Rhea Rep" not in unread
    assert "discount" not in unread
    seen = post(door("petra"), f"{topic}/preview", body="**Bold** <script>alert(1)</script>")
    assert "<strong>Bold</strong>" in seen.get_data(as_text=True)
    assert "<script>alert" not in seen.get_data(as_text=True)


def test_forums_are_made_and_put_in_order_by_those_who_run_the_workspace(door, world, room):
    assert door("petra").get(f"{room}/forums").status_code == 403
    client = door("rhea")
    made = post(client, f"{room}/forums", title="Prices", description="What it costs", audience="staff")
    assert made.status_code == 303
    page = text_of(client.get(f"{room}/forums"))
    assert "Prices" in page
    refused = post(client, f"{room}/forums", title="Prices", description="Again")
    assert refused.status_code == 422
    assert "There is a forum of this name already." in text_of(refused)
    assert post(client, f"{room}/forums", title="Hm", audience="nonsense").status_code == 422
    assert post(client, f"{room}/forums/{world.ids['inner']}/order", to="up").status_code == 303
    assert post(client, f"{room}/forums/{world.ids['general']}/remove").status_code == 422
    assert post(client, f"{room}/forums/{world.ids['inner']}/remove").status_code == 303
    assert client.get(f"{room}/forums/{world.ids['inner']}").status_code == 404


def test_a_message_shown_before_is_shown_as_it_is_now_and_to_each_their_own(acting, door, world, topic):
    """Its HTML is kept for all that look the same: nothing of one reader's is seen by another, and nothing of yesterday's by anybody."""
    petra, rolf = door("petra"), door("rolf")
    assert "Rhea Rep" in petra.get(topic).text
    rolf.get(topic)
    with acting("petra") as actor:
        actions.react(actor, actor.session.get_one(Post, world.pks["post"]), emoji="👍")
    assert [_pressed(client, topic) for client in (petra, rolf, petra)] == [["true"], ["false"], ["true"]]
    with acting("rhea") as actor:
        actor.person.name = "Rhea Newname"
        actions.edit_post(actor, actor.session.get_one(Post, world.pks["post"]), body="Said otherwise")
    for client in (petra, rolf):
        message = _message(client, topic, world)
        assert "Rhea Newname" in message
        assert "Rhea Rep" not in message
        assert "Said otherwise" in message
    with acting("rolf") as actor:
        actor.person.timezone = "Asia/Tokyo"
    here, elsewhere = (re.findall(r'<time datetime="[^"]*" title="([^"]*)"', _message(client, topic, world)) for client in (petra, rolf))
    assert here
    assert set(here).isdisjoint(elsewhere)
    with acting("rhea") as actor:
        actions.remove_post(actor, actor.session.get_one(Post, world.pks["post"]))
    assert "Said otherwise" not in _message(rolf, topic, world) + _message(petra, topic, world)


def _pressed(client, topic):
    return re.findall(r'value="👍" aria-pressed="(\w+)" data-by="\w', client.get(topic).text)


def _message(client, topic, world):
    return re.search(rf'<li id="p-{world.ids["post"]}".*?</li>', client.get(topic).text, re.DOTALL)[0]


def test_a_moment_that_no_clock_can_tell_is_refused(door, world):
    url = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/changes?since="
    assert door("petra").get(url + "2026-11-19T10:00:00Z").status_code == 200
    for end_of_time in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59"):
        assert door("petra").get(url + end_of_time).status_code == 422
