"""What happens to files, and how it reads on the trail."""

from portal.kernel.events import kind

FOLDER_MADE = kind("folder.created", "A folder was made", "%(actor)s made the folder “%(name)s”", group="files", icon="folder")
FOLDER_RENAMED = kind(
    "folder.renamed", "A folder has another name", "%(actor)s renamed the folder “%(was)s” to “%(name)s”", group="files", icon="folder"
)
FOLDER_MOVED = kind(
    "folder.moved", "A folder is in another place", "%(actor)s moved the folder “%(name)s” to “%(place)s”", group="files", icon="move"
)
FOLDER_REMOVED = kind("folder.removed", "A folder was removed", "%(actor)s removed the folder “%(name)s”", group="files", icon="remove")
FOLDER_RESTORED = kind(
    "folder.restored", "A removed folder came back", "%(actor)s brought back the folder “%(name)s”", group="files", icon="folder"
)
FOLDER_AUDIENCE = kind(
    "folder.audience",
    "A folder is for other people",
    "%(actor)s changed for whom the folder “%(name)s” is: %(now)s",
    spoken=("now",),
    group="files",
    icon="eye",
)
FILE_ADDED = kind("file.added", "A file was added", "%(actor)s added %(name)s", group="files", icon="file")
VERSION_ADDED = kind(
    "file.version", "A file has a new version", "%(actor)s added version %(number)s of %(name)s", group="files", icon="file"
)
VERSION_CURRENT = kind(
    "file.current",
    "Another version of a file is the current one",
    "%(actor)s made version %(number)s of %(name)s the current one",
    group="files",
    icon="file",
)
FILE_OPENED = kind(
    "file.opened",
    "A client opened a version of a file",
    "%(actor)s opened version %(version)s of %(name)s",
    group="files",
    icon="eye",
    ours=True,
)
FILE_ASKED = kind(
    "file.asked", "Everybody is asked to read a file", "%(actor)s asked everybody to read %(name)s", group="files", icon="eye"
)
FILE_UNASKED = kind(
    "file.unasked",
    "Nobody is asked to read a file any more",
    "%(actor)s no longer asks everybody to read %(name)s",
    group="files",
    icon="eye",
)
FILE_RENAMED = kind("file.renamed", "A file has another name", "%(actor)s renamed %(was)s to %(name)s", group="files", icon="file")
FILE_MOVED = kind("file.moved", "A file is in another place", "%(actor)s moved %(name)s to “%(place)s”", group="files", icon="move")
FILE_HELD = kind("file.held", "The virus check held back a file", "The virus check held back %(name)s", group="files", icon="lock")
FILE_REMOVED = kind("file.removed", "A file was removed", "%(actor)s removed %(name)s", group="files", icon="remove")
FILE_FORGOTTEN = kind(
    "file.forgotten",
    "A removed file is gone for good",
    "Removed 30 days before, %(name)s is gone for good",
    group="files",
    icon="remove",
)
FILE_RESTORED = kind("file.restored", "A removed file came back", "%(actor)s brought back %(name)s", group="files", icon="file")
WORKSPACE_QUOTA = kind(
    "workspace.quota",
    "An admin changed how much room a workspace's files may take",
    "%(actor)s changed how much room the files of “%(title)s” may take: %(now)s",
    spoken=("now",),
    group="account",
    icon="briefcase",
    ours=True,
)
