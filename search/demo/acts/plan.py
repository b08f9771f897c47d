"""The shared plan: what is agreed, by whom, by when, and how it went."""

from datetime import date

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.plan import actions as plan
from workspaces.plan.models import MILESTONE, STEP


def step(tale: Tale, scene: Scene) -> None:
    _add(tale, scene, STEP)


def milestone(tale: Tale, scene: Scene) -> None:
    _add(tale, scene, MILESTONE)


def _add(tale: Tale, scene: Scene, kind: str) -> None:
    room, key = scene.what
    made = plan.add_item(
        tale.actor(scene.who),
        tale.things[room],
        title=scene.fields["title"],
        kind=kind,
        due=date.fromisoformat(scene.fields["due"]) if "due" in scene.fields else None,
        owners=[tale.things[who] for who in scene.listed("for")],
        milestone=tale.things[scene.fields["under"]] if "under" in scene.fields else None,
    )
    tale.keep(key, made)
    tale.was_here(scene.who, made.workspace)


def tick(tale: Tale, scene: Scene) -> None:
    plan.set_state(tale.actor(scene.who), tale.things[scene.what[0]], state=scene.fields.get("state", "done"))


def due(tale: Tale, scene: Scene) -> None:
    """Another day for a step."""
    plan.move_due(tale.actor(scene.who), tale.things[scene.what[0]], due=date.fromisoformat(scene.fields["day"]))


ACTS = {"step": step, "milestone": milestone, "tick": tick, "due": due}
