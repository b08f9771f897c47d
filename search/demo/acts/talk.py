"""Forums, topics, posts."""

from search.demo.script import Scene
from search.demo.tale import Tale
from workspaces.forums import actions as forums


def forum(tale: Tale, scene: Scene) -> None:
    room, key = scene.what
    told = scene.fields.get("audience", "everyone")
    audience = told if told in ("everyone", "staff") else tale.things[told]
    made = forums.make_forum(
        tale.actor(scene.who),
        tale.things[room],
        title=scene.fields["title"],
        description=scene.fields.get("description", ""),
        audience=audience,
    )
    tale.keep(key, made)


def rename(tale: Tale, scene: Scene) -> None:
    forums.change_forum(tale.actor(scene.who), tale.things[scene.what[0]], **scene.fields)


def start(tale: Tale, scene: Scene) -> None:
    place, key = scene.what
    told = scene.fields
    topic = forums.start_topic(
        tale.actor(scene.who),
        tale.things[place],
        title=told["title"],
        kind=told.get("kind", "discussion"),
        tags=tuple(scene.listed("tags")),
        body=tale.words(scene),
        received=tale.files(scene),
    )
    tale.keep(key, topic)
    tale.was_here(scene.who, topic.workspace)


def post(tale: Tale, scene: Scene) -> None:
    _write(tale, scene, team=False)


def teamnote(tale: Tale, scene: Scene) -> None:
    _write(tale, scene, team=True)


def _write(tale: Tale, scene: Scene, *, team: bool) -> None:
    topic, *key = scene.what
    written = forums.post_message(
        tale.actor(scene.who),
        tale.things[topic],
        body=tale.words(scene),
        team=team,
        reply_to=tale.things[scene.fields["reply"]] if "reply" in scene.fields else None,
        received=tale.files(scene),
    )
    tale.was_here(scene.who, written.topic.workspace)
    if key:
        tale.keep(key[0], written)


def edit(tale: Tale, scene: Scene) -> None:
    forums.edit_post(tale.actor(scene.who), tale.things[scene.what[0]], body=tale.words(scene))


def unpost(tale: Tale, scene: Scene) -> None:
    forums.remove_post(tale.actor(scene.who), tale.things[scene.what[0]])


def hide(tale: Tale, scene: Scene) -> None:
    forums.hide_post(tale.actor(scene.who), tale.things[scene.what[0]], reason=scene.fields["reason"])


def choose(tale: Tale, scene: Scene) -> None:
    topic, answer = scene.what
    forums.accept_answer(tale.actor(scene.who), tale.things[topic], post=tale.things[answer])


def pin(tale: Tale, scene: Scene) -> None:
    forums.pin_topic(tale.actor(scene.who), tale.things[scene.what[0]])


def lock(tale: Tale, scene: Scene) -> None:
    forums.lock_topic(tale.actor(scene.who), tale.things[scene.what[0]])


def retitle(tale: Tale, scene: Scene) -> None:
    forums.change_topic(tale.actor(scene.who), tale.things[scene.what[0]], title=scene.fields["title"])


ACTS = {
    "forum": forum,
    "rename": rename,
    "start": start,
    "post": post,
    "teamnote": teamnote,
    "edit": edit,
    "unpost": unpost,
    "hide": hide,
    "choose": choose,
    "pin": pin,
    "lock": lock,
    "retitle": retitle,
}
