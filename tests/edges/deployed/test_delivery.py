"""How long it takes from an alert to the first message about it, over the deployed functions. It is told, not judged."""

import statistics
import threading
import time
import unittest

import deployed
from deployed import await_true, call

GROUP_WAIT_S = 5.0  # of the local configuration
ALERTS = 20
LOOK_EVERY_S = 0.05


class Ear(threading.Thread):
    """Notes when a message that names an incident is first in the receiver's log."""

    def __init__(self):
        super().__init__(daemon=True)
        self.waiting, self.heard, self.is_over = set(), {}, threading.Event()

    def run(self):
        while not self.is_over.wait(LOOK_EVERY_S):
            text = deployed.WORLD.receiver_log.read_text()
            for incident in [one for one in list(self.waiting) if one in text]:
                self.heard[incident] = time.time()
                self.waiting.discard(incident)


class Delivery(unittest.TestCase):
    def test_every_alert_is_told_and_how_soon(self):
        ear, sent, alerts = Ear(), {}, []
        ear.start()
        try:
            for number in range(ALERTS):
                name = f"delivery-{number}-{int(time.time())}"
                alert = {"name": name, "service": "shop-checkout", "severity": "SEV3", "message": "is it told soon?", "labels": {"correlation": name}}
                at = time.time()
                status, _, answer = call("POST", "/v1/alerts", alert)
                self.assertEqual(status, 202, answer)
                sent[answer["incident"]] = at
                alerts.append(alert)
                ear.waiting.add(answer["incident"])
                time.sleep(0.7)  # not in step with the second that the local queue goes by
            await_true("all are told", lambda: not ear.waiting, 60)
        finally:
            ear.is_over.set()
            for alert in alerts:
                call("POST", "/v1/alerts", alert | {"status": "resolved"})
        beyond = sorted(ear.heard[incident] - at - GROUP_WAIT_S for incident, at in sent.items())
        told = f"median {statistics.median(beyond):.2f} s, {beyond[0]:.2f} to {beyond[-1]:.2f} s"
        print(f"\n  alert to first delivery, beyond the group's wait of {GROUP_WAIT_S:.0f} s: {told} ({ALERTS} alerts)", flush=True)
