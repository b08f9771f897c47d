"""Office documents that name a file of the machine, each by what its kind has for that: whoever prints them must not show it."""

from pathlib import Path

from tests.workspaces.previews.bombs import archive

OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
WORD, EXCEL, ODT, ODS = OOXML + "wordprocessingml.document", OOXML + "spreadsheetml.sheet", ODF + "text", ODF + "spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    [
        *(f'xmlns:{name}="{OASIS}{name}:1.0"' for name in ("office", "text", "table")),
        f'xmlns:draw="{OASIS}drawing:1.0" xmlns:svg="{OASIS}svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"',
    ]
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
W = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{RELATION}"'
X = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{RELATION}"'


def opendocument(mime: str, body: str) -> bytes:
    entry = '<m:file-entry m:full-path="{}" m:media-type="{}"/>'
    listed = f'<m:manifest xmlns:m="{OASIS}manifest:1.0" m:version="1.2">{entry.format("/", mime)}{entry.format("content.xml", "text/xml")}'
    content = f'<office:document-content {SPACES} office:version="1.2"><office:body>{body}</office:body></office:document-content>'
    return archive({"mimetype": mime, "META-INF/manifest.xml": listed + "</m:manifest>", "content.xml": content})


def section(secret: Path) -> bytes:
    source = f'<text:section-source xlink:href="{secret.as_uri()}.txt" text:filter-name="Text"/>'
    return opendocument(ODT, f'<office:text><text:section text:name="s">{source}<text:p>stale</text:p></text:section></office:text>')


def picture_in_odt(secret: Path) -> bytes:
    image = f'<draw:image xlink:href="{secret.as_uri()}.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>'
    frame = f'<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm">{image}</draw:frame>'
    return opendocument(ODT, f"<office:text><text:p>stale</text:p><text:p>{frame}</text:p></office:text>")


def sheets(secret: Path) -> bytes:
    cell = "<table:table-row><table:table-cell {}><text:p>stale</text:p></table:table-cell></table:table-row>"
    other = cell.format(f"table:formula=\"of:=['{secret.as_uri()}.ods'#$Sheet1.A1]\"")
    asked = cell.format(f'table:formula="of:=WEBSERVICE(&quot;{secret.as_uri()}.txt&quot;)"')
    source = f'<table:table-source xlink:href="{secret.as_uri()}.csv" table:filter-name="Text - txt - csv (StarCalc)"/>'
    tables = f'<table:table table:name="A">{other}{asked}</table:table><table:table table:name="B">{source}{cell.format("")}</table:table>'
    return opendocument(ODS, f"<office:spreadsheet>{tables}</office:spreadsheet>")


def _types(*parts: tuple[str, str]) -> str:
    told = "".join(f'<Override PartName="{name}" ContentType="application/vnd.openxmlformats-{kind}+xml"/>' for name, kind in parts)
    known = f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{told}'
    return f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>{known}</Types>'


def _leads(*links: tuple[str, str, str]) -> str:
    told = "".join(
        f'<Relationship Id="{id}" Type="{RELATION}/{kind}" Target="{target}"{mode}/>'
        for id, kind, target in links
        for mode in [' TargetMode="External"' if ":" in target else ""]
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{told}</Relationships>'


def word(body: str, *links: tuple[str, str, str]) -> bytes:
    return archive(
        {
            "[Content_Types].xml": _types(("/word/document.xml", "officedocument.wordprocessingml.document.main")),
            "_rels/.rels": _leads(("r1", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": _leads(*links),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        }
    )


def included(secret: Path) -> bytes:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    asked = f'<w:r><w:instrText xml:space="preserve"> INCLUDETEXT "{secret}.txt" </w:instrText></w:r>'
    return word(f"<w:p>{mark.format('begin')}{asked}{mark.format('separate')}<w:r><w:t>stale</w:t></w:r>{mark.format('end')}</w:p>")


def picture_in_docx(secret: Path) -> bytes:
    fill = '<pic:blipFill><a:blip r:link="rI"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    shape = '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="1800000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
    names = '<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
    data = f'<a:graphicData uri="{DRAWING}/picture"><pic:pic xmlns:pic="{DRAWING}/picture">{names}{fill}{shape}</pic:pic></a:graphicData>'
    inside = f'<wp:extent cx="1800000" cy="1800000"/><wp:docPr id="1" name="p"/><a:graphic xmlns:a="{DRAWING}/main">{data}</a:graphic>'
    drawn = f'<w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing">{inside}</wp:inline></w:drawing>'
    return word(f"<w:p><w:r><w:t>stale</w:t></w:r><w:r>{drawn}</w:r></w:p>", ("rI", "image", f"{secret.as_uri()}.png"))


def workbook(secret: Path) -> bytes:
    kind = "officedocument.spreadsheetml."
    cells = f'<c r="A1"><f>[1]Sheet1!A1</f></c><c r="B1" t="str"><f>_xlfn.WEBSERVICE("{secret.as_uri()}.txt")</f></c>'
    book = '<externalBook r:id="r1"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook>'
    sheet = (
        '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets><externalReferences><externalReference r:id="r2"/></externalReferences>'
    )
    parts = (
        ("/xl/workbook.xml", kind + "sheet.main"),
        ("/xl/worksheets/sheet1.xml", kind + "worksheet"),
        ("/xl/externalLinks/externalLink1.xml", kind + "externalLink"),
    )
    return archive(
        {
            "[Content_Types].xml": _types(*parts),
            "_rels/.rels": _leads(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f"<workbook {X}>{sheet}</workbook>",
            "xl/_rels/workbook.xml.rels": _leads(
                ("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "externalLink", "externalLinks/externalLink1.xml")
            ),
            "xl/externalLinks/externalLink1.xml": f"<externalLink {X}>{book}</externalLink>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": _leads(("r1", "externalLinkPath", f"{secret.as_uri()}.ods")),
            "xl/worksheets/sheet1.xml": f'<worksheet {X}><sheetData><row r="1">{cells}<c r="C1"><v>7</v></c></row></sheetData></worksheet>',
        }
    )


def secrets(secret: Path, words: str) -> None:
    """What the documents name: the same words as text, table and workbook."""
    row = f"<table:table-row><table:table-cell><text:p>{words}</text:p></table:table-cell></table:table-row>"
    table = f'<office:spreadsheet><table:table table:name="Sheet1">{row}</table:table></office:spreadsheet>'
    secret.with_suffix(".txt").write_text(words)
    secret.with_suffix(".csv").write_text(words)
    secret.with_suffix(".ods").write_bytes(opendocument(ODS, table))


LINKS = {
    "a section of a text": (section, ODT, "odt"),
    "a picture in a text": (picture_in_odt, ODT, "odt"),
    "sheets and formulas": (sheets, ODS, "ods"),
    "a field of Word": (included, WORD, "docx"),
    "a picture in Word": (picture_in_docx, WORD, "docx"),
    "a workbook of another": (workbook, EXCEL, "xlsx"),
}
