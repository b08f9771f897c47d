"""What somebody wrote in a letter, apart from what they quote and sign with. Line by line, each looked at a bounded number of times.

Every line is one of: empty, text, quote (`>`), attribution (“On … wrote:”), header (“From: …”), delimiter (`-- `, a rule), or the
advertisement of a device. What is to be kept follows from their order alone.
"""

import re
from dataclasses import dataclass

EMPTY, TEXT, QUOTE, ATTRIBUTION, HEADER, DELIMITER, DEVICE = "etqahds"
LONGEST = 1_000  # characters of a line that are looked at
JOINED = 6  # lines over which an attribution may be broken

OPENER = re.compile(r"\s*(?:-+\s*)?(?:On|Am|Le|El|Il|In data|Op|Den|Em|Dnia|W dniu|På|Pe|Dne|Vào|\d)", re.IGNORECASE)
DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}[:.]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d|\d{1,2}\s?月")
VERB = re.compile(
    r"wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|scrisse|geschreven|schreef|skrev|napisał|написал|пишет|пише|írta|"
    r"kirjoitti|yazdı|写道|寫道|のメール|작성",
    re.IGNORECASE,
)
CLOSED = re.compile(r":\s*$|：\s*$|-{2,}\s*$")
BARE = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)[+-]\d\d:\d\d \S")  # 2016-03-03 17:21 GMT+01:00 Somebody
HEAD = re.compile(
    r"\s*\*?(?:From|Sent|Date|To|Cc|Subject|Reply-To|Von|Gesendet|Datum|An|Betreff|Kopie|De|Envoyé|À|Objet|Enviado(?: el)?|Fecha|Para|"
    r"Asunto|Da|Inviato|Data|A|Oggetto|Van|Verzonden|Aan|Onderwerp|Fra|Sendt|Dato|Til|Emne|Från|Skickat|Till|Ämne)\s?:\*?(?:\s|$)",
    re.IGNORECASE,
)
MARKER = re.compile(
    r"\s*[*>]?\s*-{3,}\s*(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Message original|"
    r"Mensaje original|Messaggio originale|Oorspronkelijk bericht|Oprindelig besked|Oprindelig meddelelse|Ursprungligt meddelande|"
    r"Opprinnelig melding|Forwarded message|Weitergeleitete Nachricht|Message transféré|Mensaje reenviado|Messaggio inoltrato|"
    r"Doorgestuurd bericht)\s*-{3,}\*?\s*$",
    re.IGNORECASE,
)
DASHES = re.compile(r"\s*(?:-{3,}|\*{3,}|#{3,}|~{3,}|={3,}|\+{3,})\s*$")  # under a heading they are no end
UNDERSCORES = re.compile(r"\s*_{5,}\s*$")
SIGNED = re.compile(r"(?:--|__|—)\s*$|ᐧ\s*$")
ADVERTISED = re.compile(
    r"\s*[(<*]{0,2}(?:sent (?:from|via|with|by)|envoyé (?:depuis|de)|sendt fra|skickat från|verzonden (?:met|vanaf|via)|"
    r"enviado (?:desde|do)|inviato da|gesendet (?:von|mit)|lähetetty)\b",
    re.IGNORECASE,
)
DEVICES = re.compile(
    r"\s*(?:get \[?outlook for|von meinem .{1,60} gesendet|diese nachricht wurde von .{1,80} gesendet|"
    r"從我的 .{1,40} 傳送|从我的 .{1,40}发送|"
    r"\S{1,40} from mobile\s*$|from my (?:iphone|ipad|android|mobile|phone))",
    re.IGNORECASE,
)
A_SENTENCE = re.compile(r",\s+(?!please|pls|excuse)|\b(?:is|are|was|were|when|because)\b", re.IGNORECASE)
TAGGED = re.compile(r"^[A-Za-z]{1,3}>(?=\s|$|>)")  # `AB> words`, as some programs quote
FENCE = "```"


@dataclass(frozen=True)
class Folded:
    """`kept` is what they wrote; `folded` the lines that were taken out, in their order."""

    kept: str
    folded: str


