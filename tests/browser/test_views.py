"""A view of tokens in a small book: JAX's letters on the page, their values where the reader points, read as words."""

from __future__ import annotations

import textwrap

import jax
import numpy as np
import pytest
from conftest import wait_until
from figures import FigureOnPage, scrolls_sideways, standing_out, violations

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
SAMPLE = """
    import jax
    import jax.numpy as jnp
    from likely.data import load_names

    alphabet = ".abcdefghijklmnopqrstuvwxyz"
    counts = jnp.full((27, 27), 0.1)  # (this letter, the next)
    for name in load_names()[::20]:
        ids = jnp.array([0, *(alphabet.find(letter) for letter in name.lower() if letter in alphabet), 0])
        counts = counts.at[ids[:-1], ids[1:]].add(1)
    table = jnp.log(counts / counts.sum(axis=1, keepdims=True))  # (27, 27) log-probabilities, nats


    def sample(seed, temperature):
        def letter(last, key):
            following = jax.random.categorical(key, table[last] / temperature).astype(jnp.int32)  # (10,)
            return following, (following, -table[last, following])

        start = jnp.zeros(10, jnp.int32)
        _, (names, surprise) = jax.lax.scan(letter, start, jax.random.split(seed, 12))
        return {"names": names.T, "surprise": surprise.T, "mean": surprise.mean()}  # (10, 12), (10, 12), ()
"""
NAMES = """
    from likely.explorable import Chart, Explorable, Readout, Seed, Slider, Tokens

    Explorable(
        "ten-names", sample, title="Names that nobody has",
        controls=dict(seed=Seed(3), temperature=Slider(0.2, 2, 1.0, "temperature")),
        views=[Tokens("names", "Ten names", vocabulary=alphabet, values="surprise", unit="nats", range=(0, 6), stop=0,
                      role="model"),
               Readout("mean", "mean surprise", "nats")],
        describe="At temperature {temperature:.1f} a letter surprises by {mean:.2f} nats on average.",
    )
"""
ODD = """
    def odd(x):
        ids = jnp.array([0, 1, 3, 2, 7, -1, 0, 4, 1], jnp.int32)
        values = jnp.array([0.5, 1, 2, 3, 4, 5, 6, 7, 8]) * x
        return {"ids": ids, "some_values": jnp.log(values).at[1].set(jnp.sqrt(x)), "none": jnp.zeros((2, 0), jnp.int32)}

    Explorable(
        "odd-text", odd, controls=dict(x=Slider(-1, 1, 0.5, "sign")),
        views=[Tokens("ids", "Words", vocabulary=["two  words", " and", "\\n", " <b>more</b>", "stop"],
                      values="some_values", range=(-1, 1), stop=4),
               Tokens("ids", "Plainly", vocabulary=["two  words", " and", "\\n", " <b>more</b>", "stop"], stop=4,
                      role="data"),
               Tokens("none", "Nothing", vocabulary="a", values=None)],
        describe="The numbers are logarithms of {x:.1f} and its multiples.",
    )
"""
TEXT = "two  words and <b>more</b>\n��two  words"


@pytest.fixture(scope="module")
def page(publish):
    """The address of the page with the two figures."""
    return publish("views", SAMPLE, NAMES, ODD)


@pytest.fixture(scope="module")
def sample():
    """The function of the figure `ten-names`, as the notebook has it."""
    room: dict = {}
    exec(textwrap.dedent(SAMPLE), room)
    return jax.jit(room["sample"])


@pytest.fixture
def names(visit, page):
    return FigureOnPage(visit(page).page, "ten-names")


def as_text(ids) -> list[str]:
    return ["".join(ALPHABET[i] for i in row).split(".")[0] for row in np.asarray(ids)]


def seen(on_page: FigureOnPage) -> list[str]:
    """The rows as they stand before the eye."""
    rows = on_page.element.locator("ul .lk-tokens-row > [aria-hidden]")
    return rows.evaluate_all("rows => rows.map((row) => row.innerText)")


def read(on_page: FigureOnPage) -> list[str]:
    """The rows as a screen reader reads them."""
    lines = on_page.element.get_by_role("list").aria_snapshot().splitlines()
    return [line.removeprefix("- listitem: ").strip('"') for line in map(str.strip, lines[1:])]


def value_line(on_page: FigureOnPage) -> str:
    return on_page.element.locator(".lk-tokens-value").first.inner_text()


def value_at(on_page: FigureOnPage, row: int, at: int) -> str:
    """What is shown of a token of the figure `ten-names`."""
    outputs = on_page.outputs
    return f"{ALPHABET[int(outputs['names'][row, at])]}: {outputs['surprise'][row, at]:.2f} nats"


def test_the_texts_are_jaxs_for_every_seed_and_temperature(names, sample):
    before = []
    for seed, temperature in [(3, 1.0), (4, 1.0), (9999, 1.0), (4, 0.2), (4, 2.0), (123, 1.37)]:
        names.set(seed=seed, temperature=temperature)
        expected = sample(jax.random.key(seed), np.float32(temperature))
        assert np.array_equal(names.outputs["names"], expected["names"]), (seed, temperature)
        words = as_text(expected["names"])
        assert seen(names) == words
        assert read(names) == [word or "no tokens" for word in words]
        assert words != before
        before = words


def test_the_controls_change_the_text(names):
    before = seen(names)
    names.element.get_by_role("button", name="New seed").click()
    wait_until(lambda: seen(names) != before, what="a new seed left the names")
    before = seen(names)
    names.element.get_by_role("slider", name="temperature").press("Home")
    wait_until(lambda: seen(names) != before, what="the temperature left the names")


