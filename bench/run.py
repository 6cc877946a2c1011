"""Measures what the course promises of its figures, its build and its training, and prints one table.

    make bench                    everything, half an hour
    make bench ARGS="page cold"   some of: page, cold, lab, build, figure, train, nanogpt, gan, diffusion, unet,
                                  smollm
    make bench ARGS="page --figure sampler --figure gan-lab"   of the page only these figures

`train`, `nanogpt`, `gan`, `diffusion`, `unet` and `smollm` compare with PyTorch, which they install into .cache/torch
the first time (bench/requirements-torch.txt).

Writes bench/results.json, a list of {name, value, unit, goal, met, peer, peer_value}, where there were several seeds
also each and peer_each, and bench/machine.json, the machine and versions by what was measured. Rows that were not
measured this time stay as they were.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from likely.cli.browser import FLAGS, find_chromium
from likely.cli.html import build
from likely.cli.lab import command as lab_command
from likely.cli.lab import has_display
from likely.cli.serve import Server, _Handler
from likely.explorable import payload
from likely.sphinx import FIGURE
from likely.training.code import processor

ROOT = Path(__file__).parent.parent
RESULTS, MACHINE = (Path(__file__).parent / f"{name}.json" for name in ("results", "machine"))
CHAPTER = ROOT / "chapters" / "01_distributions.ipynb"
STILL = "name-lengths"  # of the cold page and the lab
BRIEF = "drawn-lengths"  # whose lines are counted
MOVES = 100  # control moves of a latency, after 20 that do not count
STEPS = {"sampler": 100, "gan-lab": 250}  # the least steps/s while it plays; 200 for the others


def row(
    name: str,
    value: float,
    unit: str,
    goal: float,
    least: bool = False,
    peer: str | None = None,
    peer_value: float | None = None,
) -> dict[str, Any]:
    """A line of the table; `least`: the goal is the least that the value should be, else the most."""
    met = value >= goal if least else value <= goal
    sign = "≥" if least else "≤"
    return dict(
        name=name,
        value=round(value, 3),
        unit=unit,
        goal=f"{sign} {goal:g}",
        met=bool(met),
        peer=peer,
        peer_value=peer_value,
    )


@contextlib.contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield running
        running.close()


@contextlib.contextmanager
def served(folder: Path, kind: type[Server] = Server) -> Iterator[Server]:
    server = kind(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


# Times from a native input event to the figure's `likely:drawn`, as the reader's keys cause them.
WATCH = """(figure) => {
  window.latencies = [];
  figure.addEventListener('input', (event) => { window.moved = event.timeStamp; }, true);
  figure.addEventListener('likely:drawn', () => {
    if (window.moved !== undefined) window.latencies.push(performance.now() - window.moved);
    window.moved = undefined;
  });
}"""


def latencies(page, figure, label: str) -> list[float]:
    """Milliseconds from key press to redrawn figure, one move at a time."""
    handle = figure.get_by_role("slider", name=label, exact=True)
    figure.evaluate(WATCH)
    handle.focus()
    there, back = "ArrowRight", "ArrowLeft"
    if handle.evaluate("(input) => Number(input.value) >= Number(input.max)"):
        there, back = back, there
    for i in range(MOVES + 20):
        handle.press(there if i % 2 == 0 else back)
        page.wait_for_function("(n) => window.latencies.length >= n", arg=i + 1)
    return page.evaluate("window.latencies")[20:]


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def figures_of(site: Path) -> dict[str, tuple[str, dict]]:
    """Each figure of the book: its page, and its description as the page reads it."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        for name, digest in FIGURE.findall(path.read_text(encoding="utf-8")):
            manifest = json.loads(payload.read(ROOT / ".cache" / "figures", digest))
            found[name] = (path.relative_to(site).as_posix(), manifest["spec"])
    return found


# Plays as fast as it goes for five seconds, without an end.
PLAY = """async (name) => {
  const { figure } = document.getElementById(name);
  figure.reset();
  await new Promise((go) => setTimeout(go, 500));
  figure.spec.play.until = null;
  figure.play();
  await new Promise((go) => setTimeout(go, 500));
  const frames = [], began = performance.now(), from = figure.step;
  let last = began;
  while (last - began < 5000) {
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last); last = performance.now();
  }
  const steps = figure.step - from;
  figure.pause();
  const seconds = (last - began) / 1000;
  return {rate: steps / seconds, longest: Math.max(...frames), fps: frames.length / seconds};
}"""


