"""Why what messages are taken to be is in no copy: it is the team's own reading of them, and can be made again."""

from portal.kernel.copying import left_out

left_out("what a message is taken to be is the team's own reading of it", "label")
