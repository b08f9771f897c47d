"""What happens to files, and how it reads on the trail."""

from portal.kernel.events import kind

FOLDER_MADE = kind("folder.created", "A folder was made", "%(actor)s made the folder “%(name)s”", group="files", icon="folder")
FOLDER_CHANGED = kind(
    "folder.changed", "A folder was renamed or removed", "%(actor)s changed the folder “%(name)s”", group="files", icon="folder"
)
FILE_ADDED = kind("file.added", "A file was added", "%(actor)s added %(name)s", group="files", icon="file")
VERSION_ADDED = kind("file.version", "A file has a new version", "%(name)s, version %(number)s, by %(actor)s", group="files", icon="file")
FILE_CHANGED = kind(
    "file.changed", "A file was renamed, moved or pinned", "%(actor)s changed %(name)s: %(fields)s", group="files", icon="file"
)
FILE_REMOVED = kind("file.removed", "A file was removed", "%(actor)s removed %(name)s", group="files", icon="trash")
FILE_RESTORED = kind("file.restored", "A removed file came back", "%(actor)s brought back %(name)s", group="files", icon="file")
