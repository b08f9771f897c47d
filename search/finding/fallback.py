"""Searching without an index: while it is being rebuilt, the database is looked through, newest first."""

from sqlalchemy import and_, func, or_

from portal.kernel.actor import Actor
from portal.kernel.indexing import FINDABLE, Findable
from portal.kernel.policy import allowed
from search.engines import Hit, Query, Results

MOST = 200  # rows of a kind that are looked at


def search(actor: Actor, query: Query) -> Results:
    """Things that hold every word as typed. Only kind, place, author and dates filter; nothing is ranked or suggested."""
    wanted = [word.lower() for word in query.text.text.replace('"', " ").split() if not word.startswith("-")]
    hits = []
    for kind, of in FINDABLE.items():
        if query.kinds and of.told not in query.kinds:
            continue
        holds = [or_(*(func.lower(column).contains(word.rstrip("*"), autoescape=True) for column in of.words)) for word in wanted]
        found = allowed(actor, of.verb).where(and_(True, *holds)).order_by(of.model.pk.desc()).limit(MOST)
        for row in actor.session.scalars(found.options(*of.options())).unique():
            made = of.make(row)
            if made is not None and _passes(query, made):
                hits.append(Hit(f"{kind}:{made.id}", 0.0, int(made.at.timestamp())))
    hits.sort(key=lambda hit: (-hit.at, hit.key))
    return Results(len(hits), False, hits[query.offset : query.offset + query.limit], {}, None, query.text.terms)


def _passes(query: Query, made: Findable) -> bool:
    at = made.at.timestamp()
    return (
        (not query.workspaces or made.workspace_pk in query.workspaces)
        and (not query.accounts or made.account_pk in query.accounts)
        and (not query.authors or made.author_pk in query.authors)
        and (query.since is None or at >= query.since)
        and (query.until is None or at < query.until)
    )
