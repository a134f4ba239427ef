"""What the demo's people do: they follow the link of a page, and press a button in Slack, as a browser and as Slack would."""

import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

from demo_world import World

ON_CALL = "U0ANN"
LINK = re.compile(r"<(http[^|>]*/acknowledge/[^|>]+)\|Acknowledge>")
SHOWN = re.compile(r"<(http[^|>]*/incident/[^|>]+)\|Open the incident>")
POST_MORTEM = re.compile(r'href="\.\./(post-mortem/[^"]+)"')


def page_of(world: World, member: str) -> dict | None:
    """The direct message that calls a member of the workspace."""
    called = [m for m in world.messages("slack-api") if m["body"].get("channel") == member]
    return next((m for m in called if LINK.search(json.dumps(m["body"], ensure_ascii=False))), None)


def link_of(message: dict) -> str:
    return LINK.search(json.dumps(message["body"], ensure_ascii=False)).group(1)


def reachable(world: World, link: str) -> str:
    """The link at the address by which the local API is reached; its own host name exists on AWS only."""
    return "/".join([world.api_url, *link.split("/")[-2:]])


def follow(world: World, link: str) -> tuple[int, str]:
    """Looks at the page, as a mail scanner would, then presses its button."""
    link = reachable(world, link)
    status, _ = request("GET", link)
    if status != 200:
        return status, "the page does not open"
    return request("POST", link, b"")


def read(world: World, incident: str) -> tuple[str, str] | None:
    """Opens the link to the incident that stands in its messages, and from there the post-mortem: both pages."""
    told = [json.dumps(m["body"], ensure_ascii=False) for m in world.messages("slack-api")]
    links = [found.group(1) for text in told if incident in text and (found := SHOWN.search(text))]
    if not links:
        return None
    status, page = request("GET", reachable(world, links[0]))
    further = POST_MORTEM.search(page)
    if status != 200 or not further:
        return None
    status, post_mortem = request("GET", f"{world.api_url}/{further.group(1)}")
    return (page, post_mortem) if status == 200 else None


def press(world: World, message: dict, words: str, signing_secret: str) -> tuple[int, str]:
    """Presses the button of these words, as Slack tells it."""
    actions = [e for block in message["body"]["blocks"] if block["type"] == "actions" for e in block["elements"]]
    button = next(e for e in actions if e["text"]["text"].startswith(words))
    payload = {
        "type": "block_actions",
        "user": {"id": ON_CALL, "username": "ann", "name": "ann"},
        "channel": {"id": message["body"]["channel"]},
        "response_url": "",
        "actions": [{"action_id": button["action_id"], "block_id": "b", "type": "button", "value": button.get("value", ""), "action_ts": str(time.time())}],
    }
    body, at = urlencode({"payload": json.dumps(payload)}).encode(), str(int(time.time()))
    signature = hmac.new(signing_secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}", "Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", f"{world.api_url}/v1/slack/interactions", body, headers)


def request(method: str, url: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}, method=method), timeout=15) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
