"""A small API server over real HTTP: keeps objects, and answers as a test says. Knows no kinds, runs no pods."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kubernetes.client import Configuration

from codekiln.core.kube.api import Object, Resource
from codekiln.core.kube.client import KubeApi


@dataclass
class Server:
    """`objects` by path. `answers`: what is said instead, (status, body), by method and path; kept until removed."""

    objects: dict[str, Object] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def api(self) -> KubeApi:
        configuration = Configuration()
        configuration.host = f"http://127.0.0.1:{self.port}"
        return KubeApi(configuration)

    def put(self, resource: Resource, namespace: str, object: Object) -> None:
        self.objects[resource.path(namespace, object["metadata"]["name"])] = object

    def has(self, resource: Resource, namespace: str, name: str) -> bool:
        return resource.path(namespace, name) in self.objects

    def serve(self, *resources: Resource) -> None:
        for resource in resources:
            self.answers["GET", resource.root] = (200, {"resources": [{"name": resource.plural}]})

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        self.asked.append((method, path))
        if (method, path) in self.answers:
            return self.answers[method, path]
        if method == "POST":
            key = f"{path}/{body['metadata']['name']}"
            if key in self.objects:
                return 409, status("AlreadyExists", f"{key} already exists")
            self.objects[key] = body
            return 201, body
        if method == "GET" and path.rpartition("/")[2] in ("pods", "events"):
            known = [value for key, value in self.objects.items() if key.startswith(f"{path}/")]
            return 200, {"items": [item for item in known if fits(item, query)]}
        if path not in self.objects:
            return 404, status("NotFound", f"{path} not found")
        return 200, self.objects.pop(path) if method == "DELETE" else self.objects[path]


def status(reason: str, message: str) -> Object:
    return {"kind": "Status", "reason": reason, "message": message}


def fits(item: Object, query: dict[str, list[str]]) -> bool:
    labels = [part.split("=") for text in query.get("labelSelector", []) for part in text.split(",")]
    fields = [text.split("=")[1] for text in query.get("fieldSelector", [])]
    return all(item["metadata"]["labels"].get(key) == value for key, value in labels) and all(
        item["involvedObject"]["name"] == name for name in fields
    )


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            code, answer = server.answer(self.command, self.path, body)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            if code in (429, 503):
                self.send_header("Retry-After", "3600")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = do_PATCH = handle_one

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
