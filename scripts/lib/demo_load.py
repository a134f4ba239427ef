"""A steady load on the demo's alias, and what it sees of it."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from demo_carts import carts
from demo_workload import ALIAS, FUNCTION

RATE_PER_S = 2.0
# Enough that one slow call does not hold up the others; the load stays open-loop up to 4 s a call.
CALLERS = 8
# Published resolution: CloudWatch's finest standard period that adds up to every longer one.
SLOT_S = 10
SEED = 20


@dataclass
class Slot:
    """What was seen of the calls that ended in [start, start + SLOT_S); latencies in ms."""

    start: int
    errors: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.latencies_ms)


@dataclass(frozen=True)
class Outcome:
    ended: float
    failed: bool
    latency_ms: float


def call(functions, cart: dict) -> Outcome:
    """One checkout as a customer sees it: an error of the function, a throttle or no answer are all failures."""
    begun = time.monotonic()
    try:
        answer = functions.invoke(FunctionName=FUNCTION, Qualifier=ALIAS, Payload=json.dumps(cart))
        answer["Payload"].read()
        failed = "FunctionError" in answer
    except Exception:  # the customer does not care which exception it was
        failed = True
    return Outcome(time.time(), failed, round((time.monotonic() - begun) * 1000, 1))


def measure(functions, count: int) -> list[Outcome]:
    """`count` real calls, two at a time."""
    source = carts(SEED + 1)
    with ThreadPoolExecutor(2) as callers:
        return list(callers.map(lambda cart: call(functions, cart), [next(source) for _ in range(count)]))


class Load:
    """Calls at RATE_PER_S until stopped; `take` hands out the finished slots."""

    def __init__(self, functions):
        self.functions = functions
        self.slots: dict[int, Slot] = {}
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def run(self) -> None:
        source = carts(SEED)
        due = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as callers:
            while not self.stopped.is_set():
                callers.submit(self.one, next(source))
                due += 1 / RATE_PER_S
                self.stopped.wait(max(0.0, due - time.monotonic()))

    def one(self, cart: dict) -> None:
        outcome = call(self.functions, cart)
        start = int(outcome.ended) // SLOT_S * SLOT_S
        with self.lock:
            slot = self.slots.setdefault(start, Slot(start))
            slot.errors += outcome.failed
            slot.latencies_ms.append(outcome.latency_ms)

    def take(self, now: float) -> list[Slot]:
        """Slots that ended before `now`, oldest first, each handed out once."""
        with self.lock:
            done = sorted(start for start in self.slots if start + SLOT_S < now)
            return [self.slots.pop(start) for start in done]
