"""The scripts' own Python environment: `.venv` in the tree, made once per content of requirements.txt."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tree import ROOT, Refused

VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "scripts" / "requirements.txt"


def program(name: str) -> str:
    """Path of a program of the environment, which is made if it is not there."""
    ensure()
    return str(VENV / "bin" / name)


def ensure() -> Path:
    """Makes or renews the environment; does nothing when it is as the requirements say."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return VENV
    print("Installing the scripts' Python packages into .venv ...", flush=True)
    make(VENV, ["-r", str(REQUIREMENTS)])
    stamp.write_text(wanted)
    return VENV


def make(folder: Path, requirements: list[str]) -> None:
    """Makes an environment anew with the given requirements (pip's arguments)."""
    _run([sys.executable, "-m", "venv", "--clear", str(folder)],
         "Python's venv module does not work; on Debian: apt-get install python3-venv")
    _run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *requirements],
         f"pip could not install {' '.join(requirements)}; is a package index reachable (PIP_INDEX_URL)?")


def enter() -> None:
    """Goes on inside the environment: a script that imports boto3 calls this first."""
    ensure()
    if Path(sys.prefix).resolve() != VENV.resolve():
        python = str(VENV / "bin" / "python")
        os.execv(python, [python, *sys.argv])


def _run(command: list[str], hint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise Refused(f"{hint}\n{tail}")
