"""The published page in Chromium, nothing else reachable: moved as a reader moves it, numbers held to JAX's."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import numpy as np
import pytest
from conftest import wait_until
from figures import FigureOnPage, agree, numbers, scrolls_sideways, standing_out, violations

PLAIN = ("book/intro.html", "book/risk.html", "book/notation.html", "book/glossary.html")  # pages without a figure
pytestmark = pytest.mark.timeout(1800)  # many of the tests visit every figure of the book
RUN_TOLERANCE = 1e-3  # a free run of steps may drift further apart than one step


def figure(visit, address, payloads, name: str, **options) -> FigureOnPage:
    opened = visit(address + payloads[name]["page"], **options)
    return FigureOnPage(opened.page, name)


def each(visit, address, payloads, names) -> Iterator[FigureOnPage]:
    """Figure after figure, as a reader comes to them: a page is opened once for all that it has."""
    pages = {}
    for name in names:
        pages.setdefault(payloads[name]["page"], []).append(name)
    for page, there in pages.items():
        opened = visit(address + page)
        for name in there:
            yield FigureOnPage(opened.page, name)


def with_slider(payloads) -> list[str]:
    """The figures that have a slider."""
    return [n for n, f in payloads.items() if any(c["kind"] == "slider" for c in f["manifest"]["spec"]["controls"])]


def slider(on_page: FigureOnPage, payloads, index: int = 0):
    """A slider's spec and its native input, found by its label as a reader finds it."""
    sliders = [c for c in payloads[on_page.name]["manifest"]["spec"]["controls"] if c["kind"] == "slider"]
    spec = sliders[index]
    return spec, on_page.element.get_by_role("slider", name=spec["label"], exact=True)


def test_pages_are_quiet_and_ask_nobody_else(visit, address, site, payloads, theme):
    pages = {*PLAIN, "search.html?q=gradient", *(f["page"] for f in payloads.values())}
    for page in sorted(pages):
        opened = visit(address + page, theme=theme)
        for name, f in payloads.items():
            if f["page"] == page:
                FigureOnPage(opened.page, name)
        opened.page.wait_for_load_state("networkidle")
        assert opened.page.evaluate("document.documentElement.dataset.theme") == theme
        assert opened.problems == [], page
        assert opened.outside == [], page


def test_axe_finds_nothing(visit, address, payloads, theme):
    for page in sorted({*PLAIN, "search.html", *(f["page"] for f in payloads.values())}):
        opened = visit(address + page, theme=theme)
        for name, f in payloads.items():
            if f["page"] == page:
                FigureOnPage(opened.page, name)
        opened.page.wait_for_timeout(500)
        assert violations(opened.page) == [], page


def test_the_launch_menu_opens_with_its_icons(visit, address, theme):
    opened = visit(address + "chapters/01_distributions.html", theme=theme)
    opened.page.get_by_role("button", name="Launch interactive content").click()
    for name in ("Binder", "Colab"):
        link = opened.page.locator(".dropdown-launch-buttons a", has_text=name)
        assert link.is_visible()
        assert link.locator("img").evaluate("(icon) => icon.decode().then(() => icon.naturalWidth)") > 0
    assert violations(opened.page, ".dropdown-launch-buttons") == []
    assert opened.problems == []
    assert opened.outside == []


def test_search_finds_a_word(visit, address):
    opened = visit(address + "search.html?q=divergence")
    opened.page.wait_for_selector("#search-results li")
    assert "Distributions and divergence" in opened.page.inner_text("#search-results")


def test_a_link_into_the_glossary_ends_at_its_entry(visit, address):
    opened = visit(address + "book/prerequisites/jax_in_twenty_minutes.html")
    opened.page.get_by_role("link", name="broadcasting").first.click()
    opened.page.wait_for_url("**/glossary.html#broadcasting")
    assert opened.page.locator("#broadcasting > h2").inner_text().startswith("broadcasting")


def solid(text: str) -> str:
    """Text without its white space, seen or unseen."""
    return re.sub(r"[\s↵]", "", text)


