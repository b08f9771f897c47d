"""How things are measured: CPU seconds of processes, commands run to their end, spreads of times, and tables of what was found.

CPU time is of the processes that are measured and of nobody else, so a busy machine disturbs it little. Times by the clock are only
to be read beside the baseline that was taken in the same run.
"""

import os
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.pages import machine
from tests.running import COMMAND, Running

Row = dict[str, Any]  # what was found of one thing: a line of a table


@dataclass(frozen=True)
class Spent:
    """What a command took, from its start to its end, and what it said."""

    seconds: float
    cpu: float
    peak_mb: int
    said: str


def mainstay(data: Path, *words: str) -> Spent:
    """`mainstay …` on a data directory. Raises RuntimeError with what it said where it failed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTAY_")}
    environment = kept | {"MAINSTAY_DATA_DIR": str(data), "MAINSTAY_LOG": "warning"}
    began = time.perf_counter()
    with subprocess.Popen([*COMMAND, *words], env=environment, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"mainstay {' '.join(words)}: {said}")
    return Spent(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, said)


def server(data: Path) -> Running:
    """`mainstay serve` as it is by itself, but for the API's allowance, which would end a measurement after 2,000 requests a minute."""
    return Running(data, MAINSTAY_API_LIMIT="0")


def cpu(processes: Iterable[psutil.Process]) -> float:
    """CPU seconds of these processes so far, to the nanosecond (`/proc` counts hundredths)."""
    return sum(time.clock_gettime(~each.pid << 3 | 2) for each in processes)  # as clock_getcpuclockid(3) makes it


def memory(processes: Iterable[psutil.Process]) -> int:
    """Megabytes that only these processes use."""
    return round(sum(each.memory_full_info().uss for each in processes) / 2**20)


def spread(seconds: list[float]) -> Row:
    """Percentiles in milliseconds."""
    kept = sorted(seconds)
    at = {name: kept[min(len(kept) - 1, int(len(kept) * share))] for name, share in (("p95", 0.95), ("p99", 0.99))} if kept else {}
    return {"p50_ms": round(statistics.median(kept) * 1000, 2)} | {f"{name}_ms": round(at[name] * 1000, 2) for name in at} if kept else {}


def times(value: float, baseline: float) -> float | None:
    """How many times its baseline something is."""
    return round(value / baseline, 1 if value >= baseline else 3) if baseline else None


def circumstances() -> Row:
    return machine() | {"at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}


def tables(results: dict[str, list[Row]]) -> Iterator[str]:
    """The findings as Markdown, a table a part."""
    for part, rows in results.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        yield f"\n### {part}\n"
        yield f"| {' | '.join(name.replace('_', ' ') for name in columns)} |"
        yield f"|{' --- |' * len(columns)}"
        for row in rows:
            yield f"| {' | '.join('' if row.get(name) is None else str(row[name]) for name in columns)} |"