def test_the_mouse_shows_a_tokens_value_and_goes_again(names):
    token = names.element.locator("li").nth(3).locator(".lk-token").nth(1)
    assert value_line(names) == "Point at a token for its surprise."
    token.hover()
    assert value_line(names) == value_at(names, 3, 1)
    names.set(temperature=0.5)
    assert value_line(names) == value_at(names, 3, 1), "the line kept the value of the text before"
    names.page.mouse.move(0, 0)
    assert value_line(names) == "Point at a token for its surprise."


def test_the_keyboard_goes_through_the_tokens(names):
    cursor = names.element.get_by_role("slider", name="Ten names, token by token")
    words, press = seen(names), names.page.keyboard.press
    said = lambda: cursor.get_attribute("aria-valuetext")  # noqa: E731
    names.element.get_by_role("button", name="Copy link").focus()
    press("Tab")  # one stop for the whole text
    assert value_line(names) == value_at(names, 0, 0)
    assert said() == f"{value_at(names, 0, 0)}, in {words[0]}"
    for _ in range(len(words[0])):  # to the first letter of the next name
        press("ArrowRight")
    assert said() == f"{value_at(names, 1, 0)}, in {words[1]}"
    press("End")
    assert said() == f"{value_at(names, 9, len(words[9]) - 1)}, in {words[9]}"
    press("Home")
    press("ArrowDown")
    marked = names.element.locator(".lk-on").bounding_box()
    first = names.element.locator(".lk-token").first.bounding_box()
    assert marked["y"] > first["y"]
    assert marked["x"] == pytest.approx(first["x"], abs=2)
    names.set(seed=8)
    assert value_line(names) in said()
    press("Tab")
    assert value_line(names) == "Point at a token for its surprise."


def test_a_finger_keeps_a_tokens_value(visit, page):
    on_page = FigureOnPage(visit(page, width=360, height=740, has_touch=True, is_mobile=True).page, "ten-names")
    on_page.element.locator("li").nth(1).locator(".lk-token").nth(2).tap()
    assert value_line(on_page) == value_at(on_page, 1, 2)
    on_page.element.get_by_role("button", name="New seed").tap()
    wait_until(lambda: on_page.values["seed"] != 3)


def test_the_view_has_a_name_and_is_no_live_region(names):
    group = names.element.get_by_role("group", name="Ten names", exact=True)
    assert group.count() == 1
    assert group.locator("[aria-live], [role=status], [role=alert], [role=log]").count() == 0
    assert "surprise 0 to 6 nats" in " ".join(group.locator(".lk-scale").text_content().split())


def test_text_out_of_the_ordinary(visit, page):
    """Newlines and blanks, markup, ids that the vocabulary lacks, no tokens at all, and values that are none."""
    opened = visit(page)
    on_page = FigureOnPage(opened.page, "odd-text")
    words, plainly, nothing = on_page.element.locator(".lk-tokens").all()
    for view, line in ((words, "[aria-hidden]"), (words, ".lk-hidden"), (plainly, ":not(.lk-tokens-none)")):
        assert view.locator(f".lk-tokens-row > {line}").text_content() == TEXT
    assert nothing.get_by_role("listitem").all_inner_texts() == ["no tokens"] * 2
    shown = []
    on_page.set(x=-1.0)  # the logarithm of a negative number, and at the second token its root
    for token in words.locator(".lk-token").all():
        token.hover(force=True)
        shown.append(value_line(on_page))
    assert shown[:4] == [
        "two␣␣words: not finite",
        "␣and: not finite",
        "␣<b>more</b>: not finite",
        "new line: not finite",
    ]
    assert words.locator(".lk-unfinite:visible").count() == 8  # the tokens, and the line that says so
    assert "Words: some values is not finite" in on_page.element.inner_text()
    on_page.set(x=0.0)
    words.locator(".lk-token").first.hover()
    assert value_line(on_page) == "two␣␣words: -∞, not finite"
    on_page.set(x=0.5)
    words.locator(".lk-token").nth(4).hover()
    assert value_line(on_page) == f"not in the vocabulary: {np.log(2):.2f}"
    assert words.locator(".lk-unfinite").count() == 0
    assert opened.problems == []


CONTRAST = """(tokens) => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const linear = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  return Math.min(...tokens.map((token) => {
    const style = getComputedStyle(token);
    const [low, high] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }));
}"""


def test_axe_finds_nothing_and_every_token_is_readable(visit, page, theme):
    opened = visit(page, theme=theme)
    on_page = FigureOnPage(opened.page, "ten-names")
    on_page.set(temperature=2.0)
    on_page.element.locator(".lk-token").first.hover()
    assert on_page.element.locator(".lk-token:visible").evaluate_all(CONTRAST) >= 4.5
    odd = FigureOnPage(opened.page, "odd-text")
    odd.set(x=-1.0)
    assert odd.element.locator(".lk-token:visible").evaluate_all(CONTRAST) >= 4.5
    assert violations(opened.page, "#ten-names", "#odd-text") == []
    assert opened.problems == []
    assert opened.outside == []


def test_a_phone_shows_all_without_sideways_scrolling(visit, page, theme):
    opened = visit(page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
    for name in ("ten-names", "odd-text"):
        element = FigureOnPage(opened.page, name).element
        assert standing_out(element, ".lk-token, .lk-scale") == []
    assert not scrolls_sideways(opened.page)
    assert opened.problems == []
