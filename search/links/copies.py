"""Why what messages speak of is in no copy: it is found in their words, and can be found again."""

from portal.kernel.copying import left_out

left_out("what a message speaks of is found in its words, and can be found again", "message_link")
