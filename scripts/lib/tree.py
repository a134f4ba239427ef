"""Where things lie: the tree, its run-time folder, and the environment every script shares."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# All run-time files. A second stack beside the first takes a folder of its own.
STATE = Path(os.environ.get("TOCSIN_STATE") or ROOT / ".tocsin").resolve()
FUNCTIONS = ["collector", "evaluator", "ingest", "incident-response", "post-mortem", "notifier", "timekeeper", "api"]
LOCAL = ROOT / "infrastructure" / "environments" / "local"


class Refused(Exception):
    """A step cannot go on; the text says what to do about it."""


def state(*parts: str) -> Path:
    """A path under the run-time folder, whose folder exists afterwards."""
    path = STATE.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def environment() -> dict[str, str]:
    """The environment for cargo and everything else: one target folder for all checkouts of this user."""
    target = Path.home() / ".cache" / "tocsin" / "target"
    return {"CARGO_TARGET_DIR": str(target), **os.environ}


def run_main(main) -> None:
    """Ends the process with main's answer; what was refused is said in one line, without a trace."""
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        print(f"{Path(sys.argv[0]).name}: {refused}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
