"""Pictures of pages, and smaller pictures of pictures; nothing of what a camera or a program wrote beside the image stays."""

import io
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps

from workspaces.previews.child.telling import Unreadable, end, page

WIDE, HIGH = 1240, 1754  # pixels of a page at most: A4 at 150 to an inch
PIXELS = 60_000_000  # of an image that is looked at
MOST = 200  # pages of which there are pictures
Image.MAX_IMAGE_PIXELS = PIXELS // 2  # past twice that Pillow refuses


def text_of(file: BinaryIO) -> "pypdfium2.PdfDocument":
    """A PDF, opened. Raises Unreadable."""
    try:
        return pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "broken") from error


def words(file: BinaryIO):  # type: ignore[no-untyped-def]
    """The text of a PDF's pages; one that cannot be read is empty."""
    document = text_of(file)
    for number in range(len(document)):
        try:
            one = document[number]
            text = one.get_textpage()
            yield text.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
            text.close()
            one.close()
        except pypdfium2.PdfiumError:
            yield ""


def of_pages(file: BinaryIO, first: int, last: int) -> None:
    """Pictures of some pages of a PDF."""
    document = text_of(file)
    for number in range(first, min(last, len(document), MOST) + 1):
        try:
            one = document[number - 1]
            wide, high = one.get_size()
            scale = min(WIDE / max(wide, 1), HIGH / max(high, 1), 4)
            image = one.render(scale=scale, may_draw_forms=False).to_pil()
        except (pypdfium2.PdfiumError, ValueError):
            continue
        _tell(number, image)
        one.close()
    end(pages=len(document))


def of_image(file: BinaryIO) -> None:
    """One smaller picture, the right way up."""
    try:
        image: Image.Image = Image.open(file)
        image.draft("RGB", (WIDE, HIGH))
        image.load()
        image = ImageOps.exif_transpose(image)
        image.thumbnail((WIDE, HIGH))
    except Image.DecompressionBombError as error:
        raise Unreadable("large") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("broken") from error
    _tell(1, image)
    end(pages=1)


def _tell(number: int, image: Image.Image) -> None:
    """As WebP, drawn anew: its pixels and nothing else."""
    bare = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    clean = Image.new(bare.mode, bare.size)
    clean.paste(bare)
    made = io.BytesIO()
    clean.save(made, "WEBP", quality=78, method=3)
    page(number, picture=made.getvalue(), width=clean.width, height=clean.height)
