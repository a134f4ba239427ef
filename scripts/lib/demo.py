"""The demo from nothing to the post-mortem: build, start, deploy, play, show."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import demo_configuration
import demo_play
import demo_process
import demo_receiver
import demo_replay
import demo_secrets
import demo_workload
import local
import package
from demo_clock import Clock, title
from demo_world import World
from tree import ROOT, STATE, Refused, environment

# The demo's own processes, logs and reports.
DEMO = STATE / "demo"
REPORTS = ("md", "html")


def run(options) -> int:
    """Exit code: 0 if every step of the story was seen."""
    signal.signal(signal.SIGTERM, interrupted)
    clock = Clock()
    stays = False
    try:
        down()
        forget_reports()
        world = deploy(options, clock)
        missing = play(world, options, clock)
        report(world, missing, options.once)
        stays = not options.once and not missing
        return 1 if missing else 0
    except RuntimeError as cause:
        raise Refused(str(cause)) from cause
    finally:
        if not stays:
            # A second Ctrl-C must not leave half of it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            down()


def interrupted(*_) -> None:
    raise KeyboardInterrupt


def down() -> None:
    demo_process.stop_all(DEMO)
    local.down()


def deploy(options, clock: Clock, endpoint_of_functions: str = "") -> World:
    title("Building the functions and the receiver")
    packages = package.build_local()
    receiver = package.built("receiver")
    first_release = demo_workload.write_package(ROOT, DEMO / "shop-checkout-1.zip")
    clock.say("built")

    title("Deploying on a local AWS that enforces IAM")
    made = demo_secrets.make()
    address = demo_receiver.start(DEMO, receiver, made[demo_secrets.WEBHOOK])
    options.now = time.time()
    options.recordings = demo_replay.load(options.replay, options.now) if options.replay else []
    config = demo_configuration.write(ROOT, STATE / "config", options.name, address, options.recordings, getattr(options, "more", {}))
    os.environ["TF_VAR_name"] = options.name
    stack = local.up(packages, config.parent, first_release, endpoint_of_functions)
    clock.say(f"terraform apply is complete: {stack['endpoint']}")
    clock.mark()
    world = World(stack["endpoint"], stack["outputs"], demo_receiver.log_of(DEMO), DEMO / "measured.jsonl")
    demo_secrets.store(world.aws("ssm"), options.name, made, address)
    world.slack_signing = made[demo_secrets.SLACK_SIGNING]
    return world


def play(world: World, options, clock: Clock) -> list[str]:
    title('The incident (the clock counts from "apply complete")')
    demo_play.write_history(world, options.recordings, options.now, clock)
    start_traffic(world, options)
    try:
        demo_play.release_bad_version(world, ROOT, clock)
    except RuntimeError:
        show_logs(world)
        raise
    missing = demo_play.watch(world, clock)
    if not missing:
        clock.say(f"from apply complete to the post-mortem; the limit is {demo_play.LIMIT_S // 60} minutes", "=")
    return missing


def start_traffic(world: World, options) -> None:
    world.measured_log.unlink(missing_ok=True)
    command = [sys.executable, "-B", str(ROOT / "scripts/lib/demo_traffic.py"), "--endpoint", world.endpoint]
    command += ["--measured", str(world.measured_log), "--since", str(options.now)]
    command += ["--replay", str(options.replay.resolve())] if options.replay else []
    demo_process.start(DEMO, "traffic", command)


def forget_reports() -> None:
    for kind in REPORTS:
        (DEMO / f"post-mortem.{kind}").unlink(missing_ok=True)


def report(world: World, missing: list[str], once: bool) -> None:
    for kind in REPORTS:
        text = world.report(kind)
        if text:
            (DEMO / f"post-mortem.{kind}").write_text(text)
    if missing:
        title("NOT SEEN in the stored data:")
        for step in missing:
            print(f"  ✗ {step}")
        show_logs(world)
        return
    title("The post-mortem")
    for kind in REPORTS:
        print(f"  {DEMO / f'post-mortem.{kind}'}")
    if not once:
        title(f"The API: {world.api_url}")
        incident = world.incident()["id"]
        print(f"  curl --aws-sigv4 aws:amz:us-east-1:execute-api --user test:test '{world.api_url}/v1/incidents/{incident}'")
        title("The stack and the load stay up; scripts/down stops them. By hand, for example:")
        print("  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1")
        print(f"  export AWS_ENDPOINT_URL={world.endpoint}")
        collector = world.outputs["function_names"]["collector"]
        print(f"  .venv/bin/aws lambda invoke --function-name {collector} --payload '{{}}' /dev/stdout")


def show_logs(world: World) -> None:
    """The newest lines of each function that speak of trouble."""
    logs = world.aws("logs")
    for name in world.outputs["function_names"].values():
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", limit=10_000)["events"]
        except logs.exceptions.ClientError:
            continue
        trouble = [e["message"].strip() for e in events if "ERROR" in e["message"].upper() or "WARN" in e["message"]]
        for line in trouble[-5:]:
            print(f"    {name}: {line[:400]}")
