"""References as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from workspaces.references.models import STATES, TERMS, Reference, ReferenceRequest
from workspaces.references.queries import Line


class PraiseJson(TypedDict):
    """Something that they praised."""

    words: str
    url: str
    at: Moment


class ReferenceJson(TypedDict):
    """What somebody said to being a reference for their company."""

    id: str
    person: NamedJson
    account: str
    terms: Annotated[str | None, one_of(*TERMS), means("null while they have said nothing.")]
    most: Annotated[int | None, means("Requests in a quarter, where `terms` is `often`.")]
    words: Annotated[str, means("What they would talk about.")]
    said_at: Moment | None
    asked_at: Annotated[Moment | None, means("When they were last asked to be one.")]


class FoundReferenceJson(ReferenceJson):
    """A reference for an account, with why they are named."""

    same_industry: bool
    same_region: bool
    tags: Annotated[list[str], means("Tags that both accounts have.")]
    praise: Annotated[PraiseJson | None, means("What they last praised, of what the caller may read.")]
    times_asked: int
    last_asked: Moment | None
    can_be_asked: Annotated[bool, means("Whether they can be asked for this account now.")]


class ReferenceRequestJson(TypedDict):
    """Whether a reference would talk with somebody of another account."""

    id: str
    reference: str
    person: NamedJson
    account: str
    company: Annotated[str, means("The name of the account.")]
    contact: Annotated[str, means("The name of who would talk with them.")]
    words: str
    asked_by: NamedJson
    at: Moment
    state: Annotated[str, one_of(*STATES)]
    url: str


def reference_json(actor: Actor, row: Reference) -> ReferenceJson:
    return {
        "id": row.id,
        "person": named(row.person),
        "account": row.account.id,
        "terms": row.terms or None,
        "most": row.most,
        "words": row.words,
        "said_at": rfc3339(row.said_at) if row.said_at else None,
        "asked_at": rfc3339(row.asked_at) if row.asked_at else None,
    }


def found_json(actor: Actor, line: Line) -> FoundReferenceJson:
    praise = line.praise
    return {
        **reference_json(actor, line.reference),
        "same_industry": line.industry,
        "same_region": line.region,
        "tags": line.tags,
        "praise": {"words": praise.words, "url": praise.url, "at": rfc3339(praise.at)} if praise else None,
        "times_asked": line.times.all,
        "last_asked": rfc3339(line.times.last) if line.times.last else None,
        "can_be_asked": not line.blocked,
    }


def request_json(actor: Actor, row: ReferenceRequest) -> ReferenceRequestJson:
    return {
        "id": row.id,
        "reference": row.reference.id,
        "person": named(row.reference.person),
        "account": row.account.id,
        "company": row.account.name,
        "contact": row.contact.name,
        "words": row.words,
        "asked_by": named(row.asked_by),
        "at": rfc3339(row.created_at),
        "state": row.state,
        "url": row.path,
    }
