"""Runs the steps of a script one after the other, and says at the end where the time went."""

import subprocess
import time

from tree import ROOT, environment


def run(script: str, steps: list[tuple[str, list[str]]]) -> int:
    """Runs each step in the root of the tree; stops at the first that fails. The exit code of the script."""
    took: list[tuple[str, float]] = []
    for name, command in steps:
        print(f"\n== {name}: {' '.join(shown(word) for word in command)}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL).returncode
        took.append((name, time.monotonic() - began))
        if code != 0:
            print(f"\n{script}: {name} failed", flush=True)
            return summary(script, took, 1)
    return summary(script, took, 0)


def shown(word: str) -> str:
    return word.replace(f"{ROOT}/", "")


def summary(script: str, took: list[tuple[str, float]], code: int) -> int:
    print(f"\n{script}: where the time went", flush=True)
    for name, seconds in took:
        print(f"  {seconds:7.1f} s  {name}", flush=True)
    print(f"  {sum(seconds for _, seconds in took):7.1f} s  in all", flush=True)
    return code
