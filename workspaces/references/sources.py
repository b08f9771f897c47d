"""How an entry of the inbox finds what is asked about references."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from workspaces.references import queries, wording
from workspaces.references.models import Reference, ReferenceRequest
from workspaces.references.policy import May

source(
    Source(
        "reference",
        Reference,
        May.READ_REFERENCE,
        url=wording.where,
        title=wording.title,
        excerpt=lambda row: row.asked_words if row.waits else row.words,
        options=lambda: (joinedload(Reference.person), joinedload(Reference.account)),
    )
)
source(
    Source(
        "reference_request",
        ReferenceRequest,
        May.READ_REFERENCE_REQUEST,
        url=lambda row: row.path,
        title=wording.talk,
        excerpt=lambda row: row.words,
        options=queries.loading,
    )
)
