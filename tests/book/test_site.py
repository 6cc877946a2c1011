"""The built site: complete, to itself, and rebuilt only where something changed."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

from likely.cli import launch
from likely.explorable import payload
from likely.sphinx import POLICY, SITE

OUTSIDE = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio)\b[^>]*\b(?:src|href)=["'](?:https?:)?//([^/"']+)"""
)


def pages(site: Path) -> list[Path]:
    """All pages but the one that only sends the reader on to the first."""
    found = [p for p in site.rglob("*.html") if "_static" not in p.parts and "_sources" not in p.parts]
    return [p for p in found if 'http-equiv="Refresh"' not in p.read_text(encoding="utf-8")]


def test_no_page_loads_anything_from_elsewhere(site):
    for page in pages(site):
        found = OUTSIDE.findall(page.read_text(encoding="utf-8"))
        assert not [host for host in found if "canonical" not in host], f"{page.name} loads from {found}"


def test_every_page_states_its_policy_first(site):
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert POLICY in text, page.name
        assert text.index(POLICY) < text.index("<script"), page.name


def test_no_script_holds_a_page_up(site):
    """A browser looks ahead for no script under a policy in the page: one that blocks costs a round trip."""
    for page in pages(site):
        if page.name != "search.html":
            tags = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", page.read_text(encoding="utf-8"))
            assert [tag for tag in tags if not re.search(r'\bdefer\b|type="module"', tag)] == [], page.name


def test_a_notebook_page_leads_to_the_same_notebook_on_binder_and_colab(site):
    url, branch = launch.repository()
    course = url.removeprefix("https://github.com/")
    for page in pages(site):
        name = page.relative_to(site).with_suffix(".ipynb").as_posix()
        text = page.read_text(encoding="utf-8")
        links = {
            f"https://mybinder.org/v2/gh/{course}/{branch}?urlpath=lab/tree/{name}",
            f"https://colab.research.google.com/github/{course}/blob/{branch}/{name}",
        }
        found = set(re.findall(r'<a href="(https://(?:mybinder|colab)\.[^"]+)"[^>]*class="[^"]*dropdown-item', text))
        assert found == (links if (ROOT / name).exists() else set()), name
        for icon in re.findall(r'<img alt="(?:Binder|Colab) logo" src="([^"]+)"', text):
            assert (page.parent / icon).exists(), icon


def test_the_install_cell_is_not_on_the_page(site):
    text = (site / "chapters" / "01_distributions.html").read_text(encoding="utf-8")
    assert "find_spec" not in text
    assert "find_spec" in (site / "_sources" / "chapters" / "01_distributions.ipynb").read_text(encoding="utf-8")


def test_every_file_of_every_figure_is_in_the_site_and_whole(site, payloads):
    for figure in payloads.values():
        for digest in payload.files_of(ROOT / ".cache" / "figures", figure["digest"]):
            packed = (site / SITE / "figures" / f"{digest}.bin").read_bytes()
            assert packed[:2] == b"\x1f\x8b"
            assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == digest


def test_graphs_and_weights_are_stored_once(site, payloads):
    named = {d for f in payloads.values() for d in payload.files_of(ROOT / ".cache" / "figures", f["digest"])}
    assert {p.stem for p in (site / SITE / "figures").iterdir()} == named


def test_search_works_without_a_server(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "01_distributions" in index


def test_a_second_build_takes_seconds(site):
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "likely.cli", "html"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "up to date" in done.stdout
    assert time.monotonic() - began < 15


def test_the_front_end_is_in_step_with_its_sources(site):
    from likely.cli import node

    done = node.run(["node", "build.mjs", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_front_ends_own_tests_pass(site):
    from likely.cli import node

    done = node.run(["npm", "test"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------------- small books of our own

FIGURE_CELL = """
    from likely.explorable import Explorable, Readout, Slider
    Explorable("{name}", lambda x: {{"y": x * x}}, controls=dict(x=Slider(0, 1, 0.5)),
               views=[Readout("y", "y")], describe="{{y:.2f}}")
"""


def test_a_lost_payload_makes_its_notebook_run_again(book):
    counter = book.folder / "runs"
    book.notebook("one", FIGURE_CELL.format(name="lost"), f"open({str(counter)!r}, 'a').write('x')")
    assert book.build("one").returncode == 0
    assert book.build("one").returncode == 0
    assert counter.read_text() == "x"  # nothing changed: not run again
    store = book.folder / ".cache" / "figures"
    graph = next(p for p in store.glob("*.bin") if b"spec" not in gzip.decompress(p.read_bytes())[:20])
    graph.unlink()
    done = book.build("one")
    assert done.returncode == 0, done.stdout + done.stderr
    assert counter.read_text() == "xx"
    assert graph.exists()
    assert (book.folder / "_build" / "html" / SITE / "figures" / graph.name).exists()


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: one notebook at a time")
def test_notebooks_run_side_by_side(book):
    """Each waits for the other."""
    for name, other in (("one", "two"), ("two", "one")):
        meet = f"""
            import time
            from pathlib import Path
            Path({str(book.folder)!r}, "here-{name}").touch()
            end = time.monotonic() + 90
            while not Path({str(book.folder)!r}, "here-{other}").exists():
                assert time.monotonic() < end
                time.sleep(0.1)
        """
        book.notebook(name, meet)
    done = book.build("one", "two")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(2 of 2)" in done.stdout


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["1 / 0"], "ZeroDivisionError"),
        (["from likely.checks import expect", "expect(1.0, 2.0, within=0.1, unit='nats')"], "NOT as expected"),
        ([FIGURE_CELL.format(name="same"), FIGURE_CELL.format(name="same")], "two figures are called 'same'"),
        ([FIGURE_CELL.format(name="hard").replace("x * x", "SVD")], "svd"),
    ],
)
def test_a_cell_that_fails_fails_the_book(book, cells, says):
    svd = "jax.numpy.linalg.svd(x * jax.numpy.eye(2), compute_uv=False).sum()"
    book.notebook("one", "import jax", *(cell.replace("SVD", svd) for cell in cells))
    done = book.build("one")
    assert done.returncode != 0
    assert says in done.stdout + done.stderr


def test_one_name_on_two_pages_fails_the_book(book):
    book.notebook("one", FIGURE_CELL.format(name="same"))
    book.notebook("two", FIGURE_CELL.format(name="same"))
    done = book.build("one", "two")
    assert done.returncode != 0
    assert "two figures of the book are called 'same'" in done.stdout + done.stderr
