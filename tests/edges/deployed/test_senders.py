"""What Prometheus and Alertmanager send to the deployed functions."""

import time
import unittest
from datetime import UTC, datetime, timedelta

import deployed
from deployed import await_true, call, invoke, parked, tocsin


def at(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def alert(name: str, since: float, until: float) -> dict:
    labels = {"alertname": name, "severity": "info", "correlation": name}
    return {"labels": labels, "annotations": {"summary": "it is slow"}, "startsAt": at(since), "endsAt": at(until)}


def known(fingerprint: str) -> dict:
    return next(alert for alert in deployed.WORLD.bodies("alerts", "fingerprint", "status") if alert["fingerprint"] == fingerprint)


class Senders(unittest.TestCase):
    def test_an_alert_of_prometheus_that_is_not_sent_again_ends_by_the_timekeeper(self):
        sent = alert("deployed-lapses", -5, 6)
        status, _, first = call("POST", "/api/v2/alerts", [sent])
        self.assertEqual((status, len(first["changed"]), first["unchanged"]), (200, 1, 0), first)
        status, _, again = call("POST", "/api/v2/alerts", [sent])
        self.assertEqual((status, again["changed"], again["unchanged"]), (200, [], 1), again)
        fingerprint, incident = first["changed"][0]["alert"], first["changed"][0]["incident"]
        self.assertEqual(known(fingerprint)["status"], "firing")

        def lapsed() -> bool:
            answer, failed = invoke("timekeeper", "{}")
            self.assertIsNone(failed, answer)
            self.assertEqual(answer["failed"], [])
            return known(fingerprint)["status"] == "resolved"

        await_true("an alert that nobody tells any more ends", lapsed)
        self.assertIn("had not told it again", known(fingerprint)["reason"])
        _, _, ended = call("GET", f"/v1/incidents/{incident}")
        self.assertEqual(ended["state"], "resolved")

    def test_a_bad_alert_is_parked_and_the_others_are_taken(self):
        name = f"deployed-bad-{int(time.time())}"
        status, _, problem = call("POST", "/api/v2/alerts", [{"labels": {}}, alert(name, -5, -1)])
        self.assertEqual(status, 400, problem)
        self.assertIn("the other 1 of 2 alerts were taken", problem["hint"])
        left = await_true("it is parked with the reason", lambda: parked("ingest"))
        self.assertTrue(any("1 of 2 alerts: [0]: it has no labels" in one["reason"] for one in left), left)

    def test_alertmanagers_webhook(self):
        sent = {"status": "firing", **alert("deployed-webhook", -5, 0), "endsAt": "0001-01-01T00:00:00Z"}
        group = {"version": "4", "groupKey": "{}", "receiver": "tocsin", "status": "firing", "truncatedAlerts": 0, "alerts": [sent]}
        status, _, first = call("POST", "/v1/alertmanager/webhook", group)
        self.assertEqual((status, len(first["changed"])), (200, 1), first)
        over = {**group, "alerts": [{**sent, "status": "resolved", "endsAt": at(0)}]}
        status, _, ended = call("POST", "/v1/alertmanager/webhook", over)
        self.assertEqual((status, len(ended["changed"])), (200, 1), ended)
        status, _, report = call("GET", "/v1/reports/operations?service=unassigned")
        self.assertEqual(status, 200, report)
        self.assertIn("deployed-webhook", str(report["monitors"]))
        shown = tocsin("report", "--api", deployed.WORLD.api_url, "--service", "unassigned")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("deployed-webhook", shown.stdout)
