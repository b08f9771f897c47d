"""Office documents as PDF, by LibreOffice within this process: behind walls it starts no program, so that it may start none.

A document may name files and addresses that LibreOffice would fetch and show. It is told not to; that there is nothing to be fetched
is what the walls are for (confine_to), and without them nothing is printed.
"""

import ctypes
import os
import sysconfig
from pathlib import Path
from typing import BinaryIO

from workspaces.previews.child.confine import LONGEST, confine_to
from workspaces.previews.child.telling import Unreadable, end, page

OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
FILTERS = {  # by ending: what reads it, so that no document chooses its reader
    OOXML + "wordprocessingml.document": ("docx", "MS Word 2007 XML"),
    OOXML + "spreadsheetml.sheet": ("xlsx", "Calc MS Excel 2007 XML"),
    OOXML + "presentationml.presentation": ("pptx", "Impress MS PowerPoint 2007 XML"),
    ODF + "text": ("odt", "writer8"),
    ODF + "spreadsheet": ("ods", "calc8"),
    ODF + "presentation": ("odp", "impress8"),
}
RTF = ("rtf", "Rich Text Format")
OLD_TYPE = "application/x-ole-storage"
OLD = {"WordDocument": ("doc", "MS Word 97"), "Workbook": ("xls", "MS Excel 97"), "PowerPoint Document": ("ppt", "MS PowerPoint 97")}
OLD_START, LETTER = b"\xd0\xcf\x11\xe0", "__properties_version1.0"
AGAIN = 81  # of LibreOffice: it has set up its profile, and wants to be started anew
SETTINGS = (  # no macros, nothing fetched that a document names, no Java
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
    ("Java/VirtualMachine", "Enable", "false"),
)
ARGUMENTS = ("--headless", "--invisible", "--norestore", "--nolockcheck", "--nologo", "--nodefault", "--convert-to", "pdf")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/etc/fonts", "/var/cache/fontconfig")
BESIDE = ("/usr/share/liblangtag", "/etc/ld.so.cache", "/dev/urandom", "/dev/null")


def in_pdf(file: BinaryIO, mime: str, program: str, scratch: str) -> None:
    """Tell the PDF as the picture of page 1; of no page where it is to be asked once more, in the same scratch folder. Raises Unreadable
    where it cannot be made, OSError where the walls cannot be had."""
    ending, reader = _kind(file, mime)
    folder, made = Path(scratch), Path(scratch) / "asked.pdf"
    asked = folder / f"asked.{ending}"
    with asked.open("wb") as copy:
        file.seek(0)
        copy.write(file.read(LONGEST + 1))
    if asked.stat().st_size > LONGEST:
        raise Unreadable("large")
    if not (folder / "profile").exists():
        _settle_in(folder)
    os.chdir(folder)
    confine_to(scratch, [*_libraries(program), *FONTS, *BESIDE])
    code = _run(program, [f"-env:UserInstallation=file://{scratch}/profile", *ARGUMENTS, f"--infilter={reader}", str(asked)])
    if made.is_file() and made.stat().st_size:
        page(1, picture=made.read_bytes())
    elif code != AGAIN:
        raise Unreadable("broken")
    end(pages=1)


def _kind(file: BinaryIO, mime: str) -> tuple[str, str]:
    """The ending of what LibreOffice is given, and what shall read it."""
    if mime in FILTERS:
        return FILTERS[mime]
    data = file.read(LONGEST).upper()
    if data.startswith(b"{\\RTF"):
        return RTF
    if data.startswith(OLD_START.upper()) and LETTER.upper().encode("utf-16-le") not in data:
        for stream, kind in OLD.items():
            if stream.upper().encode("utf-16-le") in data:
                return kind
    raise Unreadable("kind")


def _settle_in(folder: Path) -> None:
    """A profile of its own, made for this file alone."""
    told = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in SETTINGS
    )
    space = 'xmlns:oor="http://openoffice.org/2001/registry"'
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(f"<oor:items {space}>{told}</oor:items>")


def _libraries(program: str) -> list[str]:
    """The program's folder, where its links lead, and the libraries that it is linked with."""
    inside = Path(program).parent
    led = {
        os.path.realpath(link)
        for folder in (inside, inside / "program", inside / "share", inside / "share" / "uno_packages")
        if folder.is_dir()
        for link in folder.iterdir()
        if link.is_symlink()
    }
    machine = sysconfig.get_config_var("MULTIARCH") or ""
    shared = [f"/usr/lib/{machine}"] if machine and Path(f"/usr/lib/{machine}").is_dir() else ["/usr/lib64", "/usr/lib", "/lib64", "/lib"]
    return [str(inside), *sorted(led), *shared]


def _run(program: str, arguments: list[str]) -> int:
    """LibreOffice's own main, with what it prints kept from what we tell."""
    words = [f"{program}/soffice.bin", "-env:OSL_SOCKET_PATH=.", *arguments]
    given = (ctypes.c_char_p * (len(words) + 1))(*[word.encode() for word in words], None)
    told = os.dup(1)
    os.dup2(2, 1)
    try:
        base = ctypes.CDLL(f"{program}/libuno_sal.so.3", mode=ctypes.RTLD_GLOBAL)
        office = ctypes.CDLL(str(library(program)), mode=ctypes.RTLD_GLOBAL)
        base.sal_detail_initialize(len(words), given)
        return int(office.soffice_main())
    finally:
        os.dup2(told, 1)


def library(program: str) -> Path | None:
    """The library that LibreOffice's main is in."""
    known = (Path(program) / name for name in ("libsofficeapp.so", "libmergedlo.so"))
    return next((each for each in known if each.is_file()), None)
