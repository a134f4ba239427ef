"""Runs the steps of a script one after the other, and says at the end where the time went."""

import subprocess
import tempfile
import time
from dataclasses import dataclass

from tree import ROOT, environment


@dataclass(frozen=True)
class Step:
    """A command; what stands in `beside` runs at the same time, and its output follows. `variables` join the environment."""

    name: str
    command: list[str]
    beside: list[str] | None = None
    variables: tuple[tuple[str, str], ...] = ()


def run(script: str, steps: list[Step]) -> int:
    """Runs each step in the root of the tree; stops at the first that fails. The exit code of the script."""
    took: list[tuple[str, float]] = []
    for step in steps:
        print(f"\n== {step.name}: {shown(step.command)}", flush=True)
        began = time.monotonic()
        code = side_by_side(step) if step.beside else started(step.command, step.variables).wait()
        took.append((step.name, time.monotonic() - began))
        if code != 0:
            print(f"\n{script}: {step.name} failed", flush=True)
            return summary(script, took, 1)
    return summary(script, took, 0)


def side_by_side(step: Step) -> int:
    print(f"   beside it, shown when it is over: {shown(step.beside)}", flush=True)
    with tempfile.TemporaryFile("w+") as output:
        other = started(step.beside, step.variables, output)
        code = started(step.command, step.variables).wait()
        other_code = other.wait()
        output.seek(0)
        print(f"\n== beside it: {shown(step.beside)}\n{output.read()}", flush=True)
    return code or other_code


def started(command: list[str], variables: tuple[tuple[str, str], ...], output=None) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=ROOT, env=environment() | dict(variables), stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def shown(command: list[str]) -> str:
    return " ".join(word.replace(f"{ROOT}/", "") for word in command)


def summary(script: str, took: list[tuple[str, float]], code: int) -> int:
    print(f"\n{script}: where the time went", flush=True)
    for name, seconds in took:
        print(f"  {seconds:7.1f} s  {name}", flush=True)
    print(f"  {sum(seconds for _, seconds in took):7.1f} s  in all", flush=True)
    return code
