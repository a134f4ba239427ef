"""The local stack with everything on it: start, apply, ask again, stop."""

from pathlib import Path

import stack
import terraform
from tree import LOCAL, STATE


def up(packages: Path, config: Path, demo_package: Path, endpoint_of_functions: str = "") -> dict:
    """Starts the stack and applies the local environment; returns the stack's facts with Terraform's `outputs`."""
    running = stack.start(endpoint_of_functions)
    _forget()
    return running | {"outputs": terraform.apply(LOCAL, settings(running, packages, config, demo_package))}


def settings(running: dict, packages: Path, config: Path, demo_package: Path) -> dict[str, str]:
    """The environment Terraform applies the local environment with; a second plan needs the same."""
    chosen = {"endpoint": running["endpoint"], "packages_dir": packages, "config_dir": config, "demo_package": demo_package}
    variables = {f"TF_VAR_{name}": str(value.resolve() if isinstance(value, Path) else value) for name, value in chosen.items()}
    return variables | stack.aws_environment(running)


def down() -> bool:
    """Stops the stack and forgets what Terraform knew of it; True if it ran."""
    ran = stack.stop()
    _forget()
    return ran


def _forget() -> None:
    # What the state describes lived in the stack's memory.
    for file in STATE.glob("terraform.tfstate*"):
        file.unlink()
