"""What the evaluator told is what `tocsin backtest` finds in the chunks that the collector has stored."""

import json
import time
import unittest
from datetime import datetime, timezone

import deployed
from tree import STATE

# Rules whose whole state the stored chunks bring back; others have learned before the first of them.
REPLAYED = {"shop-checkout-error-rate", "shop-checkout-slow", "estate-pushed", "estate-refused", "estate/port/up"}


class Replay(unittest.TestCase):
    def test_the_backtest_of_the_stored_chunks_finds_what_was_told(self):
        now = time.time()
        span = [datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (now - 7200, now)]
        done = deployed.tocsin(
            "backtest", "--config", str(STATE / "config" / "tocsin.yaml"), "--history", "store", "--no-cache",
            "--table-metrics", deployed.WORLD.outputs["table_names"]["metrics"], "--from", span[0], "--to", span[1],
            "--warm-up", "0s", "--format", "json",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        found = {}
        for firing in json.loads(done.stdout)["after"]["firings"]:
            found.setdefault(firing["monitor"], []).append(firing)
        alerts = deployed.WORLD.bodies("alerts", "fingerprint", "status")
        told = {alert["name"]: alert for alert in alerts if alert["name"] in REPLAYED}
        self.assertTrue(told, "nothing was told yet: the tests before this one make something fire")
        for name, alert in told.items():
            with self.subTest(monitor=name):
                last = found[name][-1]
                self.assertEqual(last["began"], alert["fired_at"])
                if alert["status"] == "firing":
                    self.assertEqual(last["reason"], alert["reason"])
        self.assertEqual({name for name in found if name in REPLAYED}, set(told), "and nothing else")
