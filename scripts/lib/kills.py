"""A proxy between the functions and the local AWS that ends a function's process around a chosen call, once each.

What a crash at that moment leaves behind is real: the call before it was made, the one after it was not. Linux only: it
finds the process behind a connection in /proc.
"""

import os
import re
import signal
import threading
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import stack

UPSTREAM_TIMEOUT_S = 60
# What /proc shows is not of one moment: a row or a file can be missed while others come and go.
LOOKS = 5
# They belong to one connection and are not passed on.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


@dataclass
class Kill:
    """The process of `function` ends before or after its `nth` call of `call` (`sns:Publish`, `lambda:PUT`)."""

    function: str
    when: str
    call: str
    nth: int = 1
    seen: int = 0
    done: bool = False

    def __str__(self) -> str:
        return f"{self.function} {self.when} its {'call' if self.nth == 1 else f'call no. {self.nth}'} of {self.call}"

    def is_due(self, function: str, call: str) -> bool:
        if self.done or (self.function, self.call) != (function, call):
            return False
        self.seen += 1
        return self.seen == self.nth


@dataclass
class Plan:
    """What is still to be killed; `name` is the prefix of the deployed functions."""

    name: str
    kills: list[Kill]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def due(self, function: str, call: str) -> Kill | None:
        with self.lock:
            # Every plan counts the call, so that one kill does not hide it from the next.
            due = [kill for kill in self.kills if kill.is_due(function.removeprefix(f"{self.name}-"), call)]
            return due[0] if due else None

    def missing(self) -> list[str]:
        return [str(kill) for kill in self.kills if not kill.done]


class Proxy:
    """Listens on a free port of 127.0.0.1; the stack it stands before is started after it, so that it can be told."""

    def __init__(self, plan: Plan, say):
        self.plan, self.say = plan, say
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"proxy": self}))
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @cached_property
    def upstream(self) -> int:
        return stack.running()["port"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        self.caller = process_behind(self.client_address[1], self.server.server_port)

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pid, function = self.caller
        kill = self.proxy.plan.due(function, call_of(self.command, self.path, self.headers, body))
        if kill and kill.when == "before":
            return self.end(kill, pid)
        answer = self.passed_on(body)
        if kill:
            return self.end(kill, pid)
        self.answer(*answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve

    def passed_on(self, body: bytes) -> tuple[int, list, bytes]:
        upstream = HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=UPSTREAM_TIMEOUT_S)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (HTTPException, OSError) as cause:
            return 502, [], str(cause).encode()
        finally:
            upstream.close()

    def end(self, kill: Kill, pid: int) -> None:
        """As a machine that loses power: the process is gone, and its connection with it."""
        os.kill(pid, signal.SIGKILL)
        kill.done = True
        self.close_connection = True
        self.proxy.say(f"killed: {kill}")

    def answer(self, status: int, headers: list, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP and name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def call_of(method: str, path: str, headers, body: bytes) -> str:
    """`service:Operation`; for REST services the method stands for the operation."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", headers.get("Authorization") or "")
    service = scope.group(1) if scope else "unsigned"
    target = headers.get("X-Amz-Target")
    if target:
        return f"{service}:{target.rpartition('.')[2]}"
    if "/operation/" in path:
        return f"{service}:{path.rpartition('/')[2]}"
    action = re.search(rb"(?:^|&)Action=(\w+)", body) if service == "sns" else None
    return f"{service}:{action.group(1).decode() if action else method}"


def process_behind(port: int, server: int) -> tuple[int, str]:
    """Pid and function name of the process whose connection leads from `port` to `server`, both of 127.0.0.1; (0, "") if there is none."""
    for _ in range(LOOKS):
        found = owner_of(inode_of(port, server))
        if found:
            return found
    return 0, ""


def inode_of(port: int, server: int) -> str | None:
    """Of the client's end; the same port can stand there again, closed, with another server."""
    ends = [f"0100007F:{end:04X}" for end in (port, server)]
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return next((row[9] for row in rows if row[1:3] == ends), None)


def owner_of(inode: str | None) -> tuple[int, str] | None:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(leads_to(file, inode) for file in (process / "fd").iterdir()):
                return int(process.name), function_of(process)
        except OSError:
            continue  # It has ended meanwhile, or is someone else's.
    return None


def leads_to(file: Path, inode: str | None) -> bool:
    try:
        return os.readlink(file) == f"socket:[{inode}]"
    except OSError:
        return False  # Closed since it was listed; its process has others.


def function_of(process: Path) -> str:
    variables = (process / "environ").read_bytes().split(b"\0")
    name = next((v for v in variables if v.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")), b"=")
    return name.partition(b"=")[2].decode()
