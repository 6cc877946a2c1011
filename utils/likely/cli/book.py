"""Build the book and serve it on this machine; prints the address."""

from __future__ import annotations

import argparse

from likely.cli import html, serve


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make book", description=__doc__)
    parser.add_argument("--port", type=serve.port_number, help="default: 8000, or the next free one")
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    options = parser.parse_args(arguments)
    if options.port:  # before the build, not after it
        serve.check_free(options.port)
    serve.serve(html.build(options.force), options.port)
