"""How things came here is no part of an account's copy."""

from portal.kernel.copying import left_out

left_out("how it came here is this installation's own affair", "import_run", "imported_thing", "import_reject", "external_key")
