"""Serve the built book on this machine, without building it."""

from __future__ import annotations

import argparse
import errno
import gzip
import http.server
import os
import socket
import sys
import threading
import urllib.parse
from http import HTTPStatus
from pathlib import Path

from likely.cli import Problem

HOST = "127.0.0.1"
FIRST_PORT = 8000

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".csv": "text/csv; charset=utf-8",
    ".wasm": "application/wasm",
    ".bin": "application/octet-stream",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
}
_COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".ipynb", ".map", ".svg", ".txt", ".xml", ".csv", ".wasm"}


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder as a static host would: gzip for text, right types, no listing of folders.

    `prefix` puts the site under a sub-path ("/course"); `headers` are added to every answer (a content policy, say).
    Port 0 takes any free port. The address is `server.url`.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows it would share the port with another server

    def __init__(self, folder: Path, port: int = 0, prefix: str = "", headers: dict[str, str] | None = None):
        self.folder = Path(folder).resolve()
        self.prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
        self.headers = dict(headers or {})
        self._packed: dict[Path, tuple[int, bytes]] = {}
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}{self.prefix}/"

    def packed(self, path: Path, changed: int) -> bytes:
        """The file gzipped; kept until the file changes."""
        with self._lock:
            kept = self._packed.get(path)
        if kept is None or kept[0] != changed:
            kept = (changed, gzip.compress(path.read_bytes(), compresslevel=6, mtime=0))
            with self._lock:
                self._packed[path] = kept
        return kept[1]

    def find(self, target: str) -> Path | None:
        """The file for a request's path, or None. Never one outside the folder."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(target).path)
        if self.prefix:
            if not path.startswith(self.prefix + "/"):
                return None
            path = path[len(self.prefix) :]
        if "\0" in path:
            return None
        found = (self.folder / path.lstrip("/")).resolve()
        if not found.is_relative_to(self.folder):
            return None
        if found.is_dir():
            found = found / "index.html"
        elif path.endswith("/"):
            return None
        return found if found.is_file() else None

    def handle_error(self, request, client_address) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a browser that hangs up half way is no news
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, body: bool) -> None:
        path = self.server.find(self.path)
        if path is None:
            self._send(HTTPStatus.NOT_FOUND, b"There is no such page.\n", {"Content-Type": "text/plain"}, body)
            return
        bare = urllib.parse.urlsplit(self.path).path
        if path.name == "index.html" and not bare.endswith(("/", "/index.html")):
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": bare + "/"}, body)
            return
        changed = path.stat().st_mtime_ns
        packs = path.suffix in _COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        tag = f'"{changed:x}{"-gz" if packs else ""}"'
        headers = {
            "Content-Type": _TYPES.get(path.suffix, "application/octet-stream"),
            "ETag": tag,
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
        }
        if path.suffix in _COMPRESSED:
            headers["Vary"] = "Accept-Encoding"
        if self.headers.get("If-None-Match") == tag:
            self._send(HTTPStatus.NOT_MODIFIED, None, headers, body)
            return
        if packs:
            headers["Content-Encoding"] = "gzip"
        data = self.server.packed(path, changed) if packs else path.read_bytes()
        self._send(HTTPStatus.OK, data, headers, body)

    def _send(self, status: HTTPStatus, data: bytes | None, headers: dict[str, str], body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, **self.server.headers}.items():
            self.send_header(name, value)
        if data is not None:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body and data:
            self.wfile.write(data)

    def version_string(self) -> str:
        return "likely"

    def log_message(self, *_) -> None:
        """Quiet: the address stays the last line on the screen."""


def port_number(text: str) -> int:
    """A port from the command line."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def open_server(folder: Path, port: int | None) -> Server:
    """A server on that port, or, if none was asked for, on 8000 or the next free one."""
    for candidate in [port] if port else [*range(FIRST_PORT, FIRST_PORT + 20), 0]:
        try:
            return Server(folder, candidate)
        except OSError as error:
            if port or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise _port_problem(candidate, error) from None
    raise AssertionError("port 0 is always free")


def check_free(port: int) -> None:
    """Raise the problem now if a port cannot be used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise _port_problem(port, error) from None


def _port_problem(port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem(
            f"Port {port} is in use, perhaps by another `make book`. Choose one (PORT={port % 65535 + 1}) "
            "or leave PORT out to take a free one."
        )
    if error.errno == errno.EACCES:
        return Problem(f"Port {port} may not be used by you on this system. Choose one above 1023, PORT=8000 say.")
    return Problem(f"The server could not start on {HOST}, port {port}: {error.strerror}.")


def serve(folder: Path, port: int | None = None) -> None:
    """Serve until Ctrl-C."""
    if not (folder / "index.html").exists():
        raise Problem("The book is not built yet: `make html` builds it, `make book` builds and serves it.")
    with open_server(folder, port) as server:
        print(f"The book is at {server.url} (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)


def main(arguments: list[str]) -> None:
    from likely.cli.html import OUTPUT

    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("--port", type=port_number, help="default: 8000, or the next free one")
    serve(OUTPUT, parser.parse_args(arguments).port)
