"""Two incidents become one by hand and two again, on the deployed functions: who heard of the one hears where it goes on."""

import time
import unittest

import deployed
from deployed import await_true, call, tocsin
from test_people import SERVICE, incident, raised


def ended(name: str, key: str) -> None:
    alert = {"name": name, "service": SERVICE, "severity": "SEV2", "status": "resolved", "message": "it is over", "labels": {"correlation": key}}
    status, _, answer = call("POST", "/v1/alerts", alert)
    assert status == 202, answer


def pages(action: str, about: str) -> list[dict]:
    """What PagerDuty was told of an incident."""
    bodies = [message["body"] for message in deployed.WORLD.messages("pagerduty")]
    return [body for body in bodies if body["dedup_key"] == about and body["event_action"] == action]


def said(about: str, words: str) -> bool:
    """Whether Slack was told so of an incident, by the webhook or by the bot."""
    told = [str(message["body"]) for vendor in ("slack", "slack-api") for message in deployed.WORLD.messages(vendor)]
    return any(about in text and words in text for text in told)


def incident_command(*arguments: str) -> str:
    done = tocsin("incident", *arguments, "--api", deployed.WORLD.api_url)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Correlation(unittest.TestCase):
    def test_two_incidents_become_one_and_two_again(self):
        one, two, late = (f"kin-{word}-{int(time.time())}" for word in ("one", "two", "late"))
        first, second = raised(one), raised(two)
        self.assertNotEqual(first, second)
        await_true("both are told", lambda: pages("trigger", first) and pages("trigger", second))

        status, _, merged = call("POST", f"/v1/incidents/{second}/merge", {"into": first, "by": "ann"})
        self.assertEqual((status, merged.get("id")), (200, first), merged)
        self.assertEqual(merged["covers"], [{"service": SERVICE, "key": two}])
        status, _, old = call("GET", f"/v1/incidents/{second}")
        self.assertEqual([old["state"], old["merged_into"], old["goes_on_in"]], ["closed", first, first])
        status, _, problem = call("POST", f"/v1/incidents/{second}/acknowledge", {"by": "ann"})
        self.assertEqual((status, problem.get("incident")), (409, first), problem)
        await_true("the second's page is over", lambda: pages("resolve", second))
        await_true("Slack is told where it goes on", lambda: said(second, f"goes on in {first}"))
        await_true("the first says what it includes", lambda: said(first, f"{second} was merged into it"))
        self.assertEqual(raised(late, correlation=two), first, "a later alert of the merged key joins the one that goes on")

        listed = {alert["name"]: alert["fingerprint"] for alert in call("GET", f"/v1/incidents/{first}")[2]["alerts"]}
        self.assertEqual(set(listed), {one, two, late})
        leaving = [listed[two], listed[late]]
        status, _, apart = call("POST", f"/v1/incidents/{first}/split", {"alerts": leaving, "by": "ann"})
        self.assertEqual(status, 200, apart)
        self.assertNotIn(apart["id"], (first, second))
        self.assertEqual([apart["state"], len(apart["alerts"]), apart["key"]], ["triggered", 2, two])
        await_true("it is told as one of its own", lambda: pages("trigger", apart["id"]))
        shown = incident_command("show", apart["id"])
        self.assertIn(f"dismissed {first}", shown)
        self.assertIn(f"{apart['id']} SEV2 triggered", incident_command("list", "--state", "triggered"))

        ended(one, one)
        ended(two, two)
        ended(late, two)
        for about in (first, apart["id"]):
            await_true("it is over", lambda about=about: incident(about)["state"] == "resolved")
        self.assertEqual(incident(second)["state"], "closed")
