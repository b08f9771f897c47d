"""Files on their way in: a multipart body goes to storage as it is read, in constant memory, once the sender was found to be allowed."""

from typing import Any

import flask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from portal.kernel.errors import TooLarge
from portal.kernel.storage import Intake, Storage
from portal.kernel.words import gettext as _

MOST_FILES = 20  # in one request
FORM_FIELDS = 1_000_000  # bytes beside the files
PIECE = "application/offset+octet-stream"  # a part of a file, as tus sends it


class Request(flask.Request):
    """A request that takes no files until an endpoint asks for them."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What the address asks, without NUL characters, which no database of ours takes."""
        return ImmutableMultiDict((name, value.replace("\0", "")) for name, value in super().args.items(multi=True))

    _storage: Storage | None = None
    _limit = 0

    def _load_form_data(self) -> None:
        """The fields of a form, likewise without NUL characters, and without parts that have no name."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        fields = ((name, value.replace("\0", "")) for name, value in self.form.items(multi=True) if name is not None)
        self.__dict__["form"] = self.parameter_storage_class(fields)

    def receive_files(self, storage: Storage, limit: int) -> None:
        """Let the body hold files of at most `limit` bytes each. Call it before anything of the form is read."""
        if self.mimetype == "multipart/form-data":
            self._storage, self._limit = storage, limit
            self.max_content_length = limit * MOST_FILES + FORM_FIELDS
        elif self.mimetype == PIECE:
            self.max_content_length = limit

    @property
    def intakes(self) -> list[Intake]:
        kept: list[Intake] = self.__dict__.setdefault("_intakes", [])
        return kept

    def close(self) -> None:
        """What was received and not kept goes away, also where reading it broke off."""
        super().close()
        for coming in self.intakes:
            coming.close()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> Any:
        if self._storage is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        if len(self.intakes) >= MOST_FILES:
            raise TooLarge(_("Add at most %(n)s files at once.", n=MOST_FILES))
        coming = self._storage.intake(self._limit)
        self.intakes.append(coming)
        return coming
