"""Zips of the functions: quick ones for the local stack, small fast ones for AWS."""

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import pyenv
from tree import FUNCTIONS, ROOT, STATE, Refused, environment, state

TARGETS = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
GLIBC = "2.34"  # What Amazon Linux 2023 has.
LIMIT_BYTES = 4 * 1024 * 1024  # A bigger package starts slower; the limit of the project, not of Lambda.
BUILD_TOOLS = ["cargo-lambda==1.9.2", "ziglang==0.17.0"]
# At a fixed address a program needs no relocations, which are a third of a start: see ARCHITECTURE, Decisions.
FIXED_ADDRESS = {"RUSTC_WORKSPACE_WRAPPER": str(ROOT / "scripts" / "lib" / "rustc-fixed-address")}
EPOCH = (1980, 1, 1, 0, 0, 0)  # The oldest moment a zip can name: equal binaries give equal zips.


def build_local() -> Path:
    """Builds the functions for this machine and zips those that changed; returns the folder of the zips."""
    # The whole workspace, as the tests build it: a part of it would resolve other features and be built twice.
    done = subprocess.run(["cargo", "build", "--locked", "--workspace", "--bins"], cwd=ROOT, env=environment())
    if done.returncode != 0:
        raise Refused("the functions do not build")
    for name in FUNCTIONS:
        _zip_if_changed(built(name), STATE / "build" / f"{name}.zip")
    return STATE / "build"


def built(name: str) -> Path:
    """A program that `build_local` has built."""
    return Path(environment()["CARGO_TARGET_DIR"]) / "debug" / name


def build_release(architecture: str) -> Path:
    """Builds the packages for AWS; returns their folder."""
    target = TARGETS[architecture]
    installed = subprocess.run(["rustup", "target", "list", "--installed"], capture_output=True, text=True).stdout.split()
    if target not in installed:
        raise Refused(f"Rust's target {target} is not installed: rustup target add {target}")
    tools = _build_tools()
    env = environment() | FIXED_ADDRESS
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    packages = [argument for name in FUNCTIONS for argument in ("-p", name)]
    # The target's presence was checked above; left alone, cargo-lambda would install it by itself.
    command = ["cargo", "lambda", "build", "--release", "--locked", "--skip-target-check", "--target", f"{target}.{GLIBC}", *packages]
    done = subprocess.run(command, cwd=ROOT, env=env)
    if done.returncode != 0:
        raise Refused("the packages do not build")
    built = Path(env["CARGO_TARGET_DIR"]) / "lambda"
    for name in FUNCTIONS:
        write_zip((built / name / "bootstrap").read_bytes(), state("package", f"{name}.zip"))
    return STATE / "package"


def write_zip(binary: bytes, package: Path) -> None:
    """Writes a zip with `bootstrap` alone; equal bytes in, equal bytes out."""
    entry = zipfile.ZipInfo("bootstrap", EPOCH)
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package, "w", compresslevel=9) as archive:
        archive.writestr(entry, binary)


def _zip_if_changed(binary: Path, package: Path) -> None:
    mark = package.with_suffix(".sha256")
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    if package.exists() and mark.exists() and mark.read_text() == digest:
        return
    stripped = state("build", f"{binary.name}.stripped")
    done = subprocess.run(["strip", "-o", str(stripped), str(binary)])
    if done.returncode != 0:
        raise Refused(f"strip failed on {binary.name}")
    write_zip(stripped.read_bytes(), package)
    stripped.unlink()
    mark.write_text(digest)


def _build_tools() -> Path:
    """cargo-lambda and zig, in an environment of their own: they weigh 110 MB and only packaging needs them."""
    folder = STATE / "build-tools"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text().split() != BUILD_TOOLS:
        print("Installing cargo-lambda and zig into .tocsin/build-tools ...", flush=True)
        pyenv.make(folder, BUILD_TOOLS)
        stamp.write_text("\n".join(BUILD_TOOLS))
    return folder / "bin"
