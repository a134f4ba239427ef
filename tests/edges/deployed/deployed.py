"""What the tests of deployed functions share: the stack that stands, and ways to speak to it. `edges.py` fills it in."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request

import package
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from demo_aws import REGION

WORLD = None
PLAN = None
PORT = None
FUNCTIONS = ["collector", "evaluator", "ingest", "incident-response", "post-mortem", "notifier", "timekeeper", "api"]


def invoke(function: str, payload) -> tuple[object, str | None]:
    """The answer to a payload (text, or something to be written as JSON), and the function's error if it failed."""
    body = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
    answer = WORLD.aws("lambda").invoke(FunctionName=WORLD.outputs["function_names"][function], Payload=body)
    text = answer["Payload"].read().decode()
    return (json.loads(text) if text else None), answer.get("FunctionError")


def tocsin(*arguments: str) -> subprocess.CompletedProcess:
    """The command line, with the account's root and this installation's endpoint."""
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
    env = os.environ | keys | {"AWS_ENDPOINT_URL": WORLD.endpoint}
    return subprocess.run([str(package.built("tocsin")), *arguments], capture_output=True, text=True, env=env)


def call(method: str, path: str, body=None, signed: bool = True, kind: str = "application/json") -> tuple[int, dict, dict]:
    """Status, headers (lower case) and JSON of a call of the API."""
    data = body if isinstance(body, (bytes, type(None))) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = AWSRequest(method, WORLD.api_url + path, data=data, headers={"content-type": kind})
    if signed:
        SigV4Auth(Credentials("test", "test"), "execute-api", REGION).add_auth(request)
    prepared = urllib.request.Request(request.url, data=data, headers=dict(request.headers), method=method)
    try:
        with urllib.request.urlopen(prepared, timeout=60) as answer:
            return answer.status, headers(answer), parsed(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, headers(refused), parsed(refused.read())


def headers(answer) -> dict:
    return {name.lower(): value for name, value in answer.headers.items()}


def parsed(text: bytes) -> dict:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return {"text": text.decode(errors="replace")}


def parked(function: str) -> list[dict]:
    """The messages of a function's dead-letter queue, taken out of it: body and reason."""
    sqs, found = WORLD.aws("sqs"), []
    queue = sqs.get_queue_url(QueueName=f"{WORLD.outputs['function_names'][function]}-parked")["QueueUrl"]
    while True:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        messages = answer.get("Messages", [])
        if not messages:
            return found
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            reason = attributes.get("reason", attributes.get("ErrorMessage", {})).get("StringValue", "")
            found.append({"body": message["Body"], "reason": reason})
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def sns(message, **attributes) -> dict:
    """An event as SNS hands it over."""
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": text, **attributes}}]}


def await_true(what: str, seen, limit_s: float = 90.0):
    """The first answer of `seen` that is true; fails after the limit."""
    limit = time.monotonic() + limit_s
    while time.monotonic() < limit:
        found = seen()
        if found:
            return found
        time.sleep(1.0)
    raise AssertionError(f"not within {limit_s:.0f} s: {what}")
