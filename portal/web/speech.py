"""Which language is spoken to whoever asks: their own choice, else what their browser asks for, else the vendor's."""

from flask import Flask, g, request

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.web.identity import Identity


def set_up(app: Flask) -> None:
    """Speak what the browser asks for from the start of a request; who it is, and what they chose, is known later."""
    app.before_request(_speak)
    app.teardown_request(_fall_silent)


def of(actor: Actor, identity: Identity) -> str:
    """The language for this reader, in a request of theirs."""
    if actor.person and actor.person.language:
        return actor.person.language
    return _asked() or identity.language(actor)


def _asked() -> str | None:
    return request.accept_languages.best_match(words.LANGUAGES)


def _speak() -> None:
    g.speech = words.speaking(_asked())
    g.speech.__enter__()


def _fall_silent(error: BaseException | None = None) -> None:
    if speech := g.pop("speech", None):
        speech.__exit__(None, None, None)
