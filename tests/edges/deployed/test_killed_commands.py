"""The functions that people and pipelines call are killed between commit and answer: the caller asks again, and it happened once."""

import unittest

import deployed
from deployed import await_true, call, invoke
from kill_plan import COMMIT, PUBLISH
from kills import Kill

SERVICE = "shop-checkout"


def killed(kill: Kill, act) -> tuple[int, dict, dict]:
    """What the caller sees while the kill happens."""
    deployed.PLAN.kills.append(kill)
    try:
        answer = act()
    finally:
        deployed.PLAN.kills.remove(kill)
    assert kill.done, f"never came to it: {kill}; the caller was told {answer}"
    return answer


def published(incident: str) -> bool:
    """Whether nothing of the incident still waits to be told; the timekeeper is asked, its next minute not awaited."""
    invoke("timekeeper", "{}")
    rows = [row for row in deployed.WORLD.rows("incidents") if row["pk"] == incident]
    return bool(rows) and not any(row["sk"].startswith("outbox#") for row in rows)


class Commands(unittest.TestCase):
    def told(self, incident: str, kind: str) -> bool:
        texts = [str(message["body"]) for message in deployed.WORLD.messages("slack")]
        return any(incident in text and kind in text for text in texts)

    def test_an_incident_opened_by_hand_is_opened_once(self):
        body = {"service": SERVICE, "severity": "SEV2", "title": "Customers report empty carts"}
        status, _, _ = killed(Kill("api", "after", COMMIT), lambda: call("POST", "/v1/incidents", body))
        self.assertGreaterEqual(status, 500)
        status, _, problem = call("POST", "/v1/incidents", body)
        self.assertEqual(status, 409, problem)
        incident = problem["incident"]
        opened = [one for one in deployed.WORLD.incidents() if one["title"] == body["title"]]
        self.assertEqual([one["id"] for one in opened], [incident])
        status, _, _ = killed(Kill("api", "before", PUBLISH), lambda: call("POST", f"/v1/incidents/{incident}/acknowledge", {"by": "ann"}))
        self.assertGreaterEqual(status, 500)
        call("POST", f"/v1/incidents/{incident}/acknowledge", {"by": "ann"})
        taken = next(one for one in deployed.WORLD.incidents() if one["id"] == incident)
        entries = [entry for entry in taken["timeline"] if "acknowledged" in str(entry)]
        self.assertEqual((taken["state"], len(entries)), ("acknowledged", 1), taken["timeline"])
        status, _, answer = call("POST", f"/v1/incidents/{incident}/resolve", {"by": "ann"})
        self.assertEqual(status, 200, answer)
        written = lambda: [one for one in deployed.WORLD.bodies("post-mortems", "incident") if one["incident"] == incident]
        await_true("the timekeeper tells what the killed function could not", lambda: published(incident))
        kinds = lambda: {kind for kind in ("opened", "acknowledged", "resolved") if self.told(incident, f"incident.{kind}")}
        await_true("Slack has all of it", lambda: len(kinds()) == 3)
        await_true("its post-mortem is written", written)
        await_true("and told", lambda: published(incident))

    def test_an_alert_that_is_pushed_fires_once(self):
        body = {"name": "checkout-smoke-test", "service": SERVICE, "severity": "SEV3", "status": "firing", "message": "3 of 5 steps failed"}
        status, _, answer = killed(Kill("ingest", "after", COMMIT), lambda: call("POST", "/v1/alerts", body))
        self.assertGreaterEqual(status, 500, answer)
        status, _, answer = call("POST", "/v1/alerts", body)
        self.assertIn(status, (200, 201, 202), answer)
        alerts = [one for one in deployed.WORLD.bodies("alerts", "fingerprint", "status") if one["name"] == body["name"]]
        self.assertEqual(len(alerts), 1)
        holding = [one for one in deployed.WORLD.incidents() if body["name"] in str(one["alerts"])]
        self.assertEqual(len(holding), 1)
        await_true("the timekeeper tells what the killed function could not", lambda: published(holding[0]["id"]))
        call("POST", "/v1/alerts", {**body, "status": "resolved"})
