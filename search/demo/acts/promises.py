"""How promises stand. What messages promise is otherwise noticed once the story is told: here at once, by the same rules."""

from sqlalchemy import select

from portal.kernel.actor import the_system
from search.categories.actions import categorise
from search.demo.script import Scene
from search.demo.tale import Tale
from search.promises import actions
from search.promises.models import Promise
from workspaces.forums.models import Post, Topic


def state(tale: Tale, scene: Scene) -> None:
    """Somebody says of the promise in a message, or in the first one of a discussion, that it was kept, withdrawn or not kept."""
    said = tale.things[scene.what[0]]
    if isinstance(said, Topic):
        said = tale.session.scalars(select(Post).where(Post.topic_pk == said.pk).order_by(Post.pk).limit(1)).one()
    categorise(the_system(tale.session), keys=[f"post:{said.id}"])
    promise = tale.session.scalars(select(Promise).where(Promise.post_pk == said.pk)).one()
    actor = tale.actor(scene.who)
    act = actions.settle_promise if actor.is_staff else actions.judge_promise
    act(actor, promise, state=scene.verb, reason=scene.fields.get("reason", ""))


ACTS = dict.fromkeys(("kept", "withdrawn", "contested"), state)
