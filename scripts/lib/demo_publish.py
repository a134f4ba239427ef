"""Puts what the load measured into CloudWatch."""

from collections import Counter
from datetime import datetime, timezone
from random import Random

from demo_load import RATE_PER_S, SLOT_S, Outcome, Slot

NAMESPACE = "Shop"
DIMENSIONS = [{"Name": "Service", "Value": "shop-checkout"}]
# Two hours of history, in the same slots as what is measured later.
HISTORY_S = 7200
HISTORY_SEED = 7
# PutMetricData takes 1,000 metrics a call; fewer keep a call with values below 1 MB.
BATCH = 150


def at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, timezone.utc)


def metrics(start: int, requests: int, errors: int, latencies_ms: list[float]) -> list[dict]:
    """Requests and errors as counts; latency as the values seen, so that percentiles are exact."""
    common = {"Dimensions": DIMENSIONS, "Timestamp": at(start), "StorageResolution": 1}
    put = [
        {**common, "MetricName": "Requests", "Value": float(requests), "Unit": "Count"},
        {**common, "MetricName": "Errors", "Value": float(errors), "Unit": "Count"},
    ]
    if latencies_ms:
        seen = Counter(latencies_ms)
        values = {"Values": list(seen), "Counts": [float(count) for count in seen.values()]}
        put.append({**common, "MetricName": "Latency", "Unit": "Milliseconds", **values})
    return put


def publish(cloudwatch, slots: list[Slot]) -> None:
    put_all(cloudwatch, NAMESPACE, [metric for s in slots for metric in metrics(s.start, s.requests, s.errors, s.latencies_ms)])


def put_all(cloudwatch, namespace: str, data: list[dict]) -> None:
    for first in range(0, len(data), BATCH):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[first : first + BATCH])


def write_history(cloudwatch, outcomes: list[Outcome], now: float) -> int:
    """Two hours before `now`, each step drawn with replacement from the real outcomes; the number of steps."""
    random = Random(HISTORY_SEED)
    end = int(now) // SLOT_S * SLOT_S
    data = []
    for start in range(end - HISTORY_S, end, SLOT_S):
        drawn = random.choices(outcomes, k=round(RATE_PER_S * SLOT_S))
        data += metrics(start, len(drawn), sum(o.failed for o in drawn), [o.latency_ms for o in drawn])
    put_all(cloudwatch, NAMESPACE, data)
    return HISTORY_S // SLOT_S

