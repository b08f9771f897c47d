"""Real conversations as files that can be imported: `python -m bench.conversations DIR` reads the directory that MAINSTAY_TEST_DATA
names and writes `mail.mbox` and `messages.csv` into DIR, and what they hold as `counts.json`.

Mail threads become mails, one for each message that the newest of a thread quotes; meetings and chats become rows, one for each turn.
"""

import csv
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

SPACED = re.compile(r"\s+([,.;:!?)\]}'’])|([(\[{])\s+")
QUOTED = re.compile(r"^-* ?Original Message ?-*$|^Forwarded by ")
COLUMNS = ("id", "workspace", "forum", "topic", "author_email", "author_name", "at", "body", "reply_to")
START = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)


@dataclass
class Mail:
    """One message of a thread."""

    sender: str = ""
    subject: str = ""
    date: str = ""
    lines: list[str] = field(default_factory=list)


def main(target: Path) -> None:
    data = Path(os.environ["MAINSTAY_TEST_DATA"]) / "conversations"
    target.mkdir(parents=True, exist_ok=True)
    counts = {"mails": write_mbox(data / "enron-threads", target / "mail.mbox")}
    counts |= write_csv(data, target / "messages.csv")
    (target / "counts.json").write_text(json.dumps(counts, indent=2))
    sys.stdout.write(json.dumps(counts) + "\n")


def write_mbox(folder: Path, to: Path) -> int:
    """The mails of all threads; how many there are."""
    count = 0
    with to.open("wb") as file:
        for number, path in enumerate(sorted(folder.glob("*.conll"))):
            thread = mails_of(path.read_text(encoding="utf-8", errors="replace"))
            before = ""
            for place, mail in enumerate(reversed(thread)):  # the oldest is quoted last
                id = f"<{path.stem}.{place}@threads.example>"
                file.write(b"From importer Mon Jan  1 00:00:00 2001\n" + _letter(mail, id, before, number, place) + b"\n\n")
                before, count = id, count + 1
    return count


def mails_of(text: str) -> list[Mail]:
    """The messages of a thread, the newest first."""
    mails = [Mail()]
    in_head = True
    for line in lines_of(text):
        if QUOTED.match(line):
            mails.append(Mail())
            in_head = True
            continue
        mail = mails[-1]
        name, _colon, value = line.partition(":")
        known = name.strip().lower()
        if in_head and known in ("from", "sent", "date", "to", "cc", "subject", "x - from", "x - to", "x - cc", "x - bcc"):
            if known == "from" and not mail.sender:
                mail.sender = value.strip()
            elif known == "subject":
                mail.subject = value.strip()
            elif known in ("sent", "date"):
                mail.date = value.strip()
            continue
        in_head = False
        mail.lines.append(line)
    return [mail for mail in mails if mail.lines]


def lines_of(text: str) -> Iterator[str]:
    """One token a line becomes a sentence a line."""
    words: list[str] = []
    for row in [*text.splitlines(), ""]:
        if row.startswith("#"):
            continue
        if row.strip():
            words.append(row.split("\t")[0])
        elif words:
            yield " ".join(SPACED.sub(r"\1\2", " ".join(words)).split())
            words = []


def _letter(mail: Mail, id: str, before: str, thread: int, place: int) -> bytes:
    letter = EmailMessage()
    letter["From"] = _sender(mail.sender)
    letter["Subject"] = mail.subject or "(none)"
    letter["Date"] = format_datetime(_date(mail.date) or datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=thread, hours=place))
    letter["Message-ID"] = id
    if before:
        letter["In-Reply-To"] = before
    letter.set_content("\n".join(mail.lines) + "\n")
    return letter.as_bytes(policy=policy.default.clone(mangle_from_=True))


def _sender(told: str) -> str:
    """`Dunton, Heather` and `heather.dunton@enron.com` are one person."""
    if found := re.search(r"[\w.+-]+@[\w.-]+\w", told):
        return found[0].lower()
    last, _comma, first = told.partition(",")
    name = re.sub(r"[^A-Za-z ]", " ", f"{first} {last}" if first else last).split() or ["unknown"]
    return f"{' '.join(name)} <{name[0].lower()}.{name[-1].lower()}@enron.com>"


def _date(told: str) -> datetime | None:
    for form in ("%A, %B %d, %Y %I:%M %p", "%m/%d/%Y %I:%M %p"):
        try:
            return datetime.strptime(told.replace(" :", ":"), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return None


def write_csv(data: Path, to: Path) -> dict[str, int]:
    """The turns of all meetings and chats; how many of each."""
    counts = {"turns": 0, "lines": 0}
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for n, path in enumerate(sorted((data / "product-meetings").glob("*.json"))):
            turns = [(turn["speaker"], turn["content"]) for turn in json.loads(path.read_text())["meeting_transcripts"]]
            counts["turns"] += _write(writer, "Meetings", f"Meeting {path.stem}", turns, START + timedelta(days=n))
        for chat in json.loads((data / "customer-service-abcd" / "abcd_sample.json").read_text()):
            at = START + timedelta(days=30, hours=chat["convo_id"] % 24)
            counts["lines"] += _write(writer, "Support", f"Chat {chat['convo_id']}", chat["original"], at)
    return counts


def _write(writer: Any, forum: str, topic: str, turns: list[Any], at: datetime) -> int:
    spoken = [(who, " ".join(said.split())) for who, said in turns if said.strip()]
    for n, (who, said) in enumerate(spoken):
        name = who.strip() or "Somebody"
        writer.writerow(
            {
                "id": f"{topic}/{n}",
                "workspace": "Conversations",
                "forum": forum,
                "topic": topic,
                "author_email": re.sub(r"\W+", ".", name.lower()).strip(".") + "@talk.example",
                "author_name": name,
                "at": (at + timedelta(seconds=12 * n)).isoformat(),
                "body": SPACED.sub(r"\1\2", said),
                "reply_to": "",
            }
        )
    return len(spoken)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
