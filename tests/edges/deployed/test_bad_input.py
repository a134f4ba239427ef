"""What functions are given that they cannot work on: it is parked with the reason, nothing is lost, and nothing panics."""

import json
import re
import unittest

import deployed
from botocore.exceptions import ClientError
from deployed import FUNCTIONS, call, invoke, parked, sns

SCHEDULED = ["collector", "evaluator", "timekeeper"]
SUBSCRIBED = ["incident-response", "notifier", "post-mortem"]
NOT_OBJECTS = {"text": '"text"', "a list": "[]", "null": "null", "a number": "7", "true": "true"}
NOT_JSON = {"words": "not json", "half": '{"version":', "NaN": '{"shard": NaN}', "no UTF-8": b'"\xff\xfe"'}
DEEP = "[" * 500 + "]" * 500
LARGE = json.dumps("x" * 10_000_000)
FUTURE = "2123-01-01T00:00:00Z"

OF_SCHEDULES = {
    "an unknown version": ({"version": 2}, "version 2 is unknown"),
    "a shard too many": ({"shard": 99}, "shard 99 does not exist"),
    "a negative shard": ({"shard": -1}, "wrong shape"),
    "an unknown field": ({"shards": 0}, "unknown field `shards`"),
    "a word for a time": ({"scheduled_time": "yesterday"}, "scheduled_time"),
    "the future": ({"scheduled_time": FUTURE}, "in the future"),
}
EVENT = {
    "version": 1, "id": "evt-6908aeb08cb5dc965350", "kind": "incident.opened", "at": "2026-01-31T14:06:02Z",
    "incident": "inc-00000000000000000000", "service": "shop-checkout", "severity": "SEV2", "category": "technical", "summary": "s",
}
OF_THE_BUS = {
    "no records": ({}, "Records"),
    "empty records": ({"Records": []}, "no records"),
    "a record without a message": ({"Records": [{"Sns": {}}]}, "Message"),
    "a message that is not JSON": (sns("not json"), "is not JSON"),
    "a message that is a list": (sns("[]"), ""),
    "an unknown version": (sns({**EVENT, "version": 9}), "version 9"),
    "a missing field": (sns({name: EVENT[name] for name in EVENT if name != "incident"}), "incident"),
    "an unknown kind": (sns({**EVENT, "kind": "incident.eaten"}), "incident.eaten"),
    "an impossible severity": (sns({**EVENT, "severity": "SEV9"}), "SEV9"),
}
WAKE = '{"version":1,"group":"grp-00000000000000000000"}'
OF_QUEUES = {
    "no records": ({"Records": []}, "no records"),
    "records that are none": ({"Records": 7}, "wrong shape"),
    "a record without an id": ({"Records": [{"body": WAKE}]}, "messageId"),
    "a message of SNS": (sns(WAKE), "messageId"),
}
BAD_WAKES = {"words": "is not JSON", "{}": "version", '{"version":9}': "version 9", '{"version":1}': "Wake", '{"version":1,"group":7}': "invalid type"}
ALERT = {"metric_name": "ErrorRate", "current_value": 15.0, "threshold": 10.0}
BY_HAND = {
    "no value": ({"metric_name": "x", "threshold": 1.0}, "current_value"),
    "a word for a value": ({**ALERT, "current_value": "much"}, "current_value"),
    "NaN": ('{"metric_name":"x","current_value":NaN,"threshold":1}', "is not JSON"),
    "infinite": ('{"metric_name":"x","current_value":1e999,"threshold":1}', "is not JSON"),
    "an unknown service": ({**ALERT, "service": "no-such-service"}, "no-such-service"),
    "an unknown field": ({**ALERT, "severty": "SEV1"}, "severty"),
    "an empty name": ({**ALERT, "metric_name": " "}, "metric_name"),
}
ALARM = {
    "version": "0", "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
    "detail": {"alarmName": "bad-input", "state": {"value": "ALARM", "reason": "r", "timestamp": "2026-01-31T14:06:10.000+0000"}},
}


def alarm(**state) -> dict:
    return {**ALARM, "detail": {**ALARM["detail"], "state": {**ALARM["detail"]["state"], **state}}}


