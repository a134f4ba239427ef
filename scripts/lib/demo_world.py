"""What the stack has stored, read from outside: tables, bucket, receiver's log, the load's measurements, the API."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import demo_workload
from demo_aws import REGION, client


# What the local stack's configuration promises.
OBJECTIVE = "shop-checkout-up"


@dataclass
class World:
    """Reads afresh on every call; `since` is when the incident's story begins (epoch seconds)."""

    endpoint: str
    outputs: dict
    receiver_log: Path
    measured_log: Path
    since: float = 0.0
    good_version: str = ""
    bad_version: str = ""
    rolled_back_at: float | None = None
    gate_closed: bool = False
    slack_signing: str = ""
    # What the demo's people have done, by what they did.
    done: dict = field(default_factory=dict)
    clients: dict = field(default_factory=dict)

    def aws(self, service: str):
        return self.clients.setdefault(service, client(service, self.endpoint))

    def rows(self, table: str) -> list[dict]:
        """All items, with the aggregate (attribute `body`) parsed."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=self.outputs["table_names"][table])
        return [plain(item) for page in pages for item in page["Items"]]

    def bodies(self, table: str, *needed: str) -> list[dict]:
        """The aggregates that have all the fields in `needed`."""
        found = [row["body"] for row in self.rows(table) if isinstance(row.get("body"), dict)]
        return [body for body in found if all(name in body for name in needed)]

    def incidents(self) -> list[dict]:
        """Those that wake people; the work on a spent budget is one of its own."""
        return [body for body in self.all_incidents() if not body["key"]]

    def work_on_budget(self) -> dict | None:
        return next((body for body in self.all_incidents() if body["key"] == f"slo/{OBJECTIVE}"), None)

    def all_incidents(self) -> list[dict]:
        found = self.bodies("incidents", "timeline", "alerts")
        return [body for body in found if body["service"] == demo_workload.FUNCTION]

    def incident(self) -> dict | None:
        return next(iter(self.incidents()), None)

    def alert(self) -> dict | None:
        found = self.bodies("alerts", "fingerprint", "status")
        return next((body for body in found if body["name"] == "shop-checkout-error-rate"), None)

    def action(self) -> dict | None:
        incident = self.incident()
        return incident["actions"][0] if incident and incident["actions"] else None

    def receipts(self) -> list[dict]:
        return self.bodies("incidents", "channel", "tries")

    def serving(self) -> str:
        version = demo_workload.serving(self.aws("lambda"))
        if self.bad_version and version == self.good_version and not self.rolled_back_at:
            self.rolled_back_at = time.time()
        return version

    def messages(self, vendor: str) -> list[dict]:
        """What reached the receiver for "slack", "pagerduty" or "webhook", oldest first."""
        return [line for line in lines(self.receiver_log) if line["vendor"] == vendor]

    def measured(self, start: float, end: float) -> tuple[int, int, int]:
        """Whole slots in [start, end) as the load saw them: slots, requests, errors."""
        slots = [s for s in lines(self.measured_log) if start <= s["at"] and s["at"] + s["seconds"] <= end]
        return len(slots), sum(s["requests"] for s in slots), sum(s["errors"] for s in slots)

    def report(self, kind: str) -> str | None:
        incident, s3 = self.incident(), self.aws("s3")
        if not incident:
            return None
        key = f"post-mortems/{incident['id']}/post-mortem.{kind}"
        try:
            return s3.get_object(Bucket=self.outputs["bucket"], Key=key)["Body"].read().decode()
        except s3.exceptions.ClientError:
            return None

    @cached_property
    def api_url(self) -> str:
        return self.outputs["api_url"].rstrip("/")

    def get(self, path: str, signed: bool = True) -> tuple[int, dict]:
        """Status and JSON of a GET on the API."""
        request = AWSRequest("GET", self.api_url + path)
        if signed:
            SigV4Auth(Credentials("test", "test"), "execute-api", REGION).add_auth(request)
        try:
            with urllib.request.urlopen(urllib.request.Request(request.url, headers=dict(request.headers)), timeout=15) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refused:
            return refused.code, {}
        except (urllib.error.URLError, TimeoutError, ValueError):
            return 0, {}


def plain(item: dict) -> dict:
    """An item without DynamoDB's type tags; numbers as floats, sets and binaries as they come."""
    row = {name: float(value["N"]) if "N" in value else next(iter(value.values())) for name, value in item.items()}
    if isinstance(row.get("body"), str):
        row["body"] = json.loads(row["body"])
    return row


def lines(file: Path) -> list[dict]:
    """A log of JSON lines; the last one may still be in the making."""
    if not file.exists():
        return []
    whole = file.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]
