"""Monitored events, through the gateway: judged, kept, asked for, judged anew, archived; and whom they wake."""

import json
import time
import unittest

import deployed
from deployed import call, invoke


def report(source: str, data: dict, **more) -> dict:
    status, _, verdict = call("POST", "/v1/events", {"source": source, "event_type": "run", "data": data, **more})
    assert status == 200, verdict
    return verdict


def items(query: str) -> list[dict]:
    status, _, page = call("GET", f"/v1/logs?{query}")
    assert status == 200, page
    return page["items"]


class Events(unittest.TestCase):
    def test_the_gateway_wants_a_signature(self):
        status, _, _ = call("POST", "/v1/events", {"source": "a", "event_type": "b", "data": {}}, signed=False)
        self.assertEqual(status, 403)

    def test_an_event_is_judged_and_kept(self):
        verdict = report("invoices", {"status_code": 200, "result": None, "password": "hunter2"}, metadata={"run": 7})
        self.assertEqual((verdict["status"], verdict["decision"]), ("WARNING", "REPROCESS"), verdict)
        self.assertEqual(verdict["findings"][0]["reason"], "status 200 comes with result: null")
        kept = items("source=invoices&status=WARNING&status=CRITICAL")
        self.assertEqual([one["id"] for one in kept], [verdict["id"]])
        self.assertEqual((kept[0]["data"]["password"], kept[0]["metadata"]), ("***", {"run": 7}))
        self.assertIn(verdict["id"], [one["id"] for one in items("rule=silent-failure")])
        status, _, page = call("POST", "/v1/logs/query", {"source": "invoices", "status": "NORMAL"})
        self.assertEqual((status, page["items"]), (200, []))
        rows = json.dumps(deployed.WORLD.rows("events"), default=str)
        self.assertIn(verdict["id"], rows)
        self.assertNotIn("hunter2", rows)

    def test_a_teams_own_rule(self):
        verdict = report("payments", {"amount": -5})
        self.assertEqual((verdict["status"], verdict["decision"]), ("CRITICAL", "ESCALATE"), verdict)
        self.assertEqual(verdict["suggestions"], ["ask accounting"])
        self.assertEqual(report("payments", {"amount": -5, "refund": "r-1"})["status"], "NORMAL")

    def test_what_a_source_usually_says(self):
        for number in range(30):
            self.assertEqual(report("sizes", {"size": 100 + number % 5})["status"], "NORMAL")
        verdict = report("sizes", {"size": 900})
        self.assertEqual(verdict["status"], "WARNING", verdict)
        self.assertIn("standard deviations from its usual 102", verdict["findings"][0]["reason"])
        verdict = report("sizes", {"length": "x"})
        self.assertEqual(verdict["findings"][0]["reason"], "size is missing, which was always there")
        stats = call("GET", "/v1/stats")[2]
        own = next(one for one in stats["sources"] if one["source"] == "sizes")
        self.assertEqual((own["events"], own["by_status"]["NORMAL"]), (32, 30))

    def test_a_critical_event_wakes_people_and_normal_ones_let_them_sleep(self):
        bad = {"cpu_usage": 99, "memory_usage": 97, "error_rate": 50}
        self.assertEqual(report("checkout-worker", bad)["decision"], "ESCALATE")
        alert = named("events/checkout-worker/run")
        self.assertEqual((alert["status"], alert["service"]), ("firing", "worker"))
        for _ in range(5):
            report("checkout-worker", {"cpu_usage": 20})
        self.assertEqual(named("events/checkout-worker/run")["status"], "resolved")

    def test_old_events_go_to_the_archive(self):
        now = int(time.time())
        for age in (1, 50, 60):
            report("old", {"hours": age}, at=now - age * 3600)
        status, _, done = call("POST", "/v1/maintenance/cleanup?older_than_hours=48")
        self.assertEqual((status, done["archived"], done["more"]), (200, 2, False), done)
        self.assertEqual([one["data"]["hours"] for one in items("source=old")], [1])
        self.assertEqual(sorted(hours(done["objects"])), [50, 60])

    def test_what_is_older_than_it_is_kept_goes_to_the_archive_by_itself(self):
        report("ancient", {"hours": 800}, at=int(time.time()) - 30 * 86400 - 3600)
        answer, failed = invoke("timekeeper", "{}")
        self.assertIsNone(failed, answer)
        deployed.await_true("the event is gone", lambda: not items("source=ancient"))
        s3, bucket = deployed.WORLD.aws("s3"), deployed.WORLD.outputs["bucket"]
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix="archive/events/")["Contents"]]
        self.assertIn(800, hours(keys))

    def test_events_are_judged_anew(self):
        verdict = report("again", {"size": 5})
        self.assertEqual(verdict["status"], "NORMAL")
        # What was thought of it is spoiled by hand, as an earlier configuration might have.
        table = deployed.WORLD.aws("dynamodb")
        key = {"pk": {"S": "source#again"}, "sk": {"S": f"{moment(verdict['at']):012d}#{verdict['id']}"}}
        name = deployed.WORLD.outputs["table_names"]["events"]
        row = table.get_item(TableName=name, Key=key)["Item"]
        body = json.loads(row["body"]["S"])
        body["verdict"] |= {"status": "CRITICAL", "severity": 0.95, "decision": "ESCALATE"}
        row["body"]["S"] = json.dumps(body)
        table.put_item(TableName=name, Item=row)
        status, _, done = call("POST", "/v1/analysis/re-evaluate?lookback_minutes=5")
        self.assertEqual(status, 200, done)
        self.assertIn({"id": verdict["id"], "from": "CRITICAL", "to": "NORMAL"}, done["changed"])
        self.assertEqual(items("source=again")[0]["status"], "NORMAL")


def hours(keys: list[str]) -> list[int]:
    s3, bucket = deployed.WORLD.aws("s3"), deployed.WORLD.outputs["bucket"]
    texts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys]
    return [json.loads(line)["event"]["data"].get("hours") for text in texts for line in text.splitlines()]


def moment(at: str) -> int:
    return int(time.mktime(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone


def named(name: str) -> dict:
    alerts = deployed.WORLD.bodies("alerts", "fingerprint", "status")
    return next(alert for alert in alerts if alert["name"] == name)
