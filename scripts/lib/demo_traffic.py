"""The process that stays beside the stack: the load on the demo, its publisher, and the replayed recordings.

    python demo_traffic.py --endpoint URL --measured FILE [--replay DIR --since EPOCH]
"""

import argparse
import json
import signal
import sys
import threading
import time
from pathlib import Path

import demo_replay
from demo_aws import client
from demo_load import SLOT_S, Load
from demo_publish import publish

# A slot is put this long after its end: the calls that began in it have ended.
LINGER_S = 1.0


def main() -> None:
    options = arguments()
    load = Load(client("lambda", options.endpoint, patience_s=5))
    signal.signal(signal.SIGTERM, lambda *_: load.stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    caller = threading.Thread(target=load.run, daemon=True)
    caller.start()
    cloudwatch = client("cloudwatch", options.endpoint)
    recordings = demo_replay.load(options.replay, options.since) if options.replay else []
    publish_until_stopped(load, cloudwatch, recordings, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--measured", type=Path, required=True, help="one JSON line per published slot")
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--since", type=float, default=time.time(), help="end of the history already written")
    return parser.parse_args()


def publish_until_stopped(load: Load, cloudwatch, recordings, options) -> None:
    waiting, replayed = [], options.since
    with options.measured.open("a") as log:
        while not load.stopped.wait(1.0):
            now = time.time()
            waiting += load.take(now - LINGER_S)
            if attempt(lambda: publish(cloudwatch, waiting)):
                for slot in waiting:
                    print(json.dumps(line(slot)), file=log, flush=True)
                waiting = []
            due = [point for r in recordings for point in r.between(replayed, now)]
            if attempt(lambda: demo_replay.put_all(cloudwatch, demo_replay.NAMESPACE, due)):
                replayed = now


def attempt(put) -> bool:
    """Whether it was put; if not, it stays waiting and goes with the next."""
    try:
        put()
    except Exception as cause:
        print(f"publishing waits: {cause}", file=sys.stderr, flush=True)
        return False
    return True


def line(slot) -> dict:
    latencies = sorted(slot.latencies_ms)
    median = latencies[len(latencies) // 2]
    return {"at": slot.start, "seconds": SLOT_S, "requests": slot.requests, "errors": slot.errors, "latency_ms_p50": median}


if __name__ == "__main__":
    main()