def test_the_first_state_is_drawn_before_any_runtime_has_loaded(visit, address, payloads, chromium):
    at = None
    for name, f in sorted(payloads.items(), key=lambda item: item[1]["page"]):
        if f["page"] != at:
            at, opened = f["page"], visit("about:blank")
            opened.context.route(re.compile(r"worker\.js|/ort[.-]"), lambda route: route.abort())
            opened.page.goto(address + at)
        opened.page.evaluate("(name) => document.getElementById(name).scrollIntoView()", name)
        element = opened.page.locator(f"#{name}")
        element.locator(".lk-figure").wait_for()
        if any(v["kind"] == "chart" for v in f["manifest"]["spec"]["views"]):
            element.locator("svg.main-svg").first.wait_for()
        first = f["reference"]["kernel"][0]["outputs"]
        for view in f["manifest"]["spec"]["views"]:
            if view["kind"] == "readout":
                assert format(first[view["output"]], view["format"]) in element.inner_text(), name
            if view["kind"] == "tokens":
                ids, table = first[view["output"]], view["vocabulary"]
                row = ids[0] if isinstance(ids[0], list) else ids
                shown = row[: row.index(view["stop"])] if view["stop"] in row else row
                if isinstance(table, str):  # a long vocabulary: the words of the first state are in the manifest
                    table = {int(i): word for i, word in f["manifest"]["first"]["words"][table].items()}
                assert solid("".join(table[i] for i in shown)) in solid(element.inner_text()), name
        assert element.locator(".lk-caption").inner_text()


def test_a_page_opened_at_a_figure_draws_it_before_the_engine_asks_for_the_line(chromium, address, payloads):
    name = "name-lengths"  # figures without a chart stand above it
    context = chromium.new_context(viewport=dict(width=1280, height=900))
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.on("requestfinished", lambda request: asked.append(f"came: {request.url.rsplit('/', 1)[-1]}"))
    page.goto(f"{address}{payloads[name]['page']}#{name}")
    FigureOnPage(page, name)
    assert asked.index("came: plotly.min.js") < asked.index("ort-wasm-simd-threaded.wasm.bin")
    assert not [file for file in asked if file.startswith("fa-solid")]
    page.wait_for_function("() => document.querySelector('mjx-container')")
    context.close()


def test_numbers_on_the_page_are_the_kernels(visit, address, payloads):
    """Random and extreme control values, and for figures with state the points of a run."""
    for on_page in each(visit, address, payloads, payloads):
        name, f = on_page.name, payloads[on_page.name]
        scale = {
            row["output"].removeprefix("output:"): row["scale"]
            for row in f["reference"]["parity"]
            if row["program"] == "look"
        }
        for case in f["reference"]["kernel"]:
            if case["step"] == 0:
                on_page.do("follow" if f["manifest"]["step"] else "set", case["values"])
            elif case["step"] == 1:
                on_page.do("stepOnce")
                on_page.wait_for_step(1)
            elif case["step"] == 10:
                on_page.page.evaluate("(name) => document.getElementById(name).figure.goTo(10)", name)
                on_page.wait_for_step(10)
            else:
                continue
            on_page.page.wait_for_timeout(50)
            assert on_page.step == case["step"], (name, case["values"])
            got = on_page.outputs
            tolerance = f["reference"]["tolerance"] if case["step"] == 0 else RUN_TOLERANCE
            for output, expected in case["outputs"].items():
                assert agree(got[output], numbers(expected), scale[output], tolerance), (
                    name,
                    output,
                    case["values"],
                    case["step"],
                )


def test_the_keyboard_moves_a_slider_and_the_numbers_follow(visit, address, payloads):
    for on_page in each(visit, address, payloads, with_slider(payloads)):
        name, (spec, handle) = on_page.name, slider(on_page, payloads)
        before, sentence = on_page.values[spec["name"]], on_page.element.locator(".lk-caption").inner_text()
        handle.focus()
        key = "ArrowRight" if before < spec["max"] else "ArrowLeft"
        for _ in range(5):
            on_page.page.keyboard.press(key)
        wait_until(lambda p=on_page, b=before, s=spec: p.values[s["name"]] != b)
        wait_until(
            lambda p=on_page, t=sentence: p.element.locator(".lk-caption").inner_text() != t,
            what=f"{name}: the sentence stayed",
        )
        on_page.page.keyboard.press("Home")
        wait_until(lambda p=on_page, s=spec: p.values[s["name"]] == s["min"])
        assert handle.get_attribute("aria-valuetext").startswith(format(spec["min"], spec["format"]))


