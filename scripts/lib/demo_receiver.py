"""The local stand-in for Slack, PagerDuty and webhooks: the testkit's receiver, which checks every request against the vendor's schema."""

import time
from pathlib import Path

import demo_process

START_S = 10.0


def start(directory: Path, binary: Path, webhook_secret: str) -> str:
    """Starts it with an empty log; its address. It checks the webhooks' signatures with the secret."""
    port_file, log, key = directory / "receiver.port", log_of(directory), directory / "receiver.key"
    port_file.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_text(webhook_secret)
    command = [str(binary), "--port", "0", "--log", str(log), "--port-file", str(port_file), "--webhook-secret-file", str(key)]
    try:
        demo_process.start(directory, "receiver", command)
        return await_address(directory, port_file)
    finally:
        # Read at the start; a secret does not lie about.
        key.unlink()


def await_address(directory: Path, port_file: Path) -> str:
    limit = time.monotonic() + START_S
    while time.monotonic() < limit:
        port = port_file.read_text().strip() if port_file.exists() else ""
        if port:
            return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise RuntimeError(f"the receiver did not start: see {directory / 'receiver.log'}")


def log_of(directory: Path) -> Path:
    return directory / "received.jsonl"
