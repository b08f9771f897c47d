"""What clients praised is a reason to name them, with the message, for who may read it."""

from portal.kernel.clock import now
from search.categories import queries
from search.categories.models import Label
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic


def test_the_last_praise_of_each_is_told_to_who_reads_it(acting, world):
    with acting("petra") as petra:
        topic = petra.session.get_one(Topic, world.pks["topic"])
        said = [forums.post_message(petra, topic, body=words) for words in ("That was quick.", "You saved us a summer.", "Hm.")]
        for post in said[:2]:
            petra.session.add(Label(kind="post", thing=post.id, category="praise", why="person", sure=1, by_pk=world.pks["rhea"], at=now()))
        paths, ids = [post.path for post in said], [post.id for post in said]
    people = [world.pks["petra"], world.pks["otto"]]
    with acting("rhea") as rhea:
        told = queries.praised(rhea, people)
        assert {pk: (praise.words, praise.url) for pk, praise in told.items()} == {people[0]: ("You saved us a summer.", paths[1])}
    with acting("ravi") as ravi:
        assert queries.praised(ravi, people) == {}
    with acting("rhea") as rhea:
        rhea.session.get_one(Label, ("post", ids[1], "praise")).denied = True
        assert queries.praised(rhea, people)[people[0]].words == "That was quick."