OF_ALARMS = {
    "something else": ({"hello": 1}, "nothing that this function knows"),
    "an unknown state": (alarm(value="WORRIED"), "WORRIED"),
    "the future": (alarm(timestamp="2123-01-01T00:00:00.000+0000"), "in the future"),
    "no time": (alarm(timestamp=None), "/state/timestamp"),
    "SNS with words": (sns("not json"), "is not JSON"),
}


class Parked(unittest.TestCase):
    """Each payload alone, and then a look into the queue."""

    def refuses(self, function: str, payload, words: str) -> None:
        text = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
        parked(function)
        try:
            answer, failed = invoke(function, text)
        except ClientError as refused:
            # Lambda itself refuses what is no JSON, before the function sees it.
            self.assertEqual(refused.response["Error"]["Code"], "InvalidRequestContentException")
            self.assertIn(payload, NOT_JSON.values())
            return
        self.assertIsNone(failed, answer)
        self.assertIn(words, answer["parked"])
        left = parked(function)
        self.assertEqual(len(left), 1, left)
        self.assertIn(words, left[0]["reason"])
        self.assertEqual(json.loads(self.body(left[0]["body"])), json.loads(text))

    def body(self, text: str) -> bytes:
        """What was parked; what is too large for the queue lies in the bucket."""
        if not text.startswith('{"bucket":'):
            return text.encode()
        place = json.loads(text)
        return deployed.WORLD.aws("s3").get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()

    def each(self, functions: list[str], table: dict) -> None:
        for function in functions:
            for what, (payload, words) in table.items():
                with self.subTest(function=function, what=what):
                    self.refuses(function, payload, words)

    def test_no_function_takes_what_is_no_object(self):
        self.each(FUNCTIONS, {what: (text, "") for what, text in NOT_OBJECTS.items()})

    def test_no_function_takes_what_is_no_json(self):
        self.each(FUNCTIONS, {what: (text, "") for what, text in NOT_JSON.items()})

    def test_no_function_breaks_at_depth_or_size(self):
        self.each(FUNCTIONS, {"deep": (DEEP, ""), "10 MB": (LARGE, "")})

    def test_schedules(self):
        self.each(SCHEDULED, OF_SCHEDULES)

    def test_queues(self):
        self.each(["timekeeper"], OF_QUEUES)

    def test_a_bad_wake_is_parked_alone(self):
        parked("timekeeper")
        bodies = [WAKE, *BAD_WAKES, WAKE]
        answer, failed = invoke("timekeeper", {"Records": [{"messageId": str(of), "body": body} for of, body in enumerate(bodies)]})
        self.assertEqual((answer, failed), ({"batchItemFailures": []}, None))
        left = {one["body"]: one["reason"] for one in parked("timekeeper")}
        self.assertEqual(left.keys(), BAD_WAKES.keys())
        for body, words in BAD_WAKES.items():
            self.assertIn(words, left[body])

    def test_the_bus(self):
        self.each(SUBSCRIBED, OF_THE_BUS)

    def test_alerts_by_hand(self):
        self.each(["incident-response"], {what: (sns(message), words) for what, (message, words) in BY_HAND.items()})

    def test_alarms(self):
        self.each(["ingest"], OF_ALARMS)


class Again(unittest.TestCase):
    """Duplicated, reordered, and of things that are not there."""

    def test_an_event_of_an_unknown_incident_changes_nothing(self):
        for function in SUBSCRIBED:
            for kind in ("incident.opened", "incident.resolved"):
                with self.subTest(function=function, kind=kind):
                    before = len(deployed.WORLD.rows("incidents"))
                    first = invoke(function, sns({**EVENT, "kind": kind}))
                    self.assertEqual(first, invoke(function, sns({**EVENT, "kind": kind})))
                    self.assertIsNone(first[1], first[0])
                    self.assertEqual(len(deployed.WORLD.rows("incidents")), before)

    def test_an_alarm_twice_and_its_end_before_its_beginning(self):
        def change(name: str, value: str, minute: int) -> dict:
            event = alarm(value=value, timestamp=f"2026-01-31T14:{minute:02}:10.000+0000")
            return invoke("ingest", {**event, "detail": {**event["detail"], "alarmName": name}})[0]

        first = change("told-twice", "ALARM", 6)
        self.assertTrue(first["raised"] and first["incident"], first)
        self.assertFalse(change("told-twice", "ALARM", 6)["raised"], "the same again")
        self.assertEqual(change("told-twice", "OK", 10)["incident"], first["incident"])
        self.assertFalse(change("told-twice", "ALARM", 6)["raised"], "an older change does not undo a newer one")
        self.assertIsNone(change("reordered", "OK", 10)["incident"])
        self.assertFalse(change("reordered", "ALARM", 6)["raised"], "it was over before it was told")


