"""The configuration that the stack gets: environments/local/tocsin.yaml with this run's addresses and recordings."""

from pathlib import Path

import demo_replay

# As they stand in the committed file.
RECEIVER = "http://127.0.0.1:8099"
SECRETS = "ssm:/tocsin/"


def write(root: Path, target: Path, name: str, receiver: str, recordings: list) -> Path:
    """Writes tocsin.yaml, and replay.yaml beside it where there are recordings; the path of the first."""
    text = (root / "infrastructure/environments/local/tocsin.yaml").read_text()
    text = text.replace(RECEIVER, receiver).replace(SECRETS, f"ssm:/{name}/")
    target.mkdir(parents=True, exist_ok=True)
    (target / "replay.yaml").unlink(missing_ok=True)
    if recordings:
        (target / "replay.yaml").write_text(demo_replay.configuration(recordings))
        text += "\ninclude: [ replay.yaml ]\n"
    (target / "tocsin.yaml").write_text(text)
    return target / "tocsin.yaml"
