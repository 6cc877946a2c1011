"""What tests of several kinds share: the built book under a sub-path, small books of our own, and a browser that may
go nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent))
os.environ["LIKELY_STRICT"] = "1"  # an expectation of a notebook that is missed raises
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# the same examples each time, so that a failure is one of the code; LIKELY_EXPLORE=1 tries others
hypothesis.settings.register_profile("likely", derandomize=not os.environ.get("LIKELY_EXPLORE"), deadline=None)
hypothesis.settings.load_profile("likely")


def notebooks() -> list[Path]:
    """The notebooks of the book and of its exercises."""
    folders = ("book/prerequisites", "chapters", "exercises", "solutions")
    return sorted(path for folder in folders for path in (ROOT / folder).glob("*.ipynb"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker ends long after the others; one builds the book while the others run
    notebooks. The checks go exercise by exercise: JAX keeps what it has compiled for one, and not for all of them."""
    ranks = ("tests/book/test_site", "solutions", "chapters", "book/prerequisites", "tests/browser", "tests/lab")

    def place(item: pytest.Item) -> tuple[int, str, str]:
        rank = next((i for i, at in enumerate(ranks) if item.nodeid.startswith(at)), len(ranks))
        checks = item.nodeid.startswith("tests/unit/test_checks") and hasattr(item, "callspec")
        return rank, item.path.name, str(item.callspec.params.get("name", "")) if checks else ""

    items.sort(key=place)


def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """A file stays with one worker (a notebook has one kernel, a module its fixtures), but for the tests of the pages,
    which stand alone."""

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            return nodeid if file == "tests/browser/test_page.py" else file

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def site() -> Path:
    """The book, built with warnings as errors."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    with FileLock(ROOT / ".cache" / "book.lock"):  # the workers share one book
        done = subprocess.run([sys.executable, "-m", "likely.cli", "html"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return ROOT / "book" / "_build" / "html"


def serve(folder: Path, prefix: str = ""):
    """A server on this machine for a folder; the caller shuts it down."""
    from likely.cli.serve import Server

    server = Server(folder, 0, prefix)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def address(site: Path):
    """The book's address, under a sub-path."""
    server = serve(site, "some/sub-path")
    yield server.url
    server.shutdown()


@pytest.fixture(scope="session")
def payloads(site: Path) -> dict[str, dict]:
    """Each figure of the book by name: its page, its manifest, and what the kernel showed (`reference`)."""
    from likely.explorable import payload
    from likely.sphinx import FIGURE

    folder = ROOT / ".cache" / "figures"
    found = {}
    for page in site.rglob("*.html"):
        for name, digest in FIGURE.findall(page.read_text(encoding="utf-8")):
            found[name] = dict(
                page=page.relative_to(site).as_posix(),
                digest=digest,
                manifest=json.loads(payload.read(folder, digest)),
                reference=json.loads((folder / f"{digest}.reference.json").read_text(encoding="utf-8")),
            )
    assert found, "the book has no figure"
    return found


class Book:
    """A book of one or two notebooks, built as ours is, with its own cache and store."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "_config.yml").write_text(
            (ROOT / "_config.yml")
            .read_text()
            .replace("book/_static", "_static")
            .replace("  favicon: _static/favicon.svg\n", "")
        )
        (folder / "_static").mkdir()
        for name in ("book.css", "book.js"):
            (folder / "_static" / name).write_text("")

    def notebook(self, name: str, *cells: str) -> None:
        import nbformat

        heading = nbformat.v4.new_markdown_cell(f"# {name}")
        code = [nbformat.v4.new_code_cell(textwrap.dedent(cell).strip()) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=[heading, *code]), self.folder / f"{name}.ipynb")

    def build(self, *names: str) -> subprocess.CompletedProcess:
        from likely.explorable import payload

        toc = dict(format="jb-book", root=names[0])
        if names[1:]:
            toc["chapters"] = [dict(file=name) for name in names[1:]]
        (self.folder / "_toc.yml").write_text(json.dumps(toc))
        environment = {k: v for k, v in os.environ.items() if k != payload.VARIABLE}
        environment["LIKELY_VENDOR"] = str(ROOT / ".cache" / "vendor")
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from jupyter_book.cli.main import main; main()",
                "build",
                ".",
                "--toc",
                "_toc.yml",
                "-W",
                "-n",
                "--keep-going",
            ],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def book(tmp_path, site):  # `site`: the vendored files are there
    return Book(tmp_path)


@pytest.fixture(scope="module")
def small_site(tmp_path_factory, site):  # `site`: the vendored files are there
    """Builds a book of one notebook from its cells: the folder of its site."""

    def build(name: str, *cells: str) -> Path:
        book = Book(tmp_path_factory.mktemp(name))
        book.notebook(name, *cells)
        done = book.build(name)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
        return book.folder / "_build" / "html"

    return build


@pytest.fixture(scope="module")
def publish(small_site):
    """Builds and serves a book of one notebook: the address of its page."""
    servers = []

    def build(name: str, *cells: str) -> str:
        servers.append(serve(small_site(name, *cells)))
        return f"{servers[-1].url}{name}.html"

    yield build
    for server in servers:
        server.shutdown()


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture(scope="session")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright):
    from likely.cli.browser import FLAGS, find_chromium

    browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield browser
    browser.close()


class Visit:
    """A page opened in a fresh context, in which every address outside this machine is blocked and noted."""

    def __init__(self, browser, url: str, *, width: int = 1280, height: int = 900, theme: str = "light", **options):
        self.context = browser.new_context(viewport=dict(width=width, height=height), color_scheme=theme, **options)
        self.page = self.context.new_page()
        self.outside: list[str] = []
        self.problems: list[str] = []
        self.context.route("**/*", self._route)
        self.page.on(
            "console", lambda m: self.problems.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.problems.append(f"pageerror: {error}"))
        self.url = url
        self.page.goto(url)

    def _route(self, route):
        if route.request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def close(self):
        self.context.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@pytest.fixture
def visit(chromium):
    """Opens pages, and closes them after the test."""
    opened = []

    def open_(url: str, **options) -> Visit:
        if len(opened) == 2:  # no test looks at more at once, and each page computes
            opened.pop(0).close()
        opened.append(Visit(chromium, url, **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def wait_until(holds, seconds: float = 20, what: str = "") -> None:
    """Waits for `holds()` to be true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what or "it did not come to hold"
        time.sleep(0.05)
