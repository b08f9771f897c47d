"""How often one person may write: messages and discussions, so many in a minute, an hour and a day; clients and staff each their own.

Counted in memory, or in Redis where several processes must agree, as the other limits are. Without the settings nobody is limited.
"""

from flask import Flask, current_app
from limits import RateLimitItem, parse_many

from portal.kernel.actor import Actor
from portal.kernel.errors import TooMany
from portal.kernel.words import ngettext

MINUTE, HOUR = 60, 3600


def set_up(app: Flask, clients: str, team: str) -> None:
    """The limits as the settings tell them: "20/minute, 200/hour"; empty: none."""
    app.extensions["pace"] = {is_staff: parse_many(told) if told else [] for is_staff, told in ((False, clients), (True, team))}


def count_writing(actor: Actor) -> None:
    """Count one more thing that somebody writes. Raises TooMany, with how long to wait."""
    if not actor.person or not current_app.config.get("THROTTLE", True):
        return
    limits: list[RateLimitItem] = current_app.extensions["pace"][actor.is_staff]
    counts = current_app.extensions["throttle"]
    for limit in limits:
        if seconds := counts.wait(limit, "writes", f"person {actor.pk}"):
            raise TooMany(_words(limit, seconds), seconds)


def _words(limit: RateLimitItem, seconds: int) -> str:
    """How much was enough, and when it goes on."""
    many, minutes = limit.amount, -(-seconds // MINUTE)
    span = limit.get_expiry()
    if span <= MINUTE:
        return ngettext(
            "One message a minute is the limit here. Nothing was sent; try again in %(wait)s seconds.",
            "%(num)d messages a minute are the limit here. Nothing was sent; try again in %(wait)s seconds.",
            many,
            wait=seconds,
        )
    if span <= HOUR:
        return ngettext(
            "One message an hour is the limit here. Nothing was sent; try again in %(wait)s minutes.",
            "%(num)d messages an hour are the limit here. Nothing was sent; try again in %(wait)s minutes.",
            many,
            wait=minutes,
        )
    return ngettext(
        "One message a day is the limit here. Nothing was sent; try again in %(wait)s minutes.",
        "%(num)d messages a day are the limit here. Nothing was sent; try again in %(wait)s minutes.",
        many,
        wait=minutes,
    )
