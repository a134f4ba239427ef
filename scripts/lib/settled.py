"""A second plan right after apply must be empty, but for what the local AWS reads back wrongly.

It answers DescribeAlarms in the protocol of Terraform's provider with half of an alarm's fields left out, so every alarm
shows as changed. Those are allowed here, and looked at in the other protocol, which answers in full.
"""

from pathlib import Path

import demo_aws
import terraform
from tree import Refused

# Terraform's attribute to CloudWatch's field; nothing else may differ, and of no other resource.
LEFT_OUT = {
    "actions_enabled": "ActionsEnabled",
    "alarm_actions": "AlarmActions",
    "alarm_description": "AlarmDescription",
    "dimensions": "Dimensions",
    "ok_actions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "treat_missing_data": "TreatMissingData",
}


def check(folder: Path, extra: dict[str, str], endpoint: str) -> int:
    """Plans again and refuses any difference that is not known; returns how many alarms showed the known one."""
    alarms = _alarms(endpoint)
    found = terraform.changes(folder, extra)
    wrong = [complaint for change in found for complaint in _complaints(change, alarms)]
    if wrong:
        raise Refused("a second plan wants to change what was just applied:\n  " + "\n  ".join(wrong))
    return len(found)


def _complaints(change: dict, alarms: dict[str, dict]) -> list[str]:
    actions, before, after = (change["change"][key] for key in ("actions", "before", "after"))
    if change["type"] != "aws_cloudwatch_metric_alarm" or actions != ["update"]:
        return [f"{change['address']}: {'/'.join(actions)}"]
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    real = alarms.get(after["alarm_name"], {})
    wrong = [name for name in differing if name not in LEFT_OUT or _plain(real.get(LEFT_OUT[name])) != after[name]]
    return [f"{change['address']}: {name}" for name in sorted(wrong)]


def _plain(field):
    """CloudWatch's list of dimensions as Terraform's map; anything else as it is."""
    if isinstance(field, list) and field and isinstance(field[0], dict):
        return {dimension["Name"]: dimension["Value"] for dimension in field}
    return field


def _alarms(endpoint: str) -> dict[str, dict]:
    pages = demo_aws.client("cloudwatch", endpoint).get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
