"""The published chapter once in a stock Firefox, nothing else reachable: alive, the kernel's numbers, and quiet."""

from __future__ import annotations

import os
import time

import pytest
from conftest import wait_until
from figures import FigureOnPage, agree, numbers
from firefox import Firefox, Page

from likely.cli import Problem
from likely.cli.browser import find_firefox

STILL, PLAYING = "name-lengths", "two-humps"
# Answered by nobody: a page without the book's content policy, and its worker, ask to see that such requests are noted.
ELSEWHERE = ["http://page.invalid/", "http://worker.invalid/"]
ASK = """async ([page, worker]) => {
  await fetch(page).catch(() => {});
  const source = new Blob([`fetch('${worker}').catch(() => {}).then(() => postMessage(0))`]);
  await new Promise((done) => { new Worker(URL.createObjectURL(source)).onmessage = done; });
}"""


@pytest.fixture(scope="module")
def page(address, payloads):
    try:
        program = find_firefox()
    except Problem as missing:
        if os.environ.get("CI") or os.environ.get("LIKELY_FIREFOX"):
            raise
        pytest.skip(str(missing))
    firefox = Firefox(program)
    try:
        yield firefox.open(address + payloads[STILL]["page"])
    finally:
        firefox.close()


def differences(on_page: FigureOnPage, figure: dict, case: dict) -> list[str]:
    """The outputs that are not the kernel's."""
    scale = {
        row["output"].removeprefix("output:"): row["scale"]
        for row in figure["reference"]["parity"]
        if row["program"] == "look"
    }
    got = on_page.outputs
    return [
        output
        for output, expected in case["outputs"].items()
        if not agree(got[output], numbers(expected), scale[output], figure["reference"]["tolerance"])
    ]


def find(figure: dict, step: int = 0, **values) -> dict:
    """The kernel's case at these control values, and the others' first values."""
    first = figure["reference"]["kernel"][0]["values"]
    return next(c for c in figure["reference"]["kernel"] if c["step"] == step and c["values"] == {**first, **values})


def test_the_keyboard_moves_a_slider_to_the_kernels_numbers(page: Page, payloads):
    figure = payloads[STILL]
    on_page = FigureOnPage(page, STILL)  # waits for its engine
    assert on_page.state == "ready"
    assert differences(on_page, figure, find(figure)) == []
    spec = next(c for c in figure["manifest"]["spec"]["controls"] if c["label"] == "mean of Q")
    before = on_page.values["mu"]
    on_page.element.get_by_role("slider", name=spec["label"]).focus()
    for _ in range(5):
        page.press("ArrowRight")
    wait_until(lambda: on_page.values["mu"] == pytest.approx(before + 5 * spec["step"]), what="the slider did not move")
    for key, end in (("Home", spec["min"]), ("End", spec["max"])):
        page.press(key)
        wait_until(lambda e=end: not differences(on_page, figure, find(figure, mu=e)), 10, f"mean of Q at {end}")
    for case in figure["reference"]["kernel"]:
        on_page.set(**case["values"])
        assert differences(on_page, figure, case) == [], case["values"]


def test_play_pause_reset_and_step(page: Page, payloads):
    figure = payloads[PLAYING]
    on_page = FigureOnPage(page, PLAYING)
    button = lambda name: on_page.element.get_by_role("button", name=name)  # noqa: E731
    button("Play").click()
    on_page.wait_for_step(20)
    button("Pause").click()
    time.sleep(0.3)
    stood = on_page.step
    time.sleep(0.3)
    assert on_page.step == stood >= 20, "it went on after Pause"
    button("Reset").click()
    wait_until(lambda: on_page.step == 0 and not differences(on_page, figure, find(figure)), what="it did not reset")
    button("Step").click()
    on_page.wait_for_step(1)
    assert on_page.step == 1
    assert differences(on_page, figure, find(figure, step=1)) == []


def test_the_page_is_quiet_and_asks_nobody_else(page: Page):
    for name in (STILL, PLAYING):
        FigureOnPage(page, name)
    assert page.firefox.outside == []
    assert page.firefox.problems == []
    assert any("ort-wasm" in url for url in page.firefox.requests), "what the worker asks for was not noted"
    page.firefox.open("data:text/html,<title>no policy</title>", background=True).evaluate(ASK, ELSEWHERE)
    assert page.firefox.outside == ELSEWHERE
