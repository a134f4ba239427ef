"""A real Prometheus and Alertmanager, for the tests that let them send."""

import os
import shutil
import subprocess
from pathlib import Path

from tree import ROOT

PACKAGES = ["prometheus", "prometheus-alertmanager"]
FOLDER = ROOT / ".tocsin" / "prometheus"
LEFT_OUT = """
  *************************************************************************************
  *  LEFT OUT: no real Prometheus and Alertmanager send to the API, since they are    *
  *  not on the PATH and cannot be fetched as Debian packages.                        *
  *************************************************************************************
"""


def ensure() -> None:
    """Puts both programs on the PATH, fetched without being installed where they are not there."""
    if all(shutil.which(program) for program in PACKAGES):
        return
    programs = FOLDER / "root" / "usr" / "bin"
    if not all((programs / program).is_file() for program in PACKAGES) and not fetched():
        print(LEFT_OUT, flush=True)
        return
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"


def fetched() -> bool:
    """Unpacks the packages of this machine's own release, whose signatures apt checks."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not quiet(["apt-get", "download", *PACKAGES]):
        return False
    return all(quiet(["dpkg", "-x", str(package), "root"]) for package in sorted(Path(FOLDER).glob("*.deb"))) and at_home()


def at_home() -> bool:
    """Debian's Alertmanager reads its templates from /usr/share: it gets the unpacked ones there, in a view of its own."""
    program = FOLDER / "root" / "usr" / "bin" / "prometheus-alertmanager"
    real, share = program.with_name("alertmanager-itself"), FOLDER / "root" / "usr" / "share"
    program.rename(real)
    mount = f"mount -t overlay overlay -o lowerdir={share}:/usr/share /usr/share"
    program.write_text(f"#!/bin/sh\nexec unshare --map-root-user --mount sh -c '{mount} && exec {real} \"$@\"' sh \"$@\"\n")
    program.chmod(0o755)
    return quiet([str(program), "--version"])


def quiet(command: list[str]) -> bool:
    return subprocess.run(command, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
