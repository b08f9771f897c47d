"""Nothing of the administration is in an account's copy."""

from portal.kernel.copying import left_out

left_out("how the machine was is no account's", "alarm")
