"""Plays the demo's incident on a stack that stands, and watches it in what the stack stores."""

import time
from pathlib import Path

import demo_load
import demo_publish
import demo_replay
import demo_workload
from demo_clock import Clock
from demo_story import LAST, STEPS, Step
from demo_world import World

# From "apply complete" to the post-mortem.
LIMIT_S = 600
# Real calls behind the history.
SAMPLE = 300
POLL_S = 2.0


def write_history(world: World, recordings: list, now: float, clock: Clock) -> None:
    clock.say(f"{SAMPLE} real calls of {demo_workload.FUNCTION} are measured")
    outcomes = demo_load.measure(world.aws("lambda"), SAMPLE)
    failed = sum(outcome.failed for outcome in outcomes)
    if failed:
        raise RuntimeError(f"{failed} of {SAMPLE} calls of the good release failed; it should not fail at all")
    steps = demo_publish.write_history(world.aws("cloudwatch"), outcomes, now)
    clock.say(f"two hours of normal history are written: {steps} slots of {demo_load.SLOT_S} s drawn from those calls (seed {demo_publish.HISTORY_SEED})")
    if recordings:
        count = demo_replay.write_history(world.aws("cloudwatch"), recordings, now)
        clock.say(f"{len(recordings)} recorded series: {count} points of a day before now; the next day follows at its own pace")


def release_bad_version(world: World, root: Path, clock: Clock) -> None:
    """Waits until the collector has seen what serves now, then releases as a pipeline would. Nothing else is told."""
    world.good_version = world.serving()
    clock.say("waiting for the schedules' first tick")
    while not baseline_seen(world):
        if clock.elapsed() > LIMIT_S / 3:
            raise RuntimeError("the collector has stored nothing yet: see the functions' logs")
        time.sleep(POLL_S)
    clock.say(f"the collector has seen version {world.good_version} serve", "✓")
    world.bad_version = demo_workload.release(world.aws("lambda"), demo_workload.package(root, 2))
    world.since = time.time()
    clock.say(f"version {world.bad_version} is released to the alias {demo_workload.ALIAS}: its rounding fails for carts in euro", "!")


def baseline_seen(world: World) -> bool:
    """Only what was seen before can be seen to move."""
    seen = world.bodies("deployments", "seen_at", "version")
    return any(serving["version"] == world.good_version for serving in seen)


def watch(world: World, clock: Clock) -> list[str]:
    """Prints each step as it becomes true; those that did not within the limit, with what was last in the way."""
    waiting = {step: "never seen" for step in STEPS}
    while waiting and clock.elapsed() < LIMIT_S:
        for step in list(waiting):
            look(step, world, waiting, clock)
        time.sleep(POLL_S)
    if not waiting:
        waiting = {LAST: "not so"}
        look(LAST, world, waiting, clock)
    return [f"{step.title}: {why}" for step, why in waiting.items()]


def look(step: Step, world: World, waiting: dict[Step, str], clock: Clock) -> None:
    try:
        found = step.seen(world)
    except Exception as cause:  # a busy stack, or a stored shape that the step does not know: asked again, and told at the end
        waiting[step] = f"{type(cause).__name__}: {cause}"
        return
    if found:
        clock.say(f"{step.title}: {found}", "✓")
        del waiting[step]
