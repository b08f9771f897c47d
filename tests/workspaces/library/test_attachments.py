"""Files of posts: they have their post's audience and go where it goes."""

import pytest
from sqlalchemy import select

from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import fetch, may
from workspaces.forums import actions as forums
from workspaces.forums.attachments import PORT
from workspaces.forums.models import Forum, Post, Topic
from workspaces.library import actions
from workspaces.library.models import File, Folder
from workspaces.library.policy import May


@pytest.fixture
def attached(acting, world, bring):
    """A file of Rhea's post, one of her team note: (shared id, team id)."""
    with acting("rhea") as rhea:
        post, note = (rhea.session.get_one(Post, world.pks[name]) for name in ("post", "team_note"))
        PORT.attach(rhea, post, [bring("plan.pdf")])
        PORT.attach(rhea, note, [bring("margin.xlsx")])
        return tuple(rhea.session.scalars(select(File.id).order_by(File.pk)))


def test_an_attachment_has_its_posts_audience(acting, world, attached):
    shared, team = attached
    with acting("petra") as petra:
        file = fetch(petra, May.READ_FILE, shared)
        assert (file.post_pk, file.account_pk, file.folder_pk) == (world.pks["post"], world.pks["calder"], None)
        with pytest.raises(NotFound):
            fetch(petra, May.READ_FILE, team)
    with acting("nora") as nora, pytest.raises(NotFound):
        fetch(nora, May.READ_FILE, shared)
    with acting("mona") as mona:
        assert fetch(mona, May.READ_FILE, team)


def test_posts_show_their_files_by_one_query(acting, world, attached):
    with acting("petra") as petra:
        posts = [petra.session.get_one(Post, world.pks[name]) for name in ("post", "team_note")]
        found = PORT.of_posts(petra, posts)
    assert {pk: [each["name"] for each in files] for pk, files in found.items()} == {world.pks["post"]: ["plan.pdf"]}
    with acting("rhea") as rhea:
        assert set(PORT.of_posts(rhea, posts)) == {world.pks["post"], world.pks["team_note"]}


def test_only_the_author_attaches(acting, world, bring):
    with acting("petra") as petra, pytest.raises(Exception, match="Only who wrote"):
        PORT.attach(petra, petra.session.get_one(Post, world.pks["post"]), [bring("x.pdf")])


def test_copies_share_the_bytes_and_only_what_one_may_read_is_copied(acting, world, bring, house):
    with acting("rhea") as rhea:
        safe = actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["safe"]), received=bring("safe.pdf"))
        beside = rhea.session.scalars(select(Folder).where(Folder.workspace_pk == world.pks["side"])).one()
        elsewhere = actions.add_file(rhea, beside, received=bring("side.pdf"))
        openly = actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=bring("open.pdf", b"open bytes"))
    with acting("petra") as petra:
        topic = petra.session.get_one(Topic, world.pks["topic"])
        post = forums.post_message(petra, topic, body="See the file.")
        for refused in (safe.id, elsewhere.id, "x", "0" * 22):
            with pytest.raises(Invalid, match="no such file"):
                PORT.attach_ids(petra, post, [refused])
        PORT.attach_ids(petra, post, [openly.id, openly.id])
        (copy,) = PORT.of_posts(petra, [post])[post.pk]
        assert copy["name"] == "open.pdf"
        assert fetch(petra, May.READ_FILE, copy["id"]).version.sha256 == openly.version.sha256


def test_too_many_are_refused(acting, world, bring):
    with acting("rhea") as rhea, pytest.raises(Invalid, match="at most 20"):
        PORT.attach(rhea, rhea.session.get_one(Post, world.pks["post"]), [bring(f"{n}.pdf") for n in range(21)])


def test_a_removed_post_takes_its_files_along(acting, world, attached):
    with acting("rhea") as rhea:
        forums.remove_post(rhea, rhea.session.get_one(Post, world.pks["post"]))
    with acting("petra") as petra, pytest.raises(NotFound):
        fetch(petra, May.READ_FILE, attached[0])


def test_a_moved_topic_takes_its_files_along(acting, world, attached):
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        forums.move_topic(rhea, topic, forum=rhea.session.get_one(Forum, world.pks["inner"]))
    with acting("mark") as mark:
        assert not may(mark, May.READ_FILE, mark.session.scalars(select(File).where(File.id == attached[0])).one())
    with acting("petra") as petra:
        assert fetch(petra, May.READ_FILE, attached[0]).audience_pk == petra.session.get_one(Post, world.pks["post"]).audience_pk


def test_an_attachment_is_not_moved_to_a_folder(acting, world, attached):
    with acting("rhea") as rhea, pytest.raises(Invalid, match="stays with it"):
        actions.move_file(
            rhea, fetch(rhea, May.CHANGE_FILE, attached[0]), folder=rhea.session.get_one(Folder, world.pks["folder"]), confirmed=True
        )
