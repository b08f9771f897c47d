"""What somebody has put off is in no copy."""

from portal.kernel.copying import left_out

left_out("what a person has put off is theirs and not the account's", "snooze")
