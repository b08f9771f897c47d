"""Communities: people are introduced, to all or to one another."""

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.communities import actions as communities


def welcome(tale: Tale, scene: Scene) -> None:
    """Newcomers of a room are introduced in this discussion."""
    room, topic = scene.what
    communities.choose_welcome(tale.actor(scene.who), tale.things[room], topic=tale.things[topic])


def propose(tale: Tale, scene: Scene) -> None:
    """`propose ROOM PERSON`: with these words they could be introduced."""
    room, person = scene.what
    communities.propose_introduction(tale.actor(scene.who), tale.things[room], person=tale.things[person], words=tale.words(scene))


def acquaint(tale: Tale, scene: Scene) -> None:
    """`acquaint ROOM KEY ONE OTHER`: would they like to meet?"""
    room, key, one, other = scene.what
    people = {"one": tale.things[one], "other": tale.things[other]}
    tale.keep(key, communities.ask_two(tale.actor(scene.who), tale.things[room], words=tale.words(scene), **people))


def agree(tale: Tale, scene: Scene) -> None:
    communities.answer_introduction(tale.actor(scene.who), tale.things[scene.what[0]], agrees=True)


ACTS = {"welcome": welcome, "propose": propose, "acquaint": acquaint, "agree": agree}
