"""Why requests to be let in are in no copy: who came in is a member, who is."""

from portal.kernel.copying import left_out

left_out("who asked to be let in is forgotten after a month; who was let in is a member", "entry_request")
