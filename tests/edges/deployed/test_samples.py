"""Every sample event, as a person would send it."""

import unittest
from pathlib import Path

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
