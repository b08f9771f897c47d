"""Pictures go out without what was written beside the image, and show the same."""

import io

import pytest
from PIL import Image, ImageOps, PngImagePlugin

from tests.conftest import csrf_of
from workspaces.library import bare

WORD = "zqphotographed"


def exif(turned: int = 6) -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = turned
    told[0x010E] = WORD
    told.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)  # where it was taken
    return told


def photo(kind: str, **beside: object) -> bytes:
    image = Image.linear_gradient("L").resize((64, 32)).convert("RGB")
    made = io.BytesIO()
    image.save(made, kind, exif=exif(), **beside)
    return made.getvalue()


def stripped(content: bytes, mime: str) -> bytes:
    found = bare.parts(io.BytesIO(content), mime, len(content))
    told = b"".join(bare.read(io.BytesIO(content), found))
    assert bare.length(found) == len(told)
    return told


def texts() -> PngImagePlugin.PngInfo:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", WORD)
    return told


KINDS = [
    ("JPEG", "image/jpeg", {"comment": WORD, "progressive": True}),
    ("PNG", "image/png", {"pnginfo": texts()}),
    ("WEBP", "image/webp", {"xmp": f"<x>{WORD}</x>".encode()}),
    ("GIF", "image/gif", {"comment": WORD * 40}),
]


@pytest.mark.parametrize(("kind", "mime", "beside"), KINDS)
def test_nothing_beside_the_image_goes_out(kind: str, mime: str, beside: dict) -> None:
    content = photo(kind, **beside)
    assert content.count(WORD.encode()) >= 2
    told = stripped(content, mime)
    assert WORD.encode() not in told
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(told))
    assert not after.getexif().get_ifd(0x8825)
    assert before.tobytes() == after.tobytes()


def test_a_photo_stays_the_right_way_up() -> None:
    told = stripped(photo("JPEG"), "image/jpeg")
    assert ImageOps.exif_transpose(Image.open(io.BytesIO(told))).size == (32, 64)


@pytest.mark.parametrize(("kind", "mime", "beside"), KINDS)
def test_cut_anywhere_it_ends(kind: str, mime: str, beside: dict) -> None:
    content = photo(kind, **beside)
    for end in range(0, len(content), 7):
        stripped(content[:end], mime)


def test_one_with_nothing_beside_it_is_sent_as_it_is() -> None:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    assert bare.parts(made, "image/png", len(made.getvalue())) == [(0, len(made.getvalue()))]


def test_the_preview_is_bare_and_the_download_whole(door, world) -> None:
    petra, content = door("petra"), photo("JPEG")
    folder = f"/w/{world.ids['room']}/files/{world.ids['folder']}"
    petra.post(f"{folder}/add", data={"csrf_token": csrf_of(petra), "files": (io.BytesIO(content), "pump.jpg")})
    [file] = petra.get(f"/api/v1/folders/{world.ids['folder']}/files").json["items"]
    with petra.get(f"{file['url']}/preview") as shown:
        assert shown.mimetype == "image/jpeg"
        assert WORD.encode() not in shown.data
        assert "sandbox" in shown.headers["Content-Security-Policy"]
    with petra.get(f"{file['url']}/download") as whole:
        assert whole.data == content


def moving() -> bytes:
    """A GIF of three pictures that runs five times, with a comment."""
    frames = [Image.linear_gradient("L").resize((40, 20)).rotate(turn).convert("P") for turn in (0, 90, 180)]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], loop=5, duration=[100, 200, 300], comment=WORD)
    return made.getvalue()


def with_xmp(content: bytes) -> bytes:
    """As programs write it: not in blocks, and so that whoever reads it in blocks comes out at the end."""
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    told = b"!\xff\x0bXMP DataXMP" + f"<x>{WORD} was here</x>".encode() + trailer
    return content[:-1] + told + content[-1:]


def test_a_gif_goes_on_moving() -> None:
    content = with_xmp(moving()) + WORD.encode()
    assert content.count(WORD.encode()) == 3
    told = stripped(content, "image/gif")
    assert WORD.encode() not in told
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(told))
    assert (after.n_frames, after.info["loop"]) == (before.n_frames, 5) == (3, 5)
    for n in range(3):
        before.seek(n)
        after.seek(n)
        assert (before.tobytes(), before.info["duration"]) == (after.tobytes(), after.info["duration"])


def test_a_gif_cut_anywhere_ends() -> None:
    content = with_xmp(moving())
    for end in range(len(content)):
        told = stripped(content[:end], "image/gif")
        assert len(told) <= end