def test_the_mouse_drags_a_slider(visit, address, payloads):
    for on_page in each(visit, address, payloads, with_slider(payloads)):
        spec, handle = slider(on_page, payloads)
        box = handle.bounding_box()
        on_page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        on_page.page.mouse.down()
        on_page.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=8)
        on_page.page.mouse.up()
        wait_until(lambda p=on_page, s=spec: p.values[s["name"]] > 0.9 * s["max"])


def test_a_seed_is_typed_or_drawn_and_the_numbers_follow(visit, address, payloads):
    seeds = {
        name: [c for c in f["manifest"]["spec"]["controls"] if c["kind"] == "seed"] for name, f in payloads.items()
    }
    for on_page in each(visit, address, payloads, [name for name in payloads if seeds[name]]):
        name = on_page.name
        for i, spec in enumerate(seeds[name]):
            before = on_page.outputs
            field = on_page.element.get_by_label(spec["label"], exact=True)
            field.fill(str(spec["value"] + 1))
            field.press("Enter")
            wait_until(lambda p=on_page, s=spec: p.values[s["name"]] == s["value"] + 1)
            wait_until(
                lambda p=on_page, b=before: any(not np.array_equal(v, b[k]) for k, v in p.outputs.items()),
                what=f"{name}: another {spec['label']} changed nothing",
            )
            on_page.page.evaluate("Math.random = () => 0.5")
            on_page.element.get_by_role("button", name="New seed").nth(i).click()
            wait_until(lambda p=on_page, s=spec: p.values[s["name"]] == (s["max"] + 1) // 2)


def test_challenges_are_open_at_first_solved_by_show_me_and_remembered(visit, address, payloads):
    challenges_of = {name: f["manifest"]["spec"]["challenges"] for name, f in payloads.items()}
    for on_page in each(visit, address, payloads, [name for name in payloads if challenges_of[name]]):
        name, challenges = on_page.name, challenges_of[on_page.name]
        rows = on_page.element.locator(".lk-challenges li")
        for i, challenge in enumerate(challenges):
            assert challenge["text"] in rows.nth(i).inner_text()
            assert on_page.outputs[challenge["output"]] == 0, f"{name}: solved before the reader has moved anything"
        for i, challenge in enumerate(challenges):
            row = rows.nth(i)
            row.get_by_role("button", name="Show me").click()
            wait_until(
                lambda r=row: "lk-solved" in r.get_attribute("class"),
                60,
                f"{name}: solved_by does not solve {challenge['text']!r}",
            )
        on_page.page.reload()
        FigureOnPage(on_page.page, name)
        for i in range(len(challenges)):
            assert "lk-solved" in rows.nth(i).get_attribute("class"), f"{name}: forgotten after a reload"


PLAYING = "two-humps"


def test_play_pause_step_and_reset(visit, address, payloads):
    on_page = figure(visit, address, payloads, PLAYING)
    on_page.element.get_by_role("button", name="Step", exact=True).click()
    on_page.wait_for_step(1)
    assert on_page.step == 1
    on_page.element.get_by_role("button", name="Play").click()
    on_page.wait_for_step(30)
    on_page.element.get_by_role("button", name="Pause").click()
    on_page.page.wait_for_timeout(300)
    stood = on_page.step
    on_page.page.wait_for_timeout(300)
    assert on_page.step == stood, "it went on after Pause"
    on_page.element.get_by_role("button", name="Reset").click()
    wait_until(
        lambda: on_page.step == 0 and abs(on_page.outputs["kl_pq"] - 2.522) < 0.001,
        what="it did not go back to its start",
    )


def test_a_control_moved_while_a_step_is_taken_is_not_forgotten(visit, address, payloads):
    on_page = figure(visit, address, payloads, "breeding")
    on_page.page.evaluate(
        """async (name) => {
          const { figure } = document.getElementById(name);
          figure.stepOnce();
          await new Promise((go) => setTimeout(go, 0));  // the step is under way
          for (const [label, value] of [['favourite', 5], ['mutation', 0.5]]) figure.moved(label, value, true);
        }""",
        "breeding",
    )
    wait_until(
        lambda: "Child 5, at mutation 0.50" in on_page.element.locator(".lk-say").inner_text(),
        what="the figure shows what was before the step",
    )
    assert on_page.step == 1


def test_a_control_that_starts_a_run_restarts_it_and_others_do_not(visit, address, payloads):
    on_page = figure(visit, address, payloads, PLAYING)
    on_page.page.evaluate("(name) => document.getElementById(name).figure.goTo(20)", PLAYING)
    on_page.wait_for_step(20)
    on_page.set(rate=0.2)
    assert on_page.step == 20
    on_page.set(mu=30.0)
    assert on_page.step == 0
    assert on_page.outputs["mean"] == pytest.approx(30, abs=0.01)


def test_a_figure_out_of_sight_rests(visit, address, payloads):
    on_page = figure(visit, address, payloads, PLAYING)
    on_page.element.get_by_role("button", name="Play").click()
    on_page.wait_for_step(10)
    on_page.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")

    def rests():
        stood = on_page.step
        on_page.page.wait_for_timeout(1000)
        return on_page.step == stood

    wait_until(rests, what="it goes on, out of sight")
    stood = on_page.step
    on_page.element.scroll_into_view_if_needed()
    on_page.wait_for_step(stood + 10)


def test_a_shared_address_restores_what_was_seen(visit, address, payloads):
    on_page = figure(visit, address, payloads, "name-lengths")
    _, handle = slider(on_page, payloads, 1)
    handle.focus()
    for _ in range(7):
        on_page.page.keyboard.press("ArrowRight")
    here = lambda: on_page.page.evaluate("location.href")  # noqa: E731
    written = f"sigma={on_page.values['sigma']:g}"
    wait_until(lambda: written in here(), what="the address did not take up the state")
    there = FigureOnPage(visit(here()).page, "name-lengths")
    assert there.values == on_page.values
    wait_until(lambda: np.allclose(there.outputs["q"], on_page.outputs["q"], atol=1e-6))


def test_a_shared_run_is_run_again(visit, address, payloads):
    opened = visit(address + payloads[PLAYING]["page"] + f"#{PLAYING}?rate=0.2&step=50")
    on_page = FigureOnPage(opened.page, PLAYING)
    wait_until(lambda: on_page.step == 50, what="the run was not repeated")
    assert on_page.values["rate"] == 0.2


@pytest.mark.parametrize(
    ("fragment", "values", "says"),
    [
        ("name-lengths?mu=99", dict(mu=15), "99"),
        ("name-lengths?mu=-1e9&sigma=2", dict(mu=2, sigma=2), "mean of Q"),
        ("name-lengths?mu=NaN", dict(mu=9), "NaN"),
        ("name-lengths?nothing=1&sigma=3", dict(mu=9, sigma=3), None),
        ("name-lengths?%E0%A4%A", dict(mu=9), None),
        ("name-lengths?mu=&sigma", dict(mu=9, sigma=1), None),
        ("name-lengths?mu=3&mu=4&&&=", dict(sigma=1), None),
        ("name-lengths", dict(mu=9, sigma=1), None),
        ("no-such-figure?mu=3", dict(mu=9), None),
    ],
)
def test_a_malformed_address_is_put_right_visibly_and_never_kills_the_figure(
    visit, address, payloads, fragment, values, says
):
    opened = visit(address + payloads["name-lengths"]["page"] + "#" + fragment)
    on_page = FigureOnPage(opened.page, "name-lengths")
    opened.page.wait_for_timeout(300)
    for key, value in values.items():
        assert on_page.values[key] == pytest.approx(value), key
    if says:
        assert says in on_page.element.inner_text()
    on_page.set(mu=5.5)
    assert on_page.values["mu"] == 5.5
    assert [p for p in opened.problems if "pageerror" in p] == []


def test_random_text_behind_the_hash_never_kills_the_figure(visit, address, payloads):
    rng = random.Random(0)
    opened = visit(address + payloads["name-lengths"]["page"])
    on_page = FigureOnPage(opened.page, "name-lengths")
    for _ in range(30):
        text = "".join(rng.choice("mu=&?%sigma0129.-#/<>\"'é∞ step") for _ in range(rng.randrange(1, 40)))
        opened.page.evaluate("(text) => { location.hash = 'name-lengths?' + text; }", text)
    on_page.set(mu=5.5, sigma=2.0)
    assert on_page.outputs["kl_pq"] == pytest.approx(0.11, abs=0.1)
    assert [p for p in opened.problems if "pageerror" in p] == []


def break_files(opened, pattern: str, how):
    opened.context.route(re.compile(pattern), how)


@pytest.mark.parametrize("what", ["missing", "cut short", "not gzip"])
def test_a_failed_download_says_so_and_can_be_tried_again(visit, address, payloads, what):
    """The first state stays, a message says why, and Retry brings the figure to life."""
    f = payloads["name-lengths"]
    opened = visit("about:blank")
    graph = f["manifest"]["look"]["graph"]

    def spoil(route):
        if what == "missing":
            route.fulfill(status=404, body="")
        elif what == "cut short":
            answer = route.fetch()
            route.fulfill(
                response=answer, body=answer.body()[:-40], headers={"content-type": "application/octet-stream"}
            )
        else:
            route.fulfill(body="no graph at all")

    break_files(opened, graph, spoil)
    opened.page.goto(address + f["page"])
    element = opened.page.locator("#name-lengths")
    element.scroll_into_view_if_needed()
    retry = element.get_by_role("button", name="Retry")
    retry.wait_for()
    assert "4.849" in element.inner_text(), "the first state went"
    opened.context.unroute(re.compile(graph))
    retry.click()
    on_page = FigureOnPage(opened.page, "name-lengths")
    on_page.set(mu=6.0, sigma=1.6)
    assert on_page.outputs["kl_pq"] == pytest.approx(0.0116, abs=0.001)
    assert not retry.is_visible()


def test_a_missing_figure_leaves_its_words_and_can_be_tried_again(visit, address, payloads):
    f = payloads["name-lengths"]
    opened = visit("about:blank")
    break_files(opened, f["digest"], lambda route: route.fulfill(status=404, body=""))
    opened.page.goto(address + f["page"])
    element = opened.page.locator("#name-lengths")
    element.scroll_into_view_if_needed()
    retry = element.get_by_role("button", name="Retry")
    retry.wait_for()
    assert "KL(P‖Q) is 4.849" in element.inner_text()
    opened.context.unroute(re.compile(f["digest"]))
    retry.click()
    FigureOnPage(opened.page, "name-lengths").set(mu=6.0)


def test_numbers_that_are_not_finite_show_a_gap_and_recover(visit, address, payloads):
    on_page = figure(visit, address, payloads, PLAYING)
    on_page.set(mu=65.0, sigma=4.0, rate=1.0)
    on_page.page.evaluate("(name) => document.getElementById(name).figure.play()", PLAYING)
    wait_until(lambda: "not finite" in on_page.element.inner_text(), 30, "nothing said that the numbers are gone")
    assert not np.isfinite(on_page.outputs["kl_pq"])
    on_page.do("reset")
    wait_until(lambda: "not finite" not in on_page.element.inner_text())
    assert np.isfinite(on_page.outputs["kl_pq"])


def test_a_phone_shows_all_without_sideways_scrolling(visit, address, payloads, theme):
    for page in sorted({*PLAIN, *(f["page"] for f in payloads.values())}):
        opened = visit(address + page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
        for name, f in payloads.items():
            if f["page"] == page:
                on_page = FigureOnPage(opened.page, name)
                opened.page.wait_for_timeout(300)
                assert standing_out(on_page.element, "input[type=range]", height=24) == []
        assert not scrolls_sideways(opened.page)


def test_calm_readers_are_spared_motion(visit, address, payloads):
    on_page = figure(visit, address, payloads, "name-lengths", reduced_motion="reduce")
    on_page.element.get_by_role("button", name="Show me").first.click()
    wait_until(lambda: on_page.values["mu"] == 6, 2)


def test_without_scripts_the_page_still_tells_its_numbers(visit, address, payloads):
    for page in sorted({f["page"] for f in payloads.values()}):
        opened = visit(address + page, java_script_enabled=False)
        for name, f in payloads.items():
            if f["page"] == page:
                assert f["manifest"]["spec"]["title"] in opened.page.locator(f"#{name}").inner_text()
