"""What the dead-man listens for is what the deployed functions write."""

import json
import unittest

import deployed
from deployed import await_true


def records(function: str) -> list[dict]:
    """The embedded metrics in a function's log."""
    events = deployed.WORLD.aws("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}", limit=10_000)["events"]
    lines = [event["message"].strip() for event in events]
    return [json.loads(line) for line in lines if line.startswith("{") and '"CloudWatchMetrics"' in line]


def is_counted(record: dict, alarm: dict) -> bool:
    """Whether this record gives the alarm's metric a number above zero, by CloudWatch's rules."""
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    return any(
        metrics["Namespace"] == alarm["Namespace"]
        and any(set(names) == set(dimensions) and all(record[name] == dimensions[name] for name in names) for names in metrics["Dimensions"])
        and any(metric["Name"] == alarm["MetricName"] for metric in metrics["Metrics"])
        and record[alarm["MetricName"]] > 0
        for metrics in record["_aws"]["CloudWatchMetrics"]
    )


class DeadMan(unittest.TestCase):
    def test_each_hears_its_function(self):
        alarms = deployed.WORLD.aws("cloudwatch").describe_alarms(AlarmNamePrefix="tocsin-dead-man-")["MetricAlarms"]
        self.assertEqual({alarm["AlarmName"].rsplit("-", 1)[1] for alarm in alarms}, {"collector", "evaluator", "timekeeper"})
        for alarm in alarms:
            function = alarm["AlarmName"].rsplit("-", 1)[1]
            name = deployed.WORLD.outputs["function_names"][function]
            with self.subTest(function=function):
                await_true(f"the {function}'s tick is counted", lambda: any(is_counted(one, alarm) for one in records(name)))
                self.assertTrue(alarm["AlarmActions"], "nobody would hear of it")