def on_page(only: list[str]) -> list[dict]:
    """Latency of every figure of the built book, and training on the page, with one wasm thread."""
    site, rows = build(), []
    figures = figures_of(site)
    if unknown := set(only) - set(figures):
        raise SystemExit(f"the book has no figure {', '.join(sorted(unknown))}; it has {', '.join(figures)}")
    with served(site) as server, browser() as running:
        for name in only or figures:
            path, spec = figures[name]
            label = next((c["label"] for c in spec["controls"] if c["kind"] == "slider"), None)
            if label is None:
                continue
            print(f"  {name}", file=sys.stderr, flush=True)
            page = running.new_page(viewport=dict(width=1280, height=900))
            page.goto(server.url + path)
            figure = page.locator(f"#{name}")
            figure.scroll_into_view_if_needed()
            page.wait_for_function("(n) => document.getElementById(n).figure?.state === 'ready'", arg=name)
            page.wait_for_timeout(1000)
            times = latencies(page, figure, label)
            rows += [
                row(f"page, {name}: control moved to redrawn, median", statistics.median(times), "ms", 16),
                row(f"page, {name}: control moved to redrawn, p95", quantile(times, 0.95), "ms", 33),
            ]
            if spec["play"]:
                figure.get_by_label("Speed").select_option(label="fast")
                played = page.evaluate(PLAY, name)
                rows += [
                    row(
                        f"page, {name}: steps while it plays",
                        played["rate"],
                        "steps/s",
                        STEPS.get(name, 200),
                        least=True,
                    ),
                    row(f"page, {name}: longest frame while it plays", played["longest"], "ms", 50),
                    row(f"page, {name}: frames while it plays", played["fps"], "1/s", 55, least=True),
                ]
            page.close()
    return rows


class SlowServer(Server):
    """A server behind a line of 10 Mbit/s and 40 ms there and back, shared by all connections; counts what it sends."""

    rate, delay = 10e6 / 8, 0.040

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.RequestHandlerClass = SlowHandler
        self.sent, self.free, self.line = 0, 0.0, threading.Lock()

    def pass_on(self, size: int) -> None:
        """Waits until `size` bytes have gone through the line."""
        with self.line:
            begin = max(time.monotonic(), self.free)
            self.free = begin + size / self.rate
            self.sent += size
            wait = self.free - time.monotonic()
        time.sleep(max(0.0, wait))


class SlowHandler(_Handler):
    server: SlowServer

    def setup(self):
        super().setup()
        time.sleep(self.server.delay)  # the connection's own round trip
        write = self.wfile.write

        def slowly(data):
            for i in range(0, len(data), 8192):
                self.server.pass_on(len(data[i : i + 8192]))
                write(data[i : i + 8192])
            return len(data)

        self.wfile.write = slowly

    def do_GET(self):
        time.sleep(self.server.delay)
        super().do_GET()


def cold() -> list[dict]:
    """A reader's first visit, over a slow line, to the first figure."""
    site = build()
    found = figures_of(site)
    first, answers, early, late = [], [], [], []
    for _ in range(3):
        with served(site, SlowServer) as server, browser() as running:
            context = running.new_context(viewport=dict(width=1280, height=900))
            context.add_init_script(DRAWN)
            page = context.new_page()
            page.goto(f"{server.url}{found[STILL][0]}#{STILL}", wait_until="commit")
            page.wait_for_function("() => window.drawn")
            first.append(page.evaluate("window.drawn") / 1000)
            early.append(server.sent / 1e6)
            answers.append(page.evaluate(ANSWER, [STILL, dict(mu=6)]) / 1000)
            late.append(server.sent / 1e6)
    rows = [
        row("cold page, 10 Mbit/s, 40 ms: first figure drawn", statistics.median(first), "s", 2.5),
        row("cold page: sent until the first figure is drawn", statistics.median(early), "MB", 1.8),
        row("cold page: answers a control", statistics.median(answers), "s", 5),
        row("cold page: sent until it answers", statistics.median(late), "MB", 6),
    ]
    for path in sorted({path for path, _ in found.values()}):
        with served(site, SlowServer) as server, browser() as running:
            page = running.new_page(viewport=dict(width=1280, height=900))
            page.goto(server.url + path)
            for name in (name for name, (where, _) in found.items() if where == path):
                page.locator(f"#{name}").scroll_into_view_if_needed()
                page.wait_for_function("(n) => document.getElementById(n).figure?.state === 'ready'", arg=name)
            page.wait_for_load_state("networkidle")
            rows.append(row(f"cold page: sent in all, every figure seen ({path})", server.sent / 1e6, "MB", 6))
    return rows


DRAWN = """addEventListener('likely:drawn', (event) => {
  const chart = event.target.closest('likely-figure')?.querySelector('svg.main-svg');
  window.drawn ??= chart ? performance.now() : undefined; }, true);"""
ANSWER = """async ([name, values]) => {
  const element = document.getElementById(name);
  await element.figure.engineReady;
  const drawn = new Promise((go) => element.addEventListener('likely:drawn', go, {once: true}));
  element.figure.set(values);
  await drawn;
  return performance.now();
}"""


AT_REST = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
FINISHED = """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
  .every((cell) => cell.type !== 'code' || cell.executionCount !== null)"""


