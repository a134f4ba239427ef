"""A drill is begun here and goes on while other tests run; `test_y_drilled.py` sees how it ends."""

import subprocess
import threading
import unittest

import demo_people
import deployed
from deployed import await_true, call, invoke, tocsin

SERVICE = "worker"


WATCHED: list[subprocess.CompletedProcess] = []


def begin() -> dict:
    """Begins a drill that is watched from the command line; whoever it calls acknowledges by the link."""
    threading.Thread(target=watch, daemon=True).start()
    begun = await_true("the drill is begun", lambda: call("GET", "/v1/drills")[2]["items"])[0]
    assert (begun["service"], begun["state"]) == (SERVICE, "running"), begun
    ann_waits_for(begun["id"])
    return begun


def watch() -> None:
    WATCHED.append(tocsin("drill", SERVICE, "--by", "ann", "--api", deployed.WORLD.api_url))


def ann_waits_for(drill: str) -> None:
    threading.Thread(target=take_it_when_called, args=(drill,), daemon=True).start()


def take_it_when_called(drill: str) -> None:
    about = await_true("the drill is an incident", lambda: call("GET", f"/v1/drills/{drill}")[2].get("incident"), 300)
    page = await_true("somebody is called", lambda: page_about(about), 60)
    demo_people.follow(deployed.WORLD, demo_people.link_of(page))


def page_about(incident: str) -> dict | None:
    """The direct message about it that has a link to take it."""
    messages = deployed.WORLD.messages("slack-api")
    return next((m for m in messages if incident in str(m["body"]) and demo_people.LINK.search(str(m["body"]))), None)


class Drill(unittest.TestCase):
    def test_a_drill_begins_once(self):
        begun = begin()
        status, _, seen = call("GET", f"/v1/drills/{begun['id']}")
        self.assertEqual((status, seen["id"]), (200, begun["id"]))
        answer, failed = invoke("timekeeper", {"version": 1, "drills": True})
        self.assertIsNone(failed, answer)
        self.assertIn(begun["id"], str(answer), "the one of the schedule is this one, or finds it under way")
        for other in set(answer["begun"]) - {begun["id"]}:
            ann_waits_for(other)
        late, failed = invoke("timekeeper", {"version": 1, "drills": True, "scheduled_time": "2026-02-03T10:00:00Z"})
        self.assertIsNone(failed, late)
        self.assertIn("are not begun as late as", str(late))

    def test_what_is_not_to_be_drilled(self):
        status, _, problem = call("POST", "/v1/drills", {"service": "estate", "by": "ann"})
        self.assertEqual(status, 400, problem)
        self.assertIn("there are drills of shop-checkout, worker", str(problem))
