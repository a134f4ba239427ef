"""Every sample event, as a person would send it."""

import json
import unittest
from pathlib import Path

import deployed
from deployed import invoke
from tree import ROOT

SAMPLES = sorted((ROOT / "events").glob("*/*.json"))


class Samples(unittest.TestCase):
    def test_every_function_answers_its_samples(self):
        self.assertGreater(len(SAMPLES), 20)
        for sample in SAMPLES:
            with self.subTest(sample=str(sample.relative_to(ROOT))):
                answer, failed = invoke(Path(sample).parent.name, sample.read_text())
                self.assertIsNone(failed, answer)
                self.assertNotIn("parked", str(answer))

    def test_one_collection_now(self):
        answer, failed = invoke("collector", "{}")
        self.assertIsNone(failed, answer)
        self.assertEqual(answer["shard"], 0)
        self.assertIn("asked", answer)

    def test_an_alert_by_hand(self):
        payload = '{"Records":[{"Sns":{"Message":"{\\"metric_name\\":\\"ErrorRate\\",\\"current_value\\":15.0,\\"threshold\\":10.0}"}}]}'
        first, failed = invoke("incident-response", payload)
        self.assertIsNone(failed, first)
        self.assertTrue(first["incident"].startswith("inc-"), first)
        again, _ = invoke("incident-response", payload)
        self.assertEqual(again["incident"], first["incident"], "the same alert is the same incident")

    def test_a_finding_is_an_alert(self):
        """AWS alone may put events of its own: the rule is asked whether it takes the event, and the function is given it."""
        event = json.loads((ROOT / "events/ingest/eventbridge-finding.json").read_text())
        events = deployed.WORLD.aws("events")
        pattern = events.describe_rule(Name="tocsin-findings")["EventPattern"]
        self.assertTrue(events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"])
        target = events.list_targets_by_rule(Rule="tocsin-findings")["Targets"][0]["Arn"]
        self.assertTrue(target.endswith(f":{deployed.WORLD.outputs['function_names']['ingest']}"), target)
        event["detail"] |= {"id": "f" * 32, "type": "Policy:IAMUser/RootCredentialUsage", "resource": {"resourceType": "AccessKey"}}
        answer, failed = invoke("ingest", event)
        self.assertIsNone(failed, answer)
        self.assertTrue(answer["raised"], answer)
        again, _ = invoke("ingest", event)
        self.assertEqual((again["raised"], again["incident"]), (False, answer["incident"]))
        alert = named(event["detail"]["type"])
        self.assertEqual((alert["severity"], alert["service"], alert["status"]), ("SEV2", "unassigned", "firing"))
        self.assertEqual(alert["incident"], answer["incident"])


def named(name: str) -> dict | None:
    alerts = deployed.WORLD.bodies("alerts", "fingerprint", "status")
    return next((alert for alert in alerts if alert["name"] == name), None)
