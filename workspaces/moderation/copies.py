"""Why moderation is in no copy: that something was reported and what was decided is on the trail, which is."""

from portal.kernel.copying import left_out

left_out("who reported whom stays in the house; that it was looked at, and why, is on the trail", "flag", "ruling")
left_out("what waits is no message yet; once it is let through it is one, and in every copy that has those", "held", "held_file")
