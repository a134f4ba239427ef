"""Who is called, and what people do about it, on the deployed functions."""

import time
import unittest
from datetime import UTC, datetime, timedelta

import demo_people
import deployed
from deployed import await_true, call

SERVICE = "shop-checkout"


def later(**span) -> str:
    return (datetime.now(UTC) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def raised(name: str, severity: str = "SEV2", **labels) -> str:
    """The incident of an alert that was just raised."""
    alert = {"name": name, "service": SERVICE, "severity": severity, "message": f"{name} is wrong", "labels": {"correlation": name, **labels}}
    status, _, answer = call("POST", "/v1/alerts", alert)
    assert status == 202, answer
    return answer["incident"]


def resolved(name: str, severity: str = "SEV2") -> None:
    alert = {"name": name, "service": SERVICE, "severity": severity, "status": "resolved", "message": "it is over", "labels": {"correlation": name}}
    status, _, answer = call("POST", "/v1/alerts", alert)
    assert status == 202, answer


def incident(name: str) -> dict:
    return next(one for one in deployed.WORLD.all_incidents() if one["id"] == name)


def calls_of(name: str) -> list[dict]:
    """The direct messages about an incident that have a link to take it."""
    messages = deployed.WORLD.messages("slack-api")
    return [m for m in messages if name in str(m["body"]) and demo_people.LINK.search(str(m["body"]))]


class People(unittest.TestCase):
    def test_who_is_called_takes_it_by_the_link_once(self):
        name = f"people-link-{int(time.time())}"
        about = raised(name)
        page = await_true("ann is called", lambda: calls_of(about))[0]
        link = demo_people.reachable(deployed.WORLD, demo_people.link_of(page))
        status, shown = demo_people.request("GET", link)
        self.assertEqual(status, 200, shown)
        self.assertEqual(incident(about)["state"], "triggered", "looking changes nothing")
        status, _ = demo_people.request("POST", link, b"")
        self.assertEqual(status, 200)
        self.assertEqual(incident(about)["state"], "acknowledged")
        status, said = demo_people.request("POST", link, b"")
        self.assertEqual(status, 200, said)
        self.assertIn("taken this incident already", said)
        taken = [entry for entry in incident(about)["timeline"] if entry["what"] == "state-changed" and entry["to"] == "acknowledged"]
        self.assertEqual(len(taken), 1)
        resolved(name)
        await_true("it is over", lambda: incident(about)["state"] == "resolved")
        status, said = demo_people.request("POST", link, b"")
        self.assertEqual(status, 409, said)
        status, said = demo_people.request("POST", link[:-3] + "AAA", b"")
        self.assertIn(status, (400, 403, 404), said)
        self.assertNotIn(name, said, "a forged link learns nothing")

    def test_who_is_told_reads_it_by_the_other_link(self):
        name = f"people-read-{int(time.time())}"
        about = raised(name, "SEV2", instance="db-1")
        page = str(await_true("ann is called", lambda: calls_of(about))[0]["body"])
        link = demo_people.reachable(deployed.WORLD, demo_people.SHOWN.search(page).group(1))
        status, shown = demo_people.request("GET", link)
        self.assertEqual(status, 200, shown)
        for words in (about, name, "instance=db-1", "Nobody has it yet.", "ann by Slack: delivered at"):
            self.assertIn(words, shown)
        self.assertIn(demo_people.request("POST", link, b"")[0], (403, 404), "there is no such route")
        for changed in (link[:-3] + "AAA", link.replace("/incident/", "/acknowledge/"), link[:-30]):
            status, said = demo_people.request("GET", changed)
            self.assertIn(status, (403, 404), said)
            self.assertNotIn(name, said)
        status, said = demo_people.request("GET", link.replace("/incident/", "/post-mortem/"))
        self.assertEqual(status, 404, said)
        resolved(name)
        await_true("it is over", lambda: incident(about)["state"] == "resolved")
        self.assertIn("It is over.", demo_people.request("GET", link)[1])

    def test_a_silence_holds_back_message_and_call_until_it_ends(self):
        name = f"people-silence-{int(time.time())}"
        matchers = [f'alertname="{name}"']
        silence = {"matchers": matchers, "for": "1h", "by": "ann", "comment": "a test"}
        status, _, made = call("POST", "/v1/silences", silence)
        self.assertEqual(status, 201, made)
        about = raised(name)
        held = lambda: [g for g in deployed.WORLD.bodies("alerts", "members", "route") if about in str(g) and "flushed_at" in g]
        await_true("its group was looked at", held)
        self.assertEqual(calls_of(about), [])
        self.assertNotIn(about, str(deployed.WORLD.messages("slack")))
        alert = next(a for a in deployed.WORLD.bodies("alerts", "fingerprint", "status") if a["name"] == name)
        status, _, why = call("GET", f"/v1/alerts/{alert['fingerprint']}/explain")
        self.assertEqual(status, 200, why)
        self.assertIn("silenced by ann", str(why))
        status, _, listed = call("GET", "/v1/silences")
        self.assertIn(made["id"], str(listed))
        status, _, gone = call("DELETE", f"/v1/silences/{made['id']}", {"by": "ann"})
        self.assertEqual(status, 200, gone)
        resolved(name)

    def test_what_another_alert_explains_is_not_told(self):
        why = raised("people-region", "SEV4")
        name = f"people-inhibited-{int(time.time())}"
        about = raised(name)
        held = lambda: [g for g in deployed.WORLD.bodies("alerts", "members", "route") if about in str(g) and "flushed_at" in g]
        await_true("its group was looked at", held)
        self.assertEqual(calls_of(about), [])
        resolved(name)
        resolved("people-region", "SEV4")
        await_true("what explained it is over", lambda: incident(why)["state"] == "resolved")

    def test_who_has_it_snoozes_and_hands_it_on(self):
        name = f"people-hands-{int(time.time())}"
        about = raised(name)
        await_true("ann is called", lambda: calls_of(about))
        for path, body in [
            ("acknowledge", {"by": "ann"}),
            ("take-over", {"by": "ben"}),
            ("snooze", {"by": "ben", "for": "1h"}),
            ("escalate", {"by": "ben"}),
            ("mute", {"by": "ben"}),
            ("unmute", {"by": "ben"}),
        ]:
            status, _, answer = call("POST", f"/v1/incidents/{about}/{path}", body)
            self.assertEqual(status, 200, f"{path}: {answer}")
        await_true("ben is called", lambda: [m for m in calls_of(about) if m["body"]["channel"] in ("U0BEN", "D0BEN")])
        resolved(name)

    def test_who_stands_in_is_on_call(self):
        status, _, now = call("GET", "/v1/on-call?schedule=shop-primary")
        self.assertEqual(status, 200, now)
        self.assertIn("ann", str(now))
        between = {"starts_at": later(days=9), "ends_at": later(days=10)}
        change = {"schedule": "shop-primary", "change": "replace", "person": "ann", "replacement": "ben", "by": "ann", **between}
        status, _, made = call("POST", "/v1/on-call/overrides", change)
        self.assertEqual(status, 201, made)
        status, _, then = call("GET", f"/v1/on-call?schedule=shop-primary&at={later(days=9, hours=3)}")
        self.assertIn("ben", str(then))
        status, _, answer = call("DELETE", f"/v1/on-call/overrides/{made['id']}", {"by": "ann"})
        self.assertIn(status, (200, 204), answer)
        status, _, feed = call("GET", "/v1/on-call/calendar?schedule=shop-primary")
        self.assertEqual(status, 200, feed)
        status, calendar = demo_people.request("GET", deployed.WORLD.api_url + feed["path"])
        self.assertEqual(status, 200, calendar)
        self.assertIn("BEGIN:VCALENDAR", calendar)
