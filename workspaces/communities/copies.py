"""Why introductions are in no copy: what came of them is a message, which is."""

from portal.kernel.copying import left_out

left_out("who was asked about being introduced stays in the house; who was introduced says a message", "introduction")
left_out("which discussion welcomes newcomers is a choice of those who run the community", "welcome")
