"""The local AWS: one process with IAM enforced, on a free port of 127.0.0.1."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pyenv
from tree import STATE, Refused, state

READY_S = 30  # It answers within a second on a quiet machine.
STOP_S = 10
REGION = "us-east-1"
PROGRAM = Path(__file__).resolve().parent / "local_aws.py"


def start(endpoint_of_functions: str = "") -> dict:
    """Starts the stack and waits until it answers; returns {pid, port, endpoint}, which also stand in stack.json.

    Functions call AWS at `endpoint_of_functions`; without one, at the stack itself.
    """
    if running():
        raise Refused("the local stack is running already; scripts/down stops it")
    python = pyenv.program("python")
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    log = open(state("stack.log"), "w")
    temp = state("stack-tmp", ".keep").parent
    rights_file().unlink(missing_ok=True)
    process = subprocess.Popen([python, "-B", str(PROGRAM)], env=_environment(port, endpoint_of_functions or endpoint, temp), cwd=temp, stdout=log, stderr=log, start_new_session=True)
    stack = {"pid": process.pid, "port": port, "endpoint": endpoint}
    state("stack.json").write_text(json.dumps(stack))
    _await_ready(process, endpoint)
    return stack


def running() -> dict | None:
    """The stack that stack.json names, if its process lives."""
    file = STATE / "stack.json"
    if not file.exists():
        return None
    stack = json.loads(file.read_text())
    return stack if _is_the_stack(stack["pid"]) else None


def stop() -> bool:
    """Stops the stack and every function process it started; True if one ran. Stopping nothing is fine."""
    stack = running()
    if stack:
        # The stack and its functions are one process group, ours alone: start() made it.
        _signal_group(stack["pid"], signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while _group_lives(stack["pid"]) and time.monotonic() < deadline:
            time.sleep(0.1)
        _signal_group(stack["pid"], signal.SIGKILL)
    (STATE / "stack.json").unlink(missing_ok=True)
    shutil.rmtree(STATE / "stack-tmp", ignore_errors=True)
    return stack is not None


def aws_environment(stack: dict) -> dict[str, str]:
    """What an AWS client needs to speak to the stack as its root."""
    return {
        "AWS_ENDPOINT_URL": stack["endpoint"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def rights_file() -> Path:
    """Where the stack writes which calls roles have made, and whether they were allowed."""
    return state("rights.jsonl")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(port: int, endpoint: str, temp: Path) -> dict[str, str]:
    # Functions inherit what stands here, so nothing of the caller's AWS settings may.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "TOCSIN_", "MINISTACK_"))}
    return kept | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AWS_ENDPOINT_URL": endpoint,
        "AUTH": "true",
        "TMPDIR": str(temp),
        "S3_DATA_DIR": str(temp / "s3"),
        "STATE_DIR": str(temp / "state"),
        "TOCSIN_RIGHTS": str(rights_file()),
    }


def _await_ready(process: subprocess.Popen, endpoint: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    stop()
    tail = "\n".join((STATE / "stack.log").read_text().splitlines()[-10:])
    raise Refused(f"the local stack did not answer within {READY_S} s; .tocsin/stack.log ends:\n{tail}")


def _is_the_stack(pid: int) -> bool:
    """Whether the process lives and is the stack: a number may have been given to another process since."""
    try:
        command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except FileNotFoundError:
        command = Path(f"/proc/{pid}/cmdline").read_text() if Path(f"/proc/{pid}").exists() else ""
    return PROGRAM.name in command


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
        return True
    except (ProcessLookupError, PermissionError):
        return False


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass
