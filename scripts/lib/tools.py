"""What must be on the machine, and how to get it."""

import shutil
import sys
from tree import Refused

TOOLS = {
    "cargo": "Rust: https://rustup.rs",
    "terraform": "Terraform 1.9 or newer: https://developer.hashicorp.com/terraform/install",
    "strip": "binutils: apt-get install binutils, or Xcode's command line tools",
}
PYTHON = (3, 11)


def check(*names: str) -> None:
    """Refuses, naming every missing tool at once."""
    missing = [f"{name} is missing; {TOOLS[name]}" for name in names if shutil.which(name) is None]
    if sys.version_info < PYTHON:
        missing.append(f"Python {'.'.join(map(str, PYTHON))} or newer is needed, this is {sys.version.split()[0]}")
    if missing:
        raise Refused("\n  ".join(["this machine lacks:", *missing]))
