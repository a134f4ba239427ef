"""Terraform with a provider that is found where no registry answers, and a plan that must come out empty."""

import json
import os
import subprocess
from pathlib import Path

from tree import ROOT, STATE, Refused, environment, state

PROVIDER = Path("registry.terraform.io/hashicorp/aws")
USUAL_PLACES = ["/opt", "/usr/local/share/terraform", "/usr/share/terraform", "~/.terraform.d", "~/.local/share/terraform"]
COMMON = ["-input=false", "-no-color", "-parallelism=30"]  # Queues take 25 s each to make: all at once.
DEPTH = 2  # Folders below a usual place that are looked into.


def run(folder: Path, *arguments: str, extra: dict[str, str] | None = None) -> str:
    """Runs terraform in a folder, with extra environment, and returns what it printed. Refuses with its errors."""
    env = cli_environment() | {"TF_DATA_DIR": str(state("terraform", folder.name, "data"))} | (extra or {})
    done = subprocess.run(["terraform", *arguments], cwd=folder, env=env, capture_output=True, text=True)
    state("terraform", folder.name, f"{arguments[0]}.log").write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Refused(f"terraform {arguments[0]} failed in {folder.relative_to(ROOT)}:\n{_errors(done.stdout + done.stderr)}")
    return done.stdout


def init(folder: Path, backend: bool = False) -> None:
    """Makes a folder's modules and providers ready; with its state in the run-time folder, or without for a check."""
    where = [f"-backend-config=path={STATE / 'terraform.tfstate'}", "-reconfigure"] if backend else ["-backend=false"]
    run(folder, "init", "-input=false", "-no-color", *where)


def apply(folder: Path, extra: dict[str, str]) -> dict:
    """Applies a folder and returns its outputs; `extra` is environment: TF_VAR_* and what the provider needs."""
    init(folder, backend=True)
    run(folder, "apply", "-auto-approve", *COMMON, extra=extra)
    return outputs(folder)


def outputs(folder: Path) -> dict:
    """The outputs of what is applied, as plain values."""
    return {name: output["value"] for name, output in json.loads(run(folder, "output", "-json")).items()}


def changes(folder: Path, extra: dict[str, str]) -> list[dict]:
    """What a plan would change now: Terraform's resource changes, without those that do nothing."""
    plan = state("terraform", folder.name, "second.tfplan")
    run(folder, "plan", *COMMON, f"-out={plan}", extra=extra)
    planned = json.loads(run(folder, "show", "-json", str(plan), extra=extra))
    return [change for change in planned.get("resource_changes", []) if change["change"]["actions"] != ["no-op"] and change["mode"] == "managed"]


def destroy(folder: Path, extra: dict[str, str]) -> None:
    """Destroys what a folder applied."""
    run(folder, "destroy", "-auto-approve", *COMMON, extra=extra)


def cli_environment() -> dict[str, str]:
    """The environment for terraform: a CLI configuration that exists, with a mirror of the provider where there is one."""
    env = {**environment(), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    given = os.environ.get("TF_CLI_CONFIG_FILE")
    mirror = find_mirror()
    if mirror is None and given and Path(given).is_file():
        return env
    config = state("terraformrc")
    config.write_text(_cli_config(mirror))
    return env | {"TF_CLI_CONFIG_FILE": str(config)}


def find_mirror() -> Path | None:
    """A folder that holds the AWS provider: TF_PLUGIN_MIRROR, else one of the usual places; None means the registry."""
    given = os.environ.get("TF_PLUGIN_MIRROR")
    if given:
        if not (Path(given) / PROVIDER).is_dir():
            raise Refused(f"TF_PLUGIN_MIRROR={given} holds no {PROVIDER}")
        return Path(given)
    for place in USUAL_PLACES:
        for depth in range(DEPTH + 1):
            for found in sorted(Path(place).expanduser().glob("*/" * depth + str(PROVIDER))):
                return found.parents[len(PROVIDER.parts) - 1]
    return None


def _cli_config(mirror: Path | None) -> str:
    if mirror is None:
        return "disable_checkpoint = true\n"
    return f"""disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = ["{PROVIDER}"]
  }}
  direct {{
    exclude = ["{PROVIDER}"]
  }}
}}
"""


def _errors(output: str) -> str:
    start = output.find("Error:")
    return output[start:].strip()[:4000] if start >= 0 else output.strip()[-2000:]
