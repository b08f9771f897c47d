"""Clients say whether they would talk with others."""

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.references import actions as references


def vouch(tale: Tale, scene: Scene) -> None:
    """`vouch TERMS`: whoever says it is a reference, and this is what they would talk about."""
    references.say(tale.actor(scene.who), terms=scene.what[0], most=2, words=tale.words(scene))


ACTS = {"vouch": vouch}
