"""The Sphinx extension of the book: writes figures and what they run on into the site, and keeps the site to itself.

While a book is built, displayed figures write their payloads into a store that outlives the build (`.cache/figures`);
the pages hold only hashes. This extension keeps notebook cache and store in step, copies what the pages name, and adds
the front end and the content-security policy to every page.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pydata_sphinx_theme
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

from likely import checks
from likely.explorable import payload

from . import icons
from .execution import execute

__all__ = ["setup"]

LOG = logging.getLogger(__name__)
PACKAGE = Path(__file__).parent.parent
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
SITE = "_static/likely"  # where the front end, what it runs on, and the figures lie in the site
VENDOR = "LIKELY_VENDOR"  # the folder that `utils/web/vendor.mjs` filled
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; worker-src 'self' blob:"
)
FIGURE = re.compile(r'<likely-figure id="([^"]+)" src="([0-9a-f]{64})"')


def library_hash() -> str:
    """A hash of what a notebook's outputs depend on beside the notebook: this package, its data, and jax."""
    digest = hashlib.sha256(importlib.metadata.version("jax").encode())
    for path in sorted(PACKAGE.rglob("*")):
        room = path.relative_to(PACKAGE).parts[0]
        if (
            path.is_file()
            and room not in ("cli", "sphinx")
            and "assets" not in path.parts
            and "__pycache__" not in path.parts
        ):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _before_reading(app: Sphinx, config) -> None:
    cache = Path(app.srcdir) / ".cache"
    os.environ.setdefault(payload.VARIABLE, str(cache / "figures"))
    os.environ[checks.STRICT] = "1"
    config.nb_execution_cache_path = str(cache / "notebooks" / library_hash())
    for old in (cache / "notebooks").glob("*"):  # of other states of the library
        if str(old) != config.nb_execution_cache_path:
            shutil.rmtree(old, ignore_errors=True)
    config.mathjax_path = "likely/vendor/mathjax/tex-mml-chtml.js"


