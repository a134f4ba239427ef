"""The local stand-in for Slack, PagerDuty and webhooks: the testkit's receiver, which checks every request against the vendor's schema."""

import time
from pathlib import Path

import demo_process

START_S = 10.0


def start(directory: Path, binary: Path) -> str:
    """Starts it with an empty log; its address."""
    port_file, log = directory / "receiver.port", log_of(directory)
    port_file.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    command = [str(binary), "--port", "0", "--log", str(log), "--port-file", str(port_file)]
    demo_process.start(directory, "receiver", command)
    limit = time.monotonic() + START_S
    while time.monotonic() < limit:
        port = port_file.read_text().strip() if port_file.exists() else ""
        if port:
            return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise RuntimeError(f"the receiver did not start: see {directory / 'receiver.log'}")


def log_of(directory: Path) -> Path:
    return directory / "received.jsonl"
