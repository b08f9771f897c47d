"""Why the company's own names and words are in no account's copy."""

from portal.kernel.copying import left_out

left_out("the company's own names and words are of no account", "vendor_name")
