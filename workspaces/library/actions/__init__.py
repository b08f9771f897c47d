"""What is done in the library, by noun."""

from workspaces.library.actions.attachments import attach_copies, attach_files, attach_past, follow_topic
from workspaces.library.actions.audiences import change_folder_audience
from workspaces.library.actions.files import (
    add_file,
    add_version,
    ask_reading,
    make_current,
    note_held,
    note_scan,
    note_view,
    opened_lately,
    pin_file,
    remove_file,
    rename_file,
    restore_file,
)
from workspaces.library.actions.folders import make_folder, make_folder_in, move_folder, remove_folder, rename_folder, restore_folder
from workspaces.library.actions.forgetting import forget_removed
from workspaces.library.actions.hanging import hang_topic, told_of
from workspaces.library.actions.moving import gains_by_moving, move_file
from workspaces.library.actions.quota import set_quota
from workspaces.library.actions.reading import note_reading
from workspaces.library.actions.uploads import begin_upload, end_upload, finish_upload, forget_uploads, note_received

__all__ = [
    "add_file",
    "add_version",
    "ask_reading",
    "attach_copies",
    "attach_files",
    "attach_past",
    "begin_upload",
    "change_folder_audience",
    "end_upload",
    "finish_upload",
    "follow_topic",
    "forget_removed",
    "forget_uploads",
    "gains_by_moving",
    "hang_topic",
    "make_current",
    "make_folder",
    "make_folder_in",
    "move_file",
    "move_folder",
    "note_held",
    "note_reading",
    "note_received",
    "note_scan",
    "note_view",
    "opened_lately",
    "pin_file",
    "remove_file",
    "remove_folder",
    "rename_file",
    "rename_folder",
    "restore_file",
    "restore_folder",
    "set_quota",
    "told_of",
]
