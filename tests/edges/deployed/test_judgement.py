"""Every way to judge a signal, from CloudWatch to the stored alert: a shard that has watched for two weeks meets a bad morning."""

import json
import subprocess
import time
import unittest
from datetime import datetime, timezone

import deployed
import package
from tree import STATE

# What each alert says, beginning and a word that only its measure says.
TOLD = {
    "estate-anomaly": ("orders 10: ", "expected"),
    "estate-z-score": ("standard deviations of orders from its mean of 2h -", "standard deviation"),
    "estate-mad": ("median deviations of orders from its median of 2h -", "spread"),
    "estate-week-band": ("standard deviations of orders from its hour of the week -", "this hour of the week has"),
    "estate-change": ("change of orders -", "yesterday"),
    "estate-usual": ("change of orders -", "as usual at this hour of the week"),
    "estate-forecast": ("disk in 1d 9", "an hour"),
    "estate-absence": ("delay of backups ", "nothing since"),
    "estate/port/up": ("port.up 0 (limit < 1) in 2 of the last 3 periods of 1m", "— connection refused"),
    "estate-refused": ("refused ", '— seen: "Connection refused by <*>"'),
    "estate-asked": ("asked ", "(limit >= 1)"),
    "estate-new": ("new 1 (limit > 0)", '— seen: "Connection refused by <*>"'),
    "estate-pushed": ("refunds 740 USD (limit > 100 USD)", "in 1 of the last"),
    "estate-combined": ('"estate-increase and (estate-forecast or estate-change)" holds: estate-increase fires', "increase of sent"),
}


class Judgement(unittest.TestCase):
    def test_every_measure_sees_what_is_wrong_and_says_why(self):
        world, now = deployed.WORLD, time.time()
        until = int(now // 60 - 3) * 60
        print("\n   ", given(world, until), flush=True)
        self.assertGreater(int(stored(world)["Metadata"]["version"]), 0)
        version = stored(world)["Metadata"]["version"]
        learned(world, until)
        put(world, until)
        write_lines(world, until)
        push(until)
        deployed.PORT.close()
        # Some are over before the last one begins: what is unusual for two minutes becomes usual.
        seen: dict[str, dict] = {}
        found = deployed.await_true("every measure fires", lambda: all_fired(world, seen), 240)
        for name, (begins, says) in TOLD.items():
            with self.subTest(monitor=name):
                self.assertTrue(found[name]["reason"].startswith(begins), found[name]["reason"])
                self.assertIn(says, found[name]["reason"])
                self.assertEqual(found[name]["service"], "estate")
        self.assertEqual(found["estate-usual"]["category"], "business")
        self.assertNotIn("estate-increase", alerts(world), "a quiet monitor tells nobody")
        self.assertGreater(int(stored(world)["Metadata"]["version"]), int(version), "the evaluator goes on from what it was given")


def given(world, until: int) -> str:
    """Folds the history and stores the state."""
    program = [str(package.built("watched")), "--endpoint", world.endpoint, "--table", world.outputs["table_names"]["metrics"]]
    program += ["--bucket", world.outputs["bucket"], "--config", str(STATE / "config" / "tocsin.yaml")]
    program += ["--until", datetime.fromtimestamp(until, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")]
    done = subprocess.run(program, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def put(world, since: int):
    """Few orders, a full disk, a counter that leaps; backups are not heard of any more."""
    data = []
    for minute in range(8):
        at = datetime.fromtimestamp(since + 60 * minute, timezone.utc)
        for metric, value in (("Orders", 10), ("Disk", 87), ("Sent", since // 60 * 10 + 5000 * (minute + 1))):
            data.append({"MetricName": metric, "Timestamp": at, "Value": value})
    world.aws("cloudwatch").put_metric_data(Namespace="Estate", MetricData=data)


def learned(world, until: int):
    """Gives the collector a past of two hours in which no template was seen, over the one that it has just begun."""
    begun = datetime.fromtimestamp(until - 7200, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = json.dumps({"of": "/estate/web refused", "begun": begun, "known": []})
    world.aws("s3").put_object(Bucket=world.outputs["bucket"], Key="templates/estate/new", Body=known.encode())


def write_lines(world, since: int):
    """A line a minute, each with another address."""
    events = [{"timestamp": (since + 60 * minute) * 1000, "message": f"ERROR Connection refused by 10.0.0.{minute}"} for minute in range(8)]
    world.aws("logs").put_log_events(logGroupName="/estate/web", logStreamName="all", logEvents=events)


def push(since: int):
    """Refunds as services push them: of another shop too, which nobody watches, and twice under one id."""
    for minute in range(3):
        batch = [{"metric": "refunds", "value": value, "at": since + 60 * minute, "dimensions": {"shop": "7", "till": "2"}} for value in (700, 40)]
        for _ in range(2):
            status, _, taken = deployed.call("POST", "/v1/metrics", {"metrics": batch, "id": f"refunds-{minute}"})
            assert (status, taken) == (202, {"accepted": 2, "series": ["estate/refunds"]}), taken
    status, _, refused = deployed.call("POST", "/v1/metrics", {"metric": "refund", "value": 1})
    assert status == 400 and refused["hint"] == "did you mean refunds?", refused


def alerts(world) -> dict[str, dict]:
    found = world.bodies("alerts", "fingerprint", "status")
    return {alert["name"]: alert for alert in found if alert["status"] == "firing"}


def all_fired(world, seen: dict[str, dict]) -> dict[str, dict] | None:
    seen |= alerts(world)
    return seen if TOLD.keys() <= seen.keys() else None


def stored(world) -> dict:
    return world.aws("s3").head_object(Bucket=world.outputs["bucket"], Key="checkpoints/shard-0")
