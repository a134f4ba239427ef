"""Real series, recorded by others, replayed as CloudWatch metrics of further services.

Each CSV (timestamp,value) is shifted in time so that its last day lies ahead: the day before that is written as history
and the last one comes point by point, at the file's own pace.
"""

import csv
import re
import statistics
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from demo_publish import at, put_all
from tree import Refused

NAMESPACE = "Replay"
AHEAD_S = 86_400
HISTORY_S = 86_400
# Without a past a monitor has no scale; a shorter file is refused by name.
POINTS_MIN = 24
# CloudWatch periods here: five minutes like the recordings, at most an hour.
PERIOD_MIN_S, PERIOD_MAX_S = 300, 3600
# What a file's name says about it: fragment, metric, statistic, unit.
KINDS = (
    ("cpu", "CPUUtilization", "Average", "Percent"),
    ("request_count", "RequestCount", "Sum", "Count"),
    ("network", "NetworkIn", "Sum", "Bytes"),
    ("disk_write", "DiskWriteBytes", "Sum", "Bytes"),
    ("", "Value", "Average", "None"),
)


@dataclass(frozen=True)
class Recording:
    """One file, with the times already shifted; `points` are (start, value), ascending."""

    service: str
    metric: str
    statistic: str
    unit: str
    period_s: int
    points: tuple[tuple[int, float], ...]
    ceiling: float

    def between(self, start: float, end: float) -> list[dict]:
        """Metric data of the points whose period ended in [start, end)."""
        due = [(time, value) for time, value in self.points if start <= time + self.period_s < end]
        dimensions = [{"Name": "Service", "Value": self.service}]
        common = {"MetricName": self.metric, "Dimensions": dimensions, "Unit": self.unit}
        return [{**common, "Timestamp": at(time), "Value": value} for time, value in due]


def load(directory: Path, now: float) -> list[Recording]:
    """Every CSV below the directory, in the order of their names."""
    files = sorted(directory.rglob("*.csv"))
    if not files:
        raise Refused(f"--replay: no .csv file below {directory}")
    return [recording(file, now) for file in files]


def recording(file: Path, now: float) -> Recording:
    recorded = read(file)
    if len(recorded) < POINTS_MIN:
        raise Refused(f"--replay: {file} has {len(recorded)} points; at least {POINTS_MIN} are needed")
    steps = [later - earlier for (earlier, _), (later, _) in zip(recorded, recorded[1:])]
    period = min(max(round(statistics.median(steps) / PERIOD_MIN_S) * PERIOD_MIN_S, PERIOD_MIN_S), PERIOD_MAX_S)
    split = bisect_left(recorded, recorded[-1][0] - AHEAD_S, key=lambda point: point[0])
    split = max(split, len(recorded) // 2)
    # The last point of the history fills the newest whole period.
    shift = int(now) // period * period - period - recorded[split - 1][0]
    name = file.stem.lower()
    metric, statistic, unit = next(kind[1:] for kind in KINDS if kind[0] in name)
    return Recording(
        service=re.sub(r"[^a-z0-9]+", "-", name).strip("-"),
        metric=metric,
        statistic=statistic,
        unit=unit,
        period_s=period,
        points=tuple((time + shift, value) for time, value in recorded),
        ceiling=max(value for _, value in recorded[:split]),
    )


def read(file: Path) -> list[tuple[int, float]]:
    with file.open(newline="") as text:
        try:
            rows = [(epoch(row["timestamp"]), float(row["value"])) for row in csv.DictReader(text)]
        except (KeyError, TypeError, ValueError) as cause:
            raise Refused(f"--replay: {file} is not a table of timestamp,value: {cause}") from cause
    return sorted(rows)


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())


def write_history(cloudwatch, recordings: list[Recording], now: float) -> int:
    data = [point for r in recordings for point in r.between(now - HISTORY_S, now)]
    put_all(cloudwatch, NAMESPACE, data)
    return len(data)


def configuration(recordings: list[Recording]) -> str:
    """The services and monitors of the recordings, for tocsin.yaml to include."""
    parts = ["# Written by scripts/up --replay: one service per recorded series.\nservices:\n"]
    parts += [SERVICE.format(**described(r)) for r in recordings]
    parts += ["monitors:\n"]
    parts += [MONITOR.format(**described(r)) for r in recordings]
    return "".join(parts)


def described(r: Recording) -> dict:
    series = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", r.metric).lower()
    minutes = r.period_s // 60
    return {**vars(r), "series": series, "period": f"{minutes}m" if minutes < 60 else "1h", "ceiling": f"{r.ceiling:.15g}"}


SERVICE = """\
  - name: {service}
    owner: team-replay
    series:
      - name: {series}
        source: cloudwatch
        namespace: Replay
        metric: {metric}
        dimensions: {{ Service: {service} }}
        statistic: {statistic}
        period: {period}
"""

# Above everything in the recording's past: rare in real data, and a SEV4 when it happens.
MONITOR = """\
  - name: {service}-new-high
    service: {service}
    signal: {{ series: {series} }}
    conditions:
      - {{ severity: SEV4, when: "> {ceiling}" }}
    datapoints: {{ breaching: 3, of: 3 }}
    missing_data: ignore
    category: technical
"""
