"""Rules of the demo that need no stack: python -m unittest discover -s scripts/lib -p '*_test.py' (inside .venv)."""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from itertools import islice
from pathlib import Path

import demo_carts
import demo_load
import demo_process
import demo_publish
import demo_replay
import demo_story
import demo_workload
from demo_world import World, plain
from tree import ROOT, Refused

NOW = 1_800_000_123.0


class Workload(unittest.TestCase):
    def answers(self, release: int) -> list:
        """What a release answers to 400 carts, None where it throws; each release in a process of its own."""
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "code.zip"
            package.write_bytes(demo_workload.package(ROOT, release))
            carts = list(islice(demo_carts.carts(demo_load.SEED), 400))
            program = (
                f"import sys, json; sys.path.insert(0, {str(package)!r})\n"
                "from handler import handle\n"
                "def one(cart):\n"
                "    try: return handle(cart, None)\n"
                "    except ZeroDivisionError: return None\n"
                f"print(json.dumps([one(cart) for cart in {carts!r}]))"
            )
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        return list(zip(carts, json.loads(done.stdout)))

    def test_the_good_release_never_throws_and_refuses_what_cannot_be_sold(self):
        statuses = [answer["status"] for _, answer in self.answers(1)]
        self.assertEqual({"accepted", "rejected"}, set(statuses))
        self.assertLess(statuses.count("rejected"), 40)

    def test_the_bad_release_throws_for_carts_in_euro_only(self):
        answers = self.answers(2)
        thrown = [cart["currency"] for cart, answer in answers if answer is None]
        self.assertEqual({"EUR"}, set(thrown))
        share = len(thrown) / len(answers)
        self.assertTrue(2 * demo_story.BREACH_SHARE < share < 0.5, share)

    def test_equal_sources_give_equal_packages(self):
        self.assertEqual(demo_workload.package(ROOT, 1), demo_workload.package(ROOT, 1))


class Load(unittest.TestCase):
    def test_a_slot_is_handed_out_once_and_only_when_it_is_over(self):
        load = demo_load.Load(None)
        for start in (100, 110):
            load.slots[start] = demo_load.Slot(start, 1, [5.0])
        self.assertEqual([], load.take(110))
        self.assertEqual([100], [slot.start for slot in load.take(110.5)])
        self.assertEqual([110], [slot.start for slot in load.take(1000)])

    def test_history_holds_the_real_outcomes_and_ends_now(self):
        class CloudWatch:
            put = []

            def put_metric_data(self, Namespace, MetricData):
                self.put += MetricData

        outcomes = [demo_load.Outcome(0, False, 7.5), demo_load.Outcome(0, False, 8.5)]
        cloudwatch = CloudWatch()
        self.assertEqual(720, demo_publish.write_history(cloudwatch, outcomes, NOW))
        latency = [point for point in cloudwatch.put if point["MetricName"] == "Latency"]
        self.assertEqual({7.5, 8.5}, {value for point in latency for value in point["Values"]})
        self.assertEqual({20.0}, {point["Value"] for point in cloudwatch.put if point["MetricName"] == "Requests"})
        self.assertTrue(max(point["Timestamp"].timestamp() for point in latency) + demo_load.SLOT_S <= NOW)


class Replay(unittest.TestCase):
    def recording(self, name: str, rows: list[str]):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_text("timestamp,value\n" + "\n".join(rows) + "\n")
            return demo_replay.recording(file, NOW)

    def three_days(self) -> list[str]:
        return [f"2014-02-{14 + i // 288} {i % 288 // 12:02}:{i % 12 * 5:02}:00,{i}" for i in range(3 * 288)]

    def test_the_last_day_lies_ahead_and_the_past_ends_now(self):
        found = self.recording("ec2_cpu_utilization_ab.csv", self.three_days())
        self.assertEqual(("ec2-cpu-utilization-ab", "CPUUtilization", "Average", 300), (found.service, found.metric, found.statistic, found.period_s))
        past = [time for time, _ in found.points if time + 300 <= NOW]
        self.assertEqual(0, past[-1] % 300)
        self.assertLess(NOW - past[-1] - 300, 300)
        self.assertIn(len(found.points) - len(past), (288, 289))

    def test_the_ceiling_knows_nothing_of_what_lies_ahead(self):
        found = self.recording("x.csv", self.three_days())
        self.assertLess(found.ceiling, 2 * 288)

    def test_points_come_once_each_as_time_goes_by(self):
        found = self.recording("x.csv", self.three_days())
        steps = [found.between(NOW + i, NOW + i + 1) for i in range(900)]
        self.assertEqual([1, 1, 1], [len(step) for step in steps if step])

    def test_a_file_that_is_no_table_is_refused_by_name(self):
        with self.assertRaises(Refused) as refused:
            self.recording("odd.csv", ["2014-02-14 00:00:00,many"] * 30)
        self.assertIn("odd.csv", str(refused.exception))


class Process(unittest.TestCase):
    def test_what_was_started_is_ended_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder)
            demo_process.start(directory, "sleeper", ["sleep", "60"])
            self.assertTrue(demo_process.alive(directory, "sleeper"))
            pid = (directory / "sleeper.pid").read_text().split()[0]
            self.assertEqual(["sleeper"], demo_process.stop_all(directory))
            self.assertFalse(demo_process.alive(directory, "sleeper"))
            other = subprocess.Popen(["sleep", "60"], start_new_session=True)
            (directory / "sleeper.pid").write_text(f"{other.pid} {int(time.time())}\n")
            demo_process.stop_all(directory)
            self.assertIsNone(other.poll(), f"{pid} and {other.pid} are different processes")
            other.kill()
            other.wait()


class Nothing(World):
    """A stack in which nothing has happened yet."""

    def __init__(self, answers=None):
        super().__init__("", {}, Path("/nowhere"), Path("/nowhere"))
        self.answers = answers or {}

    def rows(self, table: str) -> list[dict]:
        return []

    def get(self, path: str, signed: bool = True) -> tuple[int, dict]:
        return next(((200, answer) for begin, answer in self.answers.items() if path.startswith(begin)), (0, {}))

    def serving(self) -> str:
        return ""

    def report(self, kind: str) -> None:
        return None


class Steps(unittest.TestCase):
    def test_no_step_is_seen_where_nothing_happened(self):
        self.assertEqual([step.title for step in demo_story.STEPS if step.seen(Nothing())], [])

    def test_a_budget_burns_and_closes_the_gate(self):
        budget = {"bad": 51.0, "total": 240.0, "window": "2m", "consumed_percentage": 212.5}
        gate = {"state": "closed", "reason": "the budget is spent"}
        world = Nothing({"/v1/error-budget/shop-checkout": {"budgets": [budget]}, "/v1/gate/shop-checkout": gate})
        self.assertEqual(demo_story.budget_burns(world), "51 of 240 requests failed in 2m: 212 % of the budget")
        self.assertEqual(demo_story.gate_closed(world), "the budget is spent")
        self.assertTrue(world.gate_closed)


class Items(unittest.TestCase):
    def test_an_item_reads_like_what_was_stored(self):
        item = {"pk": {"S": "a"}, "next_wake": {"N": "5"}, "body": {"S": '{"state": "resolved"}'}}
        self.assertEqual({"pk": "a", "next_wake": 5.0, "body": {"state": "resolved"}}, plain(item))


if __name__ == "__main__":
    unittest.main()
