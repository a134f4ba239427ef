"""The configuration that the stack gets: environments/local/tocsin.yaml with this run's addresses and recordings."""

from pathlib import Path

import demo_replay

# As they stand in the committed file.
RECEIVER = "http://127.0.0.1:8099"
SECRETS = "ssm:/tocsin/"


def write(root: Path, target: Path, name: str, receiver: str, recordings: list, more: dict[str, str]) -> Path:
    """Writes tocsin.yaml, beside it replay.yaml where there are recordings, and the files `more` by name; the path of the first."""
    text = (root / "infrastructure/environments/local/tocsin.yaml").read_text()
    text = text.replace(RECEIVER, receiver).replace(SECRETS, f"ssm:/{name}/")
    target.mkdir(parents=True, exist_ok=True)
    for earlier in target.glob("*.yaml"):
        earlier.unlink()
    files = dict(more)
    if recordings:
        files["replay.yaml"] = demo_replay.configuration(recordings)
    for file, content in files.items():
        (target / file).write_text(content)
    if files:
        text += f"\ninclude: [ {', '.join(files)} ]\n"
    (target / "tocsin.yaml").write_text(text)
    return target / "tocsin.yaml"
