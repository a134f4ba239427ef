"""Processes that stay beside the stack: each has a pid file, and is ended by it."""

import os
import signal
import subprocess
import time
from pathlib import Path

# From the polite request to the end.
GRACE_S = 5.0


def start(directory: Path, name: str, command: list[str], environment: dict | None = None) -> int:
    """Starts the command in its own session; output goes to NAME.log. The pid."""
    directory.mkdir(parents=True, exist_ok=True)
    stop(directory, name)
    with (directory / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **(environment or {})}
        )
    (directory / f"{name}.pid").write_text(f"{process.pid} {born(process.pid)}\n")
    return process.pid


def alive(directory: Path, name: str) -> bool:
    return pid_of(directory / f"{name}.pid") is not None


def stop(directory: Path, name: str) -> None:
    file = directory / f"{name}.pid"
    pid = pid_of(file)
    if pid is not None:
        end(pid)
    file.unlink(missing_ok=True)


def stop_all(directory: Path) -> list[str]:
    """Ends every process recorded in the directory; their names."""
    names = sorted(file.stem for file in directory.glob("*.pid"))
    for name in names:
        stop(directory, name)
    return names


def pid_of(file: Path) -> int | None:
    """The process of a pid file, if it still is the one that was started: pids are used again."""
    try:
        pid, started = file.read_text().split()
        return int(pid) if born(int(pid)) == started else None
    except (FileNotFoundError, ValueError):
        return None


def born(pid: int) -> str:
    """When a process started, as the system says it; empty for one that is gone or a zombie."""
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if state == "Z" else fields[18]
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True).stdout.split()
    return "" if not shown or shown[0].startswith("Z") else "-".join(shown[1:])


def end(pid: int) -> None:
    """Ends the process and its children: it leads its own group."""
    started = born(pid)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except ProcessLookupError:
            return
        limit = time.monotonic() + GRACE_S
        while time.monotonic() < limit:
            if not started or born(pid) != started:
                return
            time.sleep(0.05)
