"""The story's script: scenes in text files, each with a moment told from today, somebody who acts, and what they do.

    ## -9w Tue 10:12 petra start power
    in: leak.installation
    title: Can the gateways run on 24 V?

    Six of our stations …

Moments: `-9w Tue 10:12` is the Tuesday nine weeks before this week; `-3d 10:12` the third working day before today. Weeks are used
for what is at least three weeks old and days for the last ten, so that the order is the same whichever day the story is told.
In words, `{+3w Fri}` becomes a date, `{weekday +3d}` the name of its day, `{iso +3d}` its date for a table.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = r"[-+]\d+(?:d|w (?:Mon|Tue|Wed|Thu|Fri))"
HEADING = re.compile(rf"## ({DAY}) (\d\d:\d\d) ([a-z]+) ([a-z]+)((?: [\w.-]+)*)")
FIELD = re.compile(r"([a-z_]+): (.+)")
TOLD_DAY = re.compile(rf"\{{(weekday |iso )?({DAY})\}}")
STORY = Path(__file__).parent / "story"


@dataclass(frozen=True)
class Calendar:
    """Days and moments as told from `today`, in the vendor's time zone."""

    today: date
    zone: ZoneInfo

    def day(self, told: str) -> date:
        number, _, weekday = told.partition(" ")
        distance = int(number[:-1])
        if weekday:
            monday = self.today - timedelta(days=self.today.weekday())
            return monday + timedelta(weeks=distance, days=WEEKDAYS.index(weekday))
        return self._working_day(distance)

    def moment(self, day: str, clock: str) -> datetime:
        return datetime.combine(self.day(day), time.fromisoformat(clock), self.zone)

    def fill(self, words: str) -> str:
        """Words with the days in them spelt out: "11 December", "Friday"."""
        return TOLD_DAY.sub(lambda found: self._spelt(found[2], found[1] or ""), words)

    def _spelt(self, told: str, form: str) -> str:
        day = self.day(told)
        return {"weekday ": f"{day:%A}", "iso ": day.isoformat()}.get(form, f"{day.day} {day:%B}")

    def _working_day(self, distance: int) -> date:
        day, step = self.today, 1 if distance > 0 else -1
        for _ in range(abs(distance)):
            day += timedelta(days=step)
            while day.weekday() > 4:
                day += timedelta(days=step)
        return day


@dataclass(frozen=True)
class Scene:
    """One act. `what` are the keys of things it is about; `fields` the lines under the heading; `body` the words."""

    at: datetime
    who: str
    verb: str
    what: tuple[str, ...]
    fields: dict[str, str]
    body: str
    where: str  # file and line, for whoever mends the script

    def listed(self, field: str, mark: str = ",") -> list[str]:
        """A field with commas (or another mark) between, as a list."""
        return [each.strip() for each in self.fields.get(field, "").split(mark) if each.strip()]


def read_script(calendar: Calendar, folder: Path = STORY) -> list[Scene]:
    """All scenes of a folder's files in the order in which they happened. Raises ValueError where a heading cannot be read."""
    scenes = [scene for path in sorted(folder.glob("*.md")) for scene in _scenes(path, calendar)]
    return sorted(scenes, key=lambda scene: scene.at)


def _scenes(path: Path, calendar: Calendar) -> list[Scene]:
    found: list[Scene] = []
    lines = path.read_text().splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("## ")]
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        heading = HEADING.fullmatch(lines[start].rstrip())
        where = f"{path.name}:{start + 1}"
        if heading is None:
            raise ValueError(f"{where} is no scene: {lines[start]}")
        day, clock, who, verb, what = heading.groups()
        fields, body = _told(lines[start + 1 : stop])
        told = {name: calendar.fill(value) for name, value in fields.items()}
        found.append(Scene(calendar.moment(day, clock), who, verb, tuple(what.split()), told, calendar.fill(body), where))
    return found


def _told(lines: list[str]) -> tuple[dict[str, str], str]:
    fields: dict[str, str] = {}
    for n, line in enumerate(lines):
        if (field := FIELD.fullmatch(line.rstrip())) is None:
            return fields, "\n".join(lines[n:]).strip()
        fields[field[1]] = field[2]
    return fields, ""
