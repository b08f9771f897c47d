"""What happens with imports, on the installation's own chain."""

from portal.kernel.events import kind

IMPORTED = kind(
    "import.done", "A file was imported", "%(actor)s imported %(what)s from %(file)s", group="account", icon="upload", spoken=("what",)
)
TAKEN_BACK = kind("import.undone", "An import was taken back", "%(actor)s took back the import of %(file)s", group="account", icon="undo")
