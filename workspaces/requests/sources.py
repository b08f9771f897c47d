"""How an entry of the inbox finds a request to be let in."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from workspaces.requests import wording
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May

source(
    Source(
        "entry_request",
        EntryRequest,
        May.READ_REQUEST,
        url=lambda row: row.path,
        title=wording.title,
        excerpt=lambda row: row.answer or row.words,
        options=lambda: (joinedload(EntryRequest.workspace),),
    )
)
