"""What people order and ask from their command line, of the deployed API."""

import json
import time
import unittest

import demo_configuration
import deployed
import tree
from deployed import call, tocsin
from test_people import incident, later, raised, resolved

CALLER = "arn:aws:iam::000000000000:root"


def asked(*arguments: str) -> str:
    """What it prints; it must succeed."""
    done = tocsin(*arguments, "--api", deployed.WORLD.api_url)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


class CommandLine(unittest.TestCase):
    def test_a_silence_is_made_seen_moved_and_ended(self):
        name = f"command-silence-{int(time.time())}"
        made = asked("silence", "add", f"alertname={name}", "--for", "1h", "--comment", "a test", "--by", "ann")
        self.assertRegex(made, rf'^sil-\w+ active: {{alertname="{name}"}} from .+ until .+, by ann \({CALLER}\): a test\n$')
        silence = made.split()[0]
        about = raised(name, "SEV3")
        self.assertIn("silenced by ann", asked("explain", name))
        self.assertIn(made, asked("silence", "list", "--state", "active"))
        until = later(hours=2)
        self.assertIn(f" until {until}, by ann ({CALLER}): a test (until {until} by ben ({CALLER}))", asked("silence", "until", silence, until, "--by", "ben"))
        over = asked("silence", "end", silence, "--by", "ben", "--format", "json")
        self.assertEqual(json.loads(over)["state"], "expired")
        self.assertIn(f"(ended by ben ({CALLER}))", asked("silence", "list", "--state", "expired"))
        late = tocsin("silence", "until", silence, "--for", "1h", "--by", "ben", "--api", deployed.WORLD.api_url)
        self.assertEqual((late.returncode, late.stdout), (2, ""))
        self.assertIn("the silence is over since", late.stderr)
        resolved(name, "SEV3")
        self.assertEqual(incident(about)["state"], "resolved")

    def test_what_is_made_up_is_explained(self):
        shown = asked("explain", "alertname=made-up", "service=shop-checkout", "severity=SEV1")
        for words in ("slack", "chat", "pagerduty", "hook", "subscribers", "ann"):
            self.assertIn(words, shown)
        nobody = tocsin("explain", "no-such-alert", "--api", deployed.WORLD.api_url)
        self.assertEqual((nobody.returncode, nobody.stdout), (2, ""))
        self.assertIn("no-such-alert", nobody.stderr)

    def test_who_stands_in_is_on_call(self):
        configuration = demo_configuration.write(tree.ROOT, tree.state("command-line", "tocsin.yaml").parent, "tocsin", "http://127.0.0.1:8099", [], {})
        between = {"starts_at": later(days=20), "ends_at": later(days=21)}
        order = {"schedule": "shop-primary", "change": "replace", "person": "ann", "replacement": "ben", "comment": "a test", "by": "ann"}
        status, _, made = call("POST", "/v1/on-call/overrides", order | between)
        self.assertEqual(status, 201, made)
        at = ("on-call", str(configuration), "--schedule", "shop-primary", "--at", later(days=20, hours=1))
        self.assertIn("ben", asked(*at))
        self.assertIn("ann", tocsin(*at).stdout, "by the configuration alone it is ann")
        status, _, gone = call("DELETE", f"/v1/on-call/overrides/{made['id']}", {"by": "ann"})
        self.assertEqual(status, 204, gone)
        self.assertNotIn("ben", asked(*at).split("next")[0])
