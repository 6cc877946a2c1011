"""A figure on an open page, taken hold of as a reader does and read through its `figure` object."""

from __future__ import annotations

import json
import math

import numpy as np
from conftest import ROOT

START = """async (name) => {
  const element = document.getElementById(name);
  const pause = (ms) => new Promise((go) => setTimeout(() => go('waiting'), ms));
  const end = performance.now() + 60000;
  let ready = 'waiting';
  while (ready === 'waiting') {
    if (performance.now() > end) throw new Error(`${name} did not come alive: ${element.innerText}`);
    const {top, bottom} = element.getBoundingClientRect(); // the page above may still grow and push it out of sight
    if (bottom < 0 || top > innerHeight) element.scrollIntoView({block: 'center', behavior: 'instant'});
    ready = await Promise.race([element.figure?.engineReady ?? pause(25), pause(250)]);
  }
  element.scrollIntoView({block: 'center', behavior: 'instant'});
}"""
SETTLE = """async ([name, action, argument]) => {
  const element = document.getElementById(name);
  const wanted = Object.entries(action === 'set' ? argument : {});
  const drawn = new Promise((done, fail) => {
    element.addEventListener('likely:drawn', ({detail}) => {
      if (wanted.every(([key, value]) => `${detail.values[key]}` === `${value}`)) done(detail);
    });
    setTimeout(() => fail(new Error('nothing was drawn after ' + action)), 10000);
  });
  element.figure[action](argument);
  return await drawn;
}"""
OUTPUTS = """(name) => Object.fromEntries(Object.entries(document.getElementById(name).figure.outputs)
  .map(([key, tensor]) => [key, {shape: tensor.shape, data: Array.from(tensor.data, String)}]))"""


class FigureOnPage:
    def __init__(self, page, name: str):
        self.page, self.name = page, name
        self.element = page.locator(f"#{name}")
        page.evaluate(START, name)

    def do(self, action: str, argument=None):
        """Calls a method of the figure and waits until it has drawn."""
        return self.page.evaluate(SETTLE, [self.name, action, argument])

    def set(self, **values):
        return self.do("set", values)

    @property
    def values(self) -> dict:
        return self.page.evaluate("(name) => ({...document.getElementById(name).figure.values})", self.name)

    @property
    def step(self) -> int:
        return self.page.evaluate("(name) => document.getElementById(name).figure.step", self.name)

    @property
    def state(self) -> str:
        return self.page.evaluate("(name) => document.getElementById(name).figure.state", self.name)

    @property
    def outputs(self) -> dict[str, np.ndarray]:
        found = self.page.evaluate(OUTPUTS, self.name)
        return {
            k: np.array([float(x.replace("Infinity", "inf")) for x in v["data"]]).reshape(v["shape"])
            for k, v in found.items()
        }

    def wait_for_step(self, step: int, seconds: float = 20):
        self.page.wait_for_function(
            "([name, step]) => document.getElementById(name).figure.step >= step",
            arg=[self.name, step],
            timeout=seconds * 1000,
        )


AXE = ROOT / "utils" / "web" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page, *selectors: str) -> list[tuple[str, list]]:
    """What axe finds wrong in these parts of a page, or in all of it: each rule, and where it is broken."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    context = json.dumps(dict(include=selectors)) if selectors else "document"
    found = page.evaluate(f"axe.run({context}, {{resultTypes: ['violations']}}).then((r) => r.violations)")
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


STANDING_OUT = """(element, [parts, height]) => {
  const {left, right} = element.getBoundingClientRect();
  const wrong = left >= 0 && right <= innerWidth + 1 ? [] : [`from ${left} to ${right}, on a page of ${innerWidth}`];
  for (const part of parts ? element.querySelectorAll(parts) : []) {
    const box = part.getBoundingClientRect();
    const fits = box.left >= left && box.right <= right && box.height >= height;
    if (part.getClientRects().length && !fits) wrong.push(`${part.outerHTML.slice(0, 99)}: ${JSON.stringify(box)}`);
  }
  return wrong;
}"""


def standing_out(element, parts: str = "", height: float = 0) -> list[str]:
    """What a narrow page cuts off: `element`, or those of its `parts` (a CSS selector) that leave its width.

    Parts lower than `height` CSS pixels, too low for a finger, are wrong too.
    """
    return element.evaluate(STANDING_OUT, [parts, height])


def scrolls_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def numbers(plain) -> np.ndarray:
    """An output as the reference file holds it (NaN and infinities as text)."""
    return np.array(plain, dtype=object).astype(np.float64) if not np.isscalar(plain) else np.float64(plain)


def agree(got: np.ndarray, expected: np.ndarray, scale: float, tolerance: float) -> bool:
    """Equal up to a share of the output's scale; NaN with NaN and infinity with infinity."""
    if not math.isfinite(scale):
        scale = 1.0
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        return bool(np.all(same | (np.abs(got - expected) <= tolerance * max(scale, 1e-30))))
