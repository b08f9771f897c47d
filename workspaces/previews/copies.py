"""What was made of files is made again of their bytes, wherever these are."""

from portal.kernel.copying import left_out

left_out("made again of the files' bytes", "preview", "preview_page", "file_page")