def fold(text: str, *, signatures: bool = True) -> Folded:
    """Take out quotes, and what is signed with unless `signatures` is off. Of a letter that only quotes nothing is kept."""
    lines = _joined(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").split("\n"))
    kinds = [*_kinds(lines)]
    kept = _kept("".join(kinds), signatures)
    gone = [index for index in range(len(lines)) if index not in kept]
    body = _tidied([lines[index] for index in sorted(kept)])
    if not body and TEXT in kinds:
        return Folded(_tidied(lines), "")
    return Folded(body, _tidied([lines[index] for index in gone]))


def _joined(lines: list[str]) -> list[str]:
    """An attribution that was broken over several lines is one line; `AB>` is `>`."""
    made: list[str] = []
    index = 0
    while index < len(lines):
        line = TAGGED.sub(">", lines[index], count=1)
        count = _lines_of_attribution(lines, index) if DATED.search(line, 0, LONGEST) and not line.startswith(">") else 1
        if count > 1:
            line = " ".join(part for each in lines[index : index + count] if (part := each.strip()))
        made.append(line)
        index += count
    return made


def _lines_of_attribution(lines: list[str], start: int) -> int:
    """Over how many lines the attribution that begins here goes; 1 where there is none, or it is one line."""
    first = lines[start][:LONGEST]
    if is_attribution(first) or not (OPENER.match(first) or VERB.search(first)):
        return 1
    whole = first.strip()
    for more in range(1, JOINED):
        if start + more >= len(lines) or len(whole) > LONGEST:
            return 1
        line = lines[start + more][:LONGEST].strip()
        if line.startswith(">") and not CLOSED.search(line):
            return 1
        whole = f"{whole} {line}" if line else whole
        if is_attribution(whole):
            return more + 1
    return 1


def is_attribution(line: str) -> bool:
    """Whether a line says who wrote what comes next, and when."""
    told = line[:LONGEST]
    if BARE.match(told):
        return True
    if not CLOSED.search(told) or DATED.search(told) is None:
        return False
    return VERB.search(told) is not None and (OPENER.match(told) is not None or "@" in told or told.lstrip()[:1].isalpha())


def _kinds(lines: list[str]) -> "list[str]":
    kinds, fenced = [], False
    for index, whole in enumerate(lines):
        line = whole[:LONGEST]
        if line.lstrip().startswith(FENCE):
            fenced = not fenced
            kinds.append(TEXT)
        else:
            kinds.append(TEXT if fenced and line.strip() else _kind(line, lines[index - 1] if index else ""))
    return kinds


def _kind(line: str, before: str) -> str:
    if not line.strip():
        return EMPTY
    if line.startswith(">"):
        return QUOTE
    if MARKER.match(line) or is_attribution(line):
        return ATTRIBUTION
    if SIGNED.match(line) or UNDERSCORES.match(line) or (DASHES.match(line) and not _is_heading(before)):
        return DELIMITER
    if HEAD.match(line):
        return HEADER
    return DEVICE if _is_device(line) else TEXT


def _is_heading(before: str) -> bool:
    return bool(before.strip()) and not DASHES.match(before) and not SIGNED.match(before)


def _is_device(line: str) -> bool:
    told = line.strip()
    if len(told) > 160:
        return False
    if DEVICES.match(told):
        return True
    return ADVERTISED.match(told) is not None and len(told.split()) <= 12 and A_SENTENCE.search(told) is None


def _kept(kinds: str, signatures: bool) -> set[int]:
    """The lines that stay."""
    end = _end(kinds, signatures)
    there = [index for index in range(end) if not (kinds[index] == DEVICE and signatures)]
    marks = [index for index in there if kinds[index] == ATTRIBUTION]
    if marks:
        there = _around(kinds, there, marks)
    while there and kinds[there[-1]] in (EMPTY, QUOTE):
        there.pop()
    return set(there)


def _end(kinds: str, signatures: bool) -> int:
    """Where what they wrote ends at the latest: before a signature, or a letter that stands below with its headers."""
    end = len(kinds)
    if signatures and (first := kinds.find(DELIMITER)) >= 0 and TEXT in kinds[:first]:
        end = first
    found = re.search(r"h(?:e?h){2,}|h(?:t?h){2,}", kinds[:end])
    if found and TEXT in kinds[: found.start()]:
        end = found.start()
        while end and kinds[end - 1] in (EMPTY, DELIMITER, ATTRIBUTION):
            end -= 1
    return end


def _around(kinds: str, there: list[int], marks: list[int]) -> list[int]:
    """What stays where something is attributed: what stands above it; below it only what answers between or after quotes."""
    first = marks[0]
    above = [index for index in there if index < first]
    below = [index for index in there if index > first]
    comes = next((kinds[index] for index in below if kinds[index] != EMPTY), EMPTY)
    written_above = any(kinds[index] in (TEXT, HEADER, DEVICE) for index in above)
    if written_above and comes != QUOTE:
        return above  # the letter below it is not marked line by line
    if written_above and not any(kinds[index] == TEXT for index in below):
        return above
    if not written_above and comes == QUOTE and re.fullmatch(r"[qe]+a?[qe]*t[te]*", "".join(kinds[index] for index in below)):
        return below[next(at for at, index in enumerate(below) if kinds[index] == TEXT) :]
    return [index for index in there if kinds[index] != ATTRIBUTION]


def _tidied(lines: list[str]) -> str:
    """Without empty lines at its ends."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(line.rstrip() for line in lines[first:last])