class Routes(unittest.TestCase):
    """Every route of the API, from its own description."""

    GET = [
        "/v1/incidents/nonsense", "/v1/incidents/inc-00000000000000000000", "/v1/post-mortems/inc-00000000000000000000", "/v1/incidents?limit=0",
        "/v1/incidents?limit=many", "/v1/incidents?state=eaten", "/v1/incidents?cursor=forged", "/v1/alerts?status=loud", "/v1/alerts?cursor=%00",
        "/v1/alerts?limit=1e9", "/v1/services?unknown=1", "/v1/metrics/query", "/v1/metrics/query?series=shop-checkout/none&from=0&to=60&step=60s",
        "/v1/metrics/query?series=shop-checkout/errors&from=NaN&to=60&step=60s", "/v1/metrics/query?series=shop-checkout/errors&from=60&to=0&step=60s",
        "/v1/metrics/query?series=shop-checkout/errors&from=0&to=60&step=-1s", "/v1/metrics/query?series=shop-checkout/errors&from=0&to=99999999999&step=1s",
        "/v1/no/such/route", "/v1/incidents/%ff%fe",
    ]
    BODIES = [*NOT_JSON.values(), *NOT_OBJECTS.values(), "{}", DEEP, json.dumps({"x": "y" * 1_000_000}), '{"service":"no-such-service"}', '{"unknown":1}']
    # What these take: to say nothing, and no alerts at all.
    ENOUGH = {("/v1/analysis/re-evaluate", "{}"), ("/v1/logs/query", "{}"), ("/api/v2/alerts", "[]")}

    def refuses(self, method: str, path: str, body=None) -> None:
        status, headers, problem = call(method, path, body)
        self.assertIn(status, range(400, 500), problem)
        self.assertEqual(headers["content-type"], "application/problem+json", problem)
        self.assertTrue(problem["title"] and problem["status"] == status, problem)

    def test_queries(self):
        for path in self.GET:
            with self.subTest(path=path):
                self.refuses("GET", path)

    def described(self) -> list[tuple[str, str]]:
        """Method and path of every route that the API describes, with names that exist nowhere."""
        paths = call("GET", "/v1/openapi.json")[2]["paths"]
        return [(method.upper(), re.sub(r"\{\w+\}", "inc-00000000000000000000", path)) for path, of in paths.items() for method in of]

    def test_commands(self):
        # A link's page is for people: what comes with the press is not looked at, and its answer is no problem document.
        commands = [(method, path) for method, path in self.described() if method != "GET" and not path.startswith("/acknowledge/")]
        self.assertGreater(len(commands), 5, commands)
        for method, path in commands:
            for body in self.BODIES:
                with self.subTest(path=path, body=str(body)[:40]):
                    if (path, body) in self.ENOUGH:
                        self.assertIn(call(method, path, body)[0], range(200, 300))
                    else:
                        self.refuses(method, path, body)

    def test_an_unsigned_call_is_refused_everywhere(self):
        for method, path in self.described():
            with self.subTest(path=path, method=method):
                # Slack signs in its own way; a link is signed itself, and this one by nobody.
                otherwise = path == "/v1/slack/interactions" or path.startswith(("/acknowledge/", "/incident/", "/post-mortem/", "/calendar/"))
                self.assertIn(call(method, path, signed=False)[0], (401, 403, 404) if otherwise else (403,))


class Quiet(unittest.TestCase):
    def test_nothing_panicked(self):
        logs = deployed.WORLD.aws("logs")
        for name in deployed.WORLD.outputs["function_names"].values():
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", limit=10_000)["events"]
            panics = [event["message"] for event in events if "panicked" in event["message"]]
            self.assertEqual(panics, [])
