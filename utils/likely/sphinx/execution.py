"""Executes the notebooks that a build has to read side by side, into the cache in which myst-nb finds them.

myst-nb alone executes them one after the other. jupyter-cache's own parallel executor starts as many kernels as there
are cores, in the order of the names, and says of an error only that there was one.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.execute import NotebookClientCache, create_client
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.logging import getLogger

__all__ = ["execute"]

LOG = getLogger(__name__)
MOST = 4  # kernels at a time: each holds a gigabyte, and JAX gives each some work for the other cores


def execute(app: Sphinx, env, docnames: list[str]) -> None:
    """Executes what of `docnames` is not in the cache. Raises ExtensionError when a cell failed, after all have run."""
    stale = {doc: notebook for doc in docnames if (notebook := _to_execute(app, env, doc)) is not None}
    if not stale:
        return
    workers = min(os.cpu_count() or 1, MOST, len(stale))
    LOG.info(f"executing {len(stale)} of the notebooks, {workers} at a time: {', '.join(stale)}")
    config, cache = env.mystnb_config, get_cache(app.config.nb_execution_cache_path)
    failed: list[str] = []
    # not forked: JAX has threads here
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        running: dict[Future, str] = {}
        for doc in sorted(stale, key=lambda doc: -Path(env.doc2path(doc)).stat().st_size):  # what takes longest first
            run = pool.submit(
                single_nb_execution,
                stale[doc],
                cwd=str(Path(env.doc2path(doc)).parent),
                timeout=config.execution_timeout,
                allow_errors=config.execution_allow_errors,
            )
            running[run] = doc
        try:
            for i, run in enumerate(as_completed(running), 1):
                doc = running[run]
                error = run.exception() or run.result().err
                if error is not None:
                    failed.append(doc)
                    LOG.error(f"executing the notebook failed: {error}", location=doc)
                    continue
                result = run.result()
                bundle = CacheBundleIn(result.nb, env.doc2path(doc), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                LOG.info(f"executed {doc} in {result.time:.0f} s ({i} of {len(stale)})")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if failed:
        names = ", ".join(failed)
        raise ExtensionError(f"A notebook has to run from top to bottom; the lines above say why not: {names}")


def _to_execute(app: Sphinx, env, doc: str) -> NotebookNode | None:
    """The notebook of a document, where myst-nb would have to execute it."""
    path = env.doc2path(doc)
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    if reader is None:
        return None
    notebook = reader.read(text)
    if not isinstance(create_client(notebook, path, env.mystnb_config, logging.getLogger()), NotebookClientCache):
        return None  # not to be executed, or not by way of the cache
    try:
        get_cache(app.config.nb_execution_cache_path).match_cache_notebook(notebook)
    except KeyError:
        return notebook
    return None
