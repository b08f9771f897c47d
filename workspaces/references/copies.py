"""Why what is said about references is in no copy."""

from portal.kernel.copying import left_out

left_out("who would talk with other companies said so to us alone, and is asked anew elsewhere", "reference")
left_out("a talk with a reference is of two companies, and a copy of one", "reference_request")
