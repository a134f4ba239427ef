"""Objectives, through the gateway: made, judged by the evaluator, asked for, changed, deleted; and the deployment gate."""

import time
import unittest

import deployed
from deployed import call

# Its service has pushed values; see estate.yaml.
PLAIN = {
    "name": "Credits stay small", "description": "a credit a minute of at most 100 dollars", "service_name": "worker",
    "metric_name": "credit", "target_percentage": 90, "time_window": "10m", "threshold_value": 100, "operator": "lte",
}
ID = "credits-stay-small"


def push(minute: int, value: float):
    values = {"metric": "Credit", "service": "worker", "value": value, "unit": "dollars", "at": minute}
    status, _, answer = call("POST", "/v1/metrics", values)
    assert status == 202, answer


def objective() -> dict:
    status, _, found = call("GET", f"/v1/slo/{ID}")
    return found if status == 200 and "status" in found else {}


def gate() -> dict:
    status, _, found = call("GET", "/v1/gate/worker")
    assert status == 200, found
    return found


def tool(*arguments: str):
    return deployed.tocsin("gate", "worker", "--api", deployed.WORLD.api_url, *arguments)


class Objectives(unittest.TestCase):
    def test_from_the_first_event_to_the_closed_gate_and_back(self):
        self.assertEqual(call("GET", "/v1/slo", signed=False)[0], 403)
        status, _, made = call("POST", "/v1/slo", PLAIN)
        self.assertEqual((status, made["id"], made["version"]), (201, ID, 1), made)
        self.assertEqual(call("POST", "/v1/slo", PLAIN)[0], 409)
        now = int(time.time()) // 60 * 60
        # Three slices of nine are bad: more than the budget of ten minutes, which is one.
        for back in range(8, -1, -1):
            push(now - 60 * back, 40 if back > 2 else 900)
        judged = deployed.await_true("the objective is judged", lambda: objective().get("status"), 240)
        self.assertEqual(judged["budget"]["target_percentage"], 90)
        closed = deployed.await_true("the gate closes", lambda: gate()["state"] == "closed" and gate(), 300)
        self.assertIn(f"the budget of {ID} is spent", closed["reason"])
        self.assertIn("closes_gate", str(call("GET", "/v1/error-budget/worker")[2]))
        alerts = deployed.WORLD.bodies("alerts", "fingerprint", "status")
        told = next(alert for alert in alerts if alert["name"] == f"{ID}/budget")
        self.assertEqual((told["status"], told["severity"], told["labels"]["correlation"]), ("firing", "SEV3", f"slo/{ID}"))
        told = tool()
        self.assertEqual((told.returncode, told.stdout), (1, f"worker: closed: {closed['reason']}\n"), told.stderr)
        said = tool("--open", "the release is the fix", "--for", "1m", "--by", "ben")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("worker: open: ben (", said.stdout)
        self.assertEqual(tool("--open", "holiday", "--for", "8d").returncode, 2)
        word = {"open": True, "reason": "the release is the fix", "for": "10m", "by": "ann"}
        status, _, opened = call("PUT", "/v1/gate/worker/override", word)
        self.assertEqual((status, opened["state"], opened["slos"][0]["closes"]), (200, "open", True), opened)
        self.assertIn("ann (", opened["overridden"]["by"])
        status, _, back = call("PUT", "/v1/gate/worker/override", {**word, "for": "0s"})
        self.assertEqual((status, back["state"]), (200, "closed"), back)
        status, _, health = call("GET", "/v1/service-health/worker")
        self.assertEqual((status, health["own_status"], health["cause"]), (200, "degraded", "own"), health)
        self.assertLess(health["score"], 70)
        self.assertIn("estate", str(call("GET", "/v1/service-health")[2]))
        self.assertEqual(call("PUT", f"/v1/slo/{ID}", {**PLAIN, "target_percentage": 10})[2]["version"], 2)
        deployed.await_true("the gate opens", lambda: gate()["state"] == "open", 240)
        self.assertEqual(call("DELETE", f"/v1/slo/{ID}")[0], 204)
        self.assertEqual(call("GET", f"/v1/slo/{ID}")[0], 404)

    def test_mistakes_are_told_and_what_is_declared_stays(self):
        status, _, refused = call("POST", "/v1/slo", {**PLAIN, "target_percentage": 100, "metric_name": "crdit"})
        self.assertEqual((status, len(refused["errors"])), (400, 2), refused)
        self.assertIn("credit", str(refused))
        self.assertEqual(call("DELETE", "/v1/slo/shop-checkout-up")[0], 409)
        self.assertEqual(call("GET", "/v1/error-budget/shop-checkout?window=2m")[0], 200)
        self.assertEqual(call("GET", "/v1/gate/nobody")[0], 404)
        lost = deployed.tocsin("gate", "nobody", "--api", deployed.WORLD.api_url)
        self.assertEqual(lost.returncode, 2)
        self.assertIn("HTTP 404: there is no service nobody", lost.stderr)