def lab() -> list[dict]:
    """Latency in JupyterLab: the kernel computes."""
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        (Path(folder) / "first.ipynb").write_text(CHAPTER.read_text(encoding="utf-8"), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
        if has_display():
            options.append("--no-browser")
        command = lab_command(port, options, Path(folder))
        server = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "JUPYTERLAB_WORKSPACES_DIR": f"{folder}/.workspaces"},
        )
        try:
            page = running.new_page(viewport=dict(width=1280, height=1400))
            for _ in range(120):
                with contextlib.suppress(Exception):
                    page.goto(f"http://127.0.0.1:{port}/lab/tree/first.ipynb")
                    break
                time.sleep(0.5)
            page.wait_for_function(AT_REST, timeout=90_000)
            page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
            page.wait_for_function(FINISHED, timeout=180_000)
            page.wait_for_function(AT_REST, timeout=90_000)
            figure = page.get_by_role("group", name="A bell curve by hand")
            figure.wait_for(timeout=120_000)
            figure.scroll_into_view_if_needed()
            figure.locator("svg.main-svg").first.wait_for(timeout=60_000)
            page.wait_for_timeout(2000)
            times = latencies(page, figure, "mean of Q")
        finally:
            server.terminate()
            server.wait(30)
    return [
        row("lab: control moved to redrawn, median", statistics.median(times), "ms", 40),
        row("lab: control moved to redrawn, p95", quantile(times, 0.95), "ms", 100),
    ]


def building() -> list[dict]:
    """`make html` from a fresh clone with packages cached, and once more with nothing to do."""
    # the words of `make bench ARGS="build"` are not for that make
    environment = {k: v for k, v in os.environ.items() if k not in ("ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), folder], check=True)
        times = []
        for _ in range(2):
            began = time.monotonic()
            subprocess.run(["make", "html"], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
            times.append(time.monotonic() - began)
    return [
        row("make html from a clean checkout, packages cached", times[0], "s", 120),
        row("make html again, no change", times[1], "s", 15),
    ]


def figure() -> list[dict]:
    """How much an author writes for a figure: the code lines of a cell, its function and its chart's axes apart."""
    cells = nbformat.read(CHAPTER, 4).cells
    cell = next(c.source for c in cells if c.cell_type == "code" and f'"{BRIEF}"' in c.source)
    return [row("a new figure: lines of Python", sum(1 for line in cell.splitlines() if line.strip()), "lines", 15)]


def training() -> list[dict]:
    """Steps a second of `likely.training.fit`, beside PyTorch and beside a bare loop."""
    import train

    return train.measure()


def recipe() -> list[dict]:
    """The whole of nanoGPT's recipe for a CPU, beside PyTorch."""
    import nanogpt

    return nanogpt.measure()


def players() -> list[dict]:
    """Steps a second of `likely.training.play` on a GAN, beside PyTorch."""
    import gan

    return gan.measure()


def clothes() -> list[dict]:
    """Pictures a second that the denoiser of clothes learns from, and draws, beside PyTorch."""
    import diffusion

    return diffusion.measure()


def plain_unet() -> list[dict]:
    """How far from real clothes the denoiser draws after a time of training, and a plain U-Net in PyTorch."""
    import unet

    return unet.measure()


def language_model() -> list[dict]:
    """Tokens a second of SmolLM2, one at a time, beside PyTorch and the memory's speed."""
    import smollm

    return smollm.measure()


GROUPS = dict(
    page=on_page,
    cold=cold,
    lab=lab,
    build=building,
    figure=figure,
    train=training,
    nanogpt=recipe,
    gan=players,
    diffusion=clothes,
    unet=plain_unet,
    smollm=language_model,
)


def machine() -> dict[str, str]:
    version = subprocess.run([str(find_chromium()), "--version"], capture_output=True, text=True).stdout.strip()
    return dict(
        processor=processor(),
        cores=str(os.cpu_count()),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        jax=importlib.metadata.version("jax"),
        browser=version,
        date=time.strftime("%Y-%m-%d"),
    )


def read(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else otherwise


def write(path: Path, what: Any) -> None:
    path.write_text(json.dumps(what, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="what to measure; everything if not given")
    parser.add_argument("--figure", action="append", default=[], help="of the page only this one; may be repeated")
    asked = parser.parse_args()
    chosen = asked.groups or list(GROUPS)
    rows = {r["name"]: r for r in read(RESULTS, [])}
    about = read(MACHINE, {})
    for name in chosen:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        measured = on_page(asked.figure) if name == "page" else GROUPS[name]()
        rows.update({r["name"]: r for r in measured})
        about[name] = machine()
        write(RESULTS, list(rows.values()))
        write(MACHINE, about)
    for name, one in about.items():
        print(f"{name}: " + "  ".join(f"{k} {v}" for k, v in one.items()))
    width = max(len(n) for n in rows)
    for r in rows.values():
        peer = f"  {r['peer']}: {r['peer_value']:g} {r['unit']}" if r["peer"] else ""
        met = "met" if r["met"] else "NOT MET"
        print(f"{r['name']:{width}}  {r['value']:>9g} {r['unit']:<8} {r['goal']:>8}  {met:<8}{peer}".rstrip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
