"""The drill that `test_drill.py` began has gone the whole way, and ends after the person it called has acknowledged."""

import time
import unittest
from datetime import datetime

import deployed
import test_drill
from deployed import await_true, call, tocsin

HOPS = ["collected", "evaluated", "published", "delivered", "called", "acknowledged", "ended"]


def drill() -> dict | None:
    status, _, listed = call("GET", "/v1/drills")
    assert status == 200, listed
    return next((one for one in listed["items"] if one["service"] == test_drill.SERVICE), None)


class Drilled(unittest.TestCase):
    def test_the_way_is_open(self):
        if drill() is None:
            test_drill.begin()
        began = time.monotonic()
        await_true("the drill is over", lambda: drill()["state"] != "running", 600)
        done = drill()
        self.assertEqual(done["state"], "passed", done)
        self.assertEqual([hop["name"] for hop in done["hops"]], HOPS, done)
        times = [datetime.fromisoformat(hop["at"]) for hop in done["hops"]]
        self.assertEqual(times, sorted(times), done)
        shown = ", ".join(f"{hop['name']} {hop['after_s']} s" for hop in done["hops"])
        print(f"\n  the drill: {shown}; {time.monotonic() - began:.0f} s waited here", flush=True)

        [watched] = await_true("whoever watches sees its end", lambda: test_drill.WATCHED, 30)
        self.assertEqual(watched.returncode, 0, watched.stderr)
        self.assertTrue(watched.stdout.startswith(f"{done['id']} of worker, asked for at "), watched.stdout)
        self.assertEqual([line.split()[0] for line in watched.stdout.splitlines()[1:-1]], HOPS, watched.stdout)
        self.assertTrue(watched.stdout.endswith("\npassed: the way is open\n"), watched.stdout)

        page = str(test_drill.page_about(done["incident"])["body"])
        self.assertIn("Drill of worker: nothing is wrong", page)
        self.assertIn("This is a drill, and nothing is wrong: acknowledge it by the link", page)
        run = tocsin("drill", "--list", "--api", deployed.WORLD.api_url)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(f"{done['id']} worker passed", run.stdout)
        status, _, incident = call("GET", f"/v1/incidents/{done['incident']}")
        self.assertEqual((status, incident["state"], incident["actions"]), (200, "resolved", []), incident)
        status, _, nothing = call("GET", f"/v1/post-mortems/{done['incident']}")
        self.assertEqual(status, 404, nothing)
