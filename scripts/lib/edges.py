#!/usr/bin/env python3
"""Plays the incident on a stack of its own while every function is killed between its steps; then what deployed functions are
given that they should not be, and whether each right of each role was needed. Part of scripts/test."""

import argparse
import os
import signal
import socket
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
# Its stack stands beside that of scripts/up.
STATE = Path(os.environ.get("TOCSIN_STATE") or Path(__file__).resolve().parents[2] / ".tocsin")
os.environ["TOCSIN_STATE"] = str(STATE if STATE.name == "edges" else STATE / "edges")
import pyenv
import tools
from tree import ROOT, Refused, run_main

TESTS = ROOT / "tests" / "edges" / "deployed"
NAME = "tocsin"
# Kills cost retries, which come seconds later, and wake-ups, which come each minute.
LIMIT_S = 900


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="edges")
    parser.add_argument("--only", action="append", default=[], help="name of a test; may be given several times")
    parser.add_argument("--no-journey", action="store_true", help="deploy and test, without the incident")
    chosen = parser.parse_args(arguments)
    tools.check("cargo", "terraform", "strip")
    pyenv.enter()
    import demo
    from demo_clock import Clock
    from kills import Plan, Proxy

    sys.path.insert(0, str(TESTS))
    import kill_plan

    if not Path("/proc/net/tcp").exists():
        print("  LEFT OUT: functions are killed by what stands in /proc, which this system does not have.", flush=True)
        return 0
    signal.signal(signal.SIGTERM, demo.interrupted)
    clock = Clock()
    port = socket.create_server(("127.0.0.1", 0), backlog=1024)
    options = argparse.Namespace(name=NAME, replay=None, once=True, more={"estate.yaml": estate(port)})
    plan = Plan(NAME, [] if chosen.no_journey else kill_plan.of_the_incident())
    proxy = Proxy(plan, lambda text: clock.say(text, "†"))
    try:
        demo.down()
        world = demo.deploy(options, clock, proxy.endpoint)
        log_group(world)
        failed = [] if chosen.no_journey else journey(world, options, clock, plan)
        return 1 if failed or not tests(world, plan, port, chosen.only) else 0
    except RuntimeError as cause:
        raise Refused(str(cause)) from cause
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        demo.down()
        proxy.close()


def journey(world, options, clock, plan) -> list[str]:
    import demo
    import demo_play

    demo_play.LIMIT_S = LIMIT_S
    failed = demo.play(world, options, clock)
    failed += [f"never came to it: {kill}" for kill in plan.missing()]
    for line in failed:
        print(f"  ✗ {line}", flush=True)
    if failed:
        demo.show_logs(world)
    else:
        clock.say(f"{len(plan.kills)} kills, and the end is the same", "✓")
    return failed


def estate(port: socket.socket) -> str:
    """A service that is watched beside the demo's; one of its probes knocks at this port, until a test closes it."""
    return (TESTS / "estate.yaml").read_text().replace("port: 8097", f"port: {port.getsockname()[1]}")


def log_group(world) -> None:
    """The group that the estate's series are read from."""
    logs = world.aws("logs")
    logs.create_log_group(logGroupName="/estate/web")
    logs.create_log_stream(logGroupName="/estate/web", logStreamName="all")


def tests(world, plan, port: socket.socket, only: list[str]) -> bool:
    import deployed

    deployed.WORLD, deployed.PLAN, deployed.PORT = world, plan, port
    loader = unittest.defaultTestLoader
    loader.testNamePatterns = [f"*{name}*" for name in only] or None
    suite = loader.discover(str(TESTS), pattern="test_*.py")
    began = time.monotonic()
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    print(f"  {result.testsRun} tests on the deployed functions in {time.monotonic() - began:.0f} s", flush=True)
    return result.wasSuccessful()


run_main(main)