def _copy_front_end(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    vendor = os.environ.get(VENDOR)
    if not vendor or not Path(vendor).is_dir():
        raise ExtensionError(
            f"{VENDOR} names no folder with Plotly, MathJax and the ONNX runtime: `make html` makes it"
        )
    site = Path(app.outdir) / SITE
    shutil.copytree(PACKAGE / "explorable" / "assets", site, dirs_exist_ok=True)
    (site / "likely.js").unlink(missing_ok=True)  # the notebooks' front end
    shutil.copytree(vendor, site / "vendor", dirs_exist_ok=True)
    faces = (Path(vendor) / "fonts" / "fonts.css").read_text(encoding="utf-8").replace("url(", "url(vendor/fonts/")
    figures = (site / "likely.css").read_text(encoding="utf-8")
    (site / "likely.css").write_text(
        faces + icons.stylesheet(THEME) + figures, encoding="utf-8"
    )  # one file: one request
    app.add_css_file("likely/likely.css")
    app.add_js_file("likely/page.js", type="module", priority=100)  # before the theme's, and the formulae


def _stale(app: Sphinx, env, added, changed, removed):
    """Notebooks to read again: made by another state of the library, or with payloads that are gone from the store."""
    library = library_hash()
    stale = {
        doc
        for doc, (made_with, figures) in _figures(env).items()
        if made_with != library or not all(_complete(digest) for _, digest in figures)
    }
    return sorted((stale | _drop_incomplete(app)) & set(env.found_docs))


def _drop_incomplete(app: Sphinx) -> set[str]:
    """Takes notebooks whose payloads are not all in the store out of the notebook cache; returns their documents."""
    if not Path(app.config.nb_execution_cache_path).exists():
        return set()
    cache, dropped = get_cache(app.config.nb_execution_cache_path), set()
    for record in cache.list_cache_records():
        cells = cache.get_cache_bundle(record.pk).nb.cells
        pages = [out.get("data", {}).get("text/html", "") for cell in cells for out in cell.get("outputs", ())]
        if not all(_complete(digest) for page in pages for _, digest in FIGURE.findall(page)):
            cache.remove_cache(record.pk)
            dropped.add(app.env.path2doc(record.uri))
    return dropped


def _complete(digest: str) -> bool:
    folder = payload.store()
    try:
        return all((folder / f"{name}.bin").exists() for name in payload.files_of(folder, digest))
    except (OSError, ValueError, EOFError):
        (folder / f"{digest}.bin").unlink(missing_ok=True)
        return False


def _figures(env) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """document -> (state of the library that made it, its figures as (name, hash))."""
    if not hasattr(env, "likely_figures"):
        env.likely_figures = {}
    return env.likely_figures


def _collect(app: Sphinx, doctree: nodes.document) -> None:
    figures = [pair for raw in doctree.findall(nodes.raw) for pair in FIGURE.findall(raw.astext())]
    if figures or app.env.doc2path(app.env.docname).endswith(".ipynb"):
        _figures(app.env)[app.env.docname] = (library_hash(), figures)


def _forget(app: Sphinx, env, docname: str) -> None:
    _figures(env).pop(docname, None)


def _merge(app: Sphinx, env, docnames, other) -> None:
    _figures(env).update({doc: row for doc, row in _figures(other).items() if doc in docnames})


def _check_names(app: Sphinx, env) -> None:
    count = Counter(name for _, figures in _figures(env).values() for name, _ in figures)
    for doc, (_, figures) in _figures(env).items():
        for name, _ in figures:
            if count[name] > 1:
                LOG.warning(
                    f"two figures of the book are called {name!r}; one is here. Give each its own name", location=doc
                )


def _no_launch(app: Sphinx, env) -> None:
    """Colab and JupyterLab open notebooks: a page in Markdown with a live cell gets no button that leads there."""
    for doc, about in env.metadata.items():
        if env.doc2path(doc).endswith(".md"):
            about.pop("kernelspec", None)


# What Jupyter Book puts on every page, and what a page has that needs it. The launcher of a kernel service: nothing.
EXTRAS = {
    "thebe": re.compile(r"(?!)"),
    "sphinx-design": re.compile(r'class="[^"]*\bsd-'),
    "design-tabs": re.compile(r'class="[^"]*\bsd-tab'),
    "togglebutton": re.compile(r'class="[^"]*\b(toggle|dropdown)\b'),
}


def _page(app: Sphinx, pagename, templatename, context, doctree) -> None:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    # another style imports it, and it would come a round trip later
    early = f'<link rel="preload" as="style" href="{context["pathto"]("_static/basic.css", resource=True)}">'
    context["metatags"] = policy + early + context.get("metatags", "")
    body = context.get("body") or ""
    context["css_files"] = [style for style in context["css_files"] if _needed(style.filename, body)]
    scripts = [s for s in context["script_files"] if _needed(f"{s.filename or ''}{s.attributes.get('body', '')}", body)]
    # the search page has scripts of its own that need these at once
    context["script_files"] = scripts if pagename == "search" else [_unblocked(app, script) for script in scripts]


def _needed(name, body: str) -> bool:
    """Whether a script or style is one that this page needs."""
    return all(there.search(body) for extra, there in EXTRAS.items() if extra in str(name).lower())


def _unblocked(app: Sphinx, script):
    """The script as one that the page need not wait for.

    A policy in the page keeps a browser from looking ahead for scripts: one that blocks costs a round trip each.
    """
    name = os.fspath(script.filename or "")
    last = script.priority + 1000  # lines in the page wait for all styles: behind what can load meanwhile
    if name.endswith("documentation_options.js"):  # small, and read by such lines
        return type(script)("", priority=last, body=(Path(app.outdir) / name).read_text(encoding="utf-8"))
    if not name:
        return type(script)("", priority=last, **script.attributes)
    if script.attributes.keys() & {"async", "defer", "type"}:
        return script
    return type(script)(name, priority=script.priority, **script.attributes, defer="defer")


def _copy_figures(app: Sphinx, error) -> None:
    if error or app.builder.format != "html":
        return
    target = Path(app.outdir) / SITE / "figures"
    target.mkdir(parents=True, exist_ok=True)
    folder = payload.store()
    wanted = {
        f"{name}.bin"
        for _, figures in _figures(app.env).values()
        for _, digest in figures
        for name in payload.files_of(folder, digest)
    }
    for old in target.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name in sorted(wanted):
        if not (target / name).exists():
            shutil.copyfile(folder / name, target / name)


ICONS = re.compile(r"\s*<!-- So that users can add custom icons -->\s*<script [^>]*/fontawesome\.js[^>]*></script>")


def _lighten(app: Sphinx, error) -> None:
    """The theme's script of all icons holds each page up for half a megabyte; its stylesheet draws them."""
    if error or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        light = ICONS.sub("", text)
        if light != text:
            page.write_text(light, encoding="utf-8")
    for name in ("fontawesome.js", "fontawesome.js.map"):
        (Path(app.outdir) / "_static" / "scripts" / name).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", _before_reading, priority=100)
    app.connect("builder-inited", _copy_front_end)
    app.connect("env-get-outdated", _stale)
    app.connect("env-before-read-docs", execute)
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-check-consistency", _check_names)
    app.connect("env-check-consistency", _no_launch)
    app.connect("html-page-context", _page, priority=900)
    app.connect("build-finished", _copy_figures)
    app.connect("build-finished", _lighten)
    return dict(version="1", parallel_read_safe=True, parallel_write_safe=True)
