"""A vendor's message as a person reads it."""

import textwrap

WIDTH = 110


def shown(message: dict) -> str:
    body = message["body"]
    text = {"slack": slack, "slack-api": slack, "pagerduty": pagerduty}.get(message["vendor"], str)(body)
    framed = [f"{message['vendor']} {message['at']}"]
    for line in text.splitlines():
        framed += textwrap.wrap(line, WIDTH) or [""]
    return "\n".join(f"            | {line}" for line in framed)


def slack(body: dict) -> str:
    """The blocks' texts; the plain text where there are none."""
    texts = [text for block in body.get("blocks", []) for text in block_texts(block)]
    return "\n".join(texts or [body.get("text", "")])


def block_texts(block: dict):
    for part in (block.get("text"), *block.get("fields", []), *block.get("elements", [])):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


def pagerduty(body: dict) -> str:
    payload = body.get("payload", {})
    said = [f"{body.get('event_action')}, dedup key {body.get('dedup_key')}"]
    if payload:
        said.append(f"{payload.get('severity')}: {payload.get('summary')} (source {payload.get('source')})")
    return "\n".join(said)
