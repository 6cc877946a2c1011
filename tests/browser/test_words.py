"""Words in and out in a small book: typed text, and a table of the nearest words out of twenty thousand."""

from __future__ import annotations

import gzip
import json
import re
import textwrap

import jax
import numpy as np
import pytest
from conftest import serve, wait_until
from figures import FigureOnPage, scrolls_sideways, standing_out, violations

from likely.sphinx import FIGURE, SITE

WORDS = """
    import jax
    import jax.numpy as jnp
    import numpy as np
    from likely.explorable import Challenge, Column, Explorable, Readout, Slider, Table, Text, Toggle, Tokens

    syllables = ["ka", "lo", "mi", "ne", "pu", "ra", "si", "to", "ve", "wu", "ya", "ze", "bo", "du", "fi", "go", "hu"]
    words = ["king", "queen", "man", "woman", "\u00e9t\u00e9", "Paris", "x-ray", "\U0001f44b"]
    words += [a + b + c + d for a in syllables for b in syllables for c in syllables for d in syllables][:19992]
    tokens = (*words, "+", "-")
    vectors = np.random.default_rng(0).normal(size=(20_000, 8)).astype(np.float32)
    vectors[1] = vectors[0] - vectors[2] + vectors[3]  # queen = king - man + woman


    def neighbours(vectors, query):  # (word, 8), (8,)
        cosine = vectors @ query / jnp.linalg.norm(vectors, axis=1) / jnp.linalg.norm(query)
        return jax.lax.top_k(cosine, 6)


    def nearest(vectors, angle):
        query = jnp.cos(angle) * vectors[0] + jnp.sin(angle) * vectors[7]
        similarity, ids = neighbours(vectors, query)
        return {"ids": ids.astype(jnp.int32), "similarity": similarity, "rank": jnp.arange(1, 7)}


    def calculate(vectors, text, rule):  # (word, 8), (9,), ()
        before = jnp.concatenate([jnp.full(1, -1), text[:-1]])
        sign = jnp.where(before == len(words) + 1, -1.0, 1.0) * ((text >= 0) & (text < len(words)))
        query = sign @ vectors[jnp.clip(text, 0, len(words) - 1)]  # (8,)
        cosine = vectors @ query / jnp.linalg.norm(vectors, axis=1) / jnp.maximum(jnp.linalg.norm(query), 1e-6)
        asked = (jnp.arange(len(words))[:, None] == text).any(1)
        similarity, ids = jax.lax.top_k(jnp.where(rule & asked, -1.0, cosine), 5)
        return {"ids": ids.astype(jnp.int32), "similarity": similarity, "queen": ids[0] == 1}
"""
CALCULATOR = """
    Explorable(
        "calculator", calculate, title="Calculate with words", model=jnp.asarray(vectors),
        controls=dict(text=Text("king - man", tokens, 9, "words", separators=("+", "-")),
                      rule=Toggle(False, "leave out the words of the question")),
        views=[Table("Nearest words", word=Column("ids", vocabulary=tokens),
                     similarity=Column("similarity", unit="cosine", bar=True, role="model"))],
        challenges=[Challenge("Make the queen", lambda out: out["queen"], dict(text="king - man + woman"))],
        describe="Nearest to {text} is {ids[0]}, at {similarity[0]:.2f}.",
    )
"""
NEAREST = """
    Explorable(
        "nearest", nearest, title="From king to a wave", model=jnp.asarray(vectors),
        controls=dict(angle=Slider(0, 1.57, 0.2, "angle")),
        views=[Table("Nearest words", word=Column("ids", vocabulary=tokens),
                     similarity=Column("similarity", unit="cosine", bar=True, role="model"), rank=Column("rank"))],
        describe="Nearest is {ids[0]} at {similarity[0]:.2f}, then {ids[1]}; all: {ids}.",
    )
"""
SIGNS = """
    def signs(x):
        values = jnp.array([-2.0, -1.0, 0.0, 0.5, 3.0]) * jnp.sqrt(x)
        return {"letters": jnp.arange(5), "values": values, "logs": jnp.log(values), "large": values > 0,
                "names": jnp.array([[1, 2, 0], [0, 1, 1], [3, 3, 9]])}

    Explorable(
        "signs", signs, controls=dict(x=Slider(-1, 1, 1.0, "scale")),
        views=[Table("Either side of zero",
                     letter=Column("letters", "the letter", vocabulary=[" a", "b", "\\n", "d" * 40]),
                     values=Column("values", bar=True, range=(-2, 2), format=".1f"),
                     logs=Column("logs", "logarithm", unit="nats", format=".3f"), large=Column("large", "positive")),
               Tokens("names", "Three names", vocabulary=".abc", stop=0)],
        describe="The names are {names}; the first is {names[0]}, the letters {letters}.",
    )
"""
LETTERS = """
    def reverse(text):
        return {"backwards": text[::-1], "ids": text, "known": (text >= 0).sum()}

    Explorable(
        "letters", reverse, title="Letters",
        controls=dict(text=Text("abba", "abc ", 6, tokeniser="chars", empty=True)),
        views=[Tokens("ids", "As it is read", "abc ", stop=-1),
               Table("Backwards", letter=Column("backwards", vocabulary="abc "), id=Column("backwards"))],
        describe="Of {text} the figure knows {known} letters: {ids}.",
    )
"""
PAIRS = """
    pairs = ["a", "b", "c", "d", " ", "bc", "ab", "cd", " ab"]

    def read(text):
        return {"ids": text}

    Explorable(
        "pairs", read, title="Byte pairs", controls=dict(text=Text("abd", pairs, 4, tokeniser="bpe")),
        views=[Tokens("ids", "As it is read", pairs, stop=-1), Table("Tokens", token=Column("ids", vocabulary=pairs))],
        describe="The tokens are {ids}.",
    )
"""


@pytest.fixture(scope="module")
def folder(small_site):
    """The site of the book with these figures."""
    return small_site("words", WORDS, CALCULATOR, NEAREST, SIGNS, LETTERS, PAIRS)


@pytest.fixture(scope="module")
def page(folder):
    server = serve(folder)
    yield server.url + "words.html"
    server.shutdown()


@pytest.fixture(scope="module")
def room():
    """The names of the notebook's first cell."""
    found: dict = {}
    exec(textwrap.dedent(WORDS), found)
    return found


def rows(on_page: FigureOnPage) -> list[list[str]]:
    """The cells of a figure's table as they are read."""
    return on_page.element.locator("tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def test_the_table_is_jaxs_at_every_angle(visit, page, room):
    on_page = FigureOnPage(visit(page).page, "nearest")
    expected = jax.jit(room["nearest"])
    for angle in (0.2, 0.0, 0.9, 1.57):
        on_page.set(angle=angle)
        out = expected(room["vectors"], np.float32(angle))
        words = [room["words"][i] for i in out["ids"]]
        assert rows(on_page) == [
            [word, f"{score:.2f}", str(i + 1)]
            for i, (word, score) in enumerate(zip(words, out["similarity"], strict=True))
        ]
        assert on_page.element.locator(".lk-caption").inner_text() == (
            f"Nearest is {words[0]} at {out['similarity'][0]:.2f}, then {words[1]}; all: {', '.join(words)}."
        )
    assert rows(on_page)[0][0] == "\U0001f44b"


def test_bars_are_as_long_as_the_numbers_say(visit, page):
    on_page = FigureOnPage(visit(page).page, "nearest")
    for on in (on_page, FigureOnPage(on_page.page, "signs")):
        marks = on.element.locator(".lk-bar").evaluate_all(
            """bars => bars.map((bar) => {
              const outer = bar.getBoundingClientRect(), inner = bar.firstChild.getBoundingClientRect();
              return [outer.left, (inner.left - outer.left) / outer.width, (inner.right - outer.left) / outer.width];
            })"""
        )
        assert len({round(left) for left, *_ in marks}) == 1, "the bars do not stand in line"
        if on.name == "nearest":
            for (_, left, right), score in zip(marks, on.outputs["similarity"], strict=True):
                assert (left, right) == (0, pytest.approx(score, abs=0.02))
        else:
            assert [m[1:] for m in marks] == [
                [pytest.approx(left, abs=0.05), pytest.approx(right, abs=0.05)]
                for left, right in [(0, 0.5), (0.25, 0.5), (0.5, 0.5), (0.5, 0.625), (0.5, 1)]
            ]


def test_what_stands_in_cells_out_of_the_ordinary(visit, page):
    opened = visit(page)
    on_page = FigureOnPage(opened.page, "signs")
    assert rows(on_page) == [
        ["\u2423a", "-2.0", "\u2013nothing", "no"],
        ["b", "-1.0", "\u2013nothing", "no"],
        ["new line", "0.0", "-\u221e", "no"],
        ["d" * 23 + "\u2026", "0.5", "-0.693", "yes"],
        ["not in the vocabulary", "3.0", "1.099", "yes"],
    ]
    sentence = on_page.element.locator(".lk-caption").text_content()
    assert (
        sentence == f"The names are ab, nothing, cc\ufffd; the first is ab, the letters  a, b, \n, {'d' * 40}, \ufffd."
    )
    on_page.set(x=-1.0)
    assert {row[1] for row in rows(on_page)} == {"\u2013nothing"}
    assert on_page.element.locator(".lk-bar-mark:visible").count() == 0
    assert "Either side of zero: values is not finite" in on_page.element.inner_text()
    assert opened.problems == []


def test_the_table_reads_as_a_table(visit, page):
    on_page = FigureOnPage(visit(page).page, "nearest")
    table = on_page.element.get_by_role("table", name="Nearest words")
    headings = table.get_by_role("columnheader").all_inner_texts()
    assert headings == ["word", "similarity (cosine)", "rank"]
    assert table.get_by_role("rowheader").count() == 6
    assert table.locator("[aria-live], [role=status]").count() == 0


def test_words_are_there_before_anything_else_has_loaded(visit, page, folder, room):
    """The first state needs the manifest only; the vocabulary is one file, asked for when the figure comes near."""
    opened = visit("about:blank")
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.append(request.url))
    opened.context.route(re.compile(r"worker\.js|/ort[.-]|figures/[0-9a-f]+\.bin"), lambda route: answer(route))
    sources = {digest for _, digest in FIGURE.findall((folder / "words.html").read_text(encoding="utf-8"))}

    def answer(route):
        return route.continue_() if any(digest in route.request.url for digest in sources) else route.abort()

    opened.page.goto(page)
    figure = opened.page.locator("#nearest")
    figure.scroll_into_view_if_needed()
    figure.get_by_role("rowheader", name="king").wait_for()
    assert len(figure.get_by_role("rowheader").all_inner_texts()) == 6
    assert "Nearest is king at 0.9" in figure.inner_text()
    retry = figure.get_by_role("button", name="Retry")
    retry.wait_for()
    opened.context.unroute_all()
    retry.click()
    on_page = FigureOnPage(opened.page, "nearest")
    on_page.set(angle=1.57)
    assert rows(on_page)[0][0] == "\U0001f44b"


def test_a_vocabulary_is_one_file_of_the_site_and_nowhere_else(folder, room):
    text = (folder / "words.html").read_text(encoding="utf-8")
    assert "kakakalo" not in text
    files = [gzip.decompress(path.read_bytes()) for path in (folder / SITE / "figures").iterdir()]
    assert [json.loads(data) for data in files if b"kakakalo" in data] == [list(room["tokens"])]


# ---------------------------------------------------------------------- typed text


@pytest.fixture
def calculator(visit, page):
    return FigureOnPage(visit(page).page, "calculator")


def field(on_page: FigureOnPage):
    return on_page.element.get_by_role("textbox", name="words")


def note(on_page: FigureOnPage) -> str:
    return on_page.element.locator(".lk-text .lk-field-note").inner_text()


def suggested(on_page: FigureOnPage) -> list[str]:
    return on_page.element.get_by_role("group", name="Suggestions").get_by_role("button").all_inner_texts()


def expected(room, text: str, rule: bool = False) -> list[list[str]]:
    """The calculator's table as JAX has it: `text` is words and signs with spaces between."""
    ids = [room["tokens"].index(part) for part in text.split()]
    padded = np.full(9, -1, np.int32)
    padded[: len(ids)] = ids
    out = jax.jit(room["calculate"])(room["vectors"], padded, rule)
    pairs = zip(out["ids"], out["similarity"], strict=True)
    return [[room["words"][i], f"{similarity:.2f}"] for i, similarity in pairs]


def test_what_is_typed_is_calculated_as_jax_does(calculator, room):
    assert rows(calculator) == expected(room, "king - man")
    field(calculator).focus()
    calculator.page.keyboard.press("End")
    calculator.page.keyboard.type(" + woman", delay=30)
    wait_until(lambda: rows(calculator) == expected(room, "king - man + woman"))
    assert rows(calculator)[0] == ["queen", "1.00"]
    assert "lk-solved" in calculator.element.locator(".lk-challenge").get_attribute("class")
    assert calculator.element.locator(".lk-caption").inner_text() == (
        "Nearest to king - man + woman is queen, at 1.00."
    )
    for typed, read in {
        "KING\u2212man": "king - man",
        "x-ray-Paris": "x-ray - Paris",
        "e\u0301te\u0301 \u00a0+\u3000\U0001f44b": "\u00e9t\u00e9 + \U0001f44b",
        "kakakaka - -+": "kakakaka - - +",
    }.items():
        field(calculator).fill(typed)
        wait_until(lambda r=read: rows(calculator) == expected(room, r), what=typed)
        assert field(calculator).input_value() == typed
    calculator.element.get_by_label("leave out the words of the question").check()
    wait_until(lambda: rows(calculator) == expected(room, "kakakaka - - +", True))


def test_an_unknown_word_is_said_and_the_figure_stays(calculator, room):
    before = rows(calculator)
    field(calculator).fill("king - quee")
    wait_until(lambda: note(calculator) != "")
    assert note(calculator) == "“quee” is not among the 20,000 words; the figure still shows “king - man”."
    assert field(calculator).get_attribute("aria-invalid") == "true"
    described = calculator.page.locator(f"[id='{field(calculator).get_attribute('aria-describedby')}']")
    assert described.inner_text() == note(calculator)
    assert described.get_attribute("role") == "status"
    assert suggested(calculator) == ["queen"]
    assert (rows(calculator), calculator.values["text"]) == (before, "king - man")
    calculator.element.get_by_label("leave out").check()  # another control moves, and the text stays as it is typed
    wait_until(lambda: rows(calculator) == expected(room, "king - man", True))
    assert field(calculator).input_value() == "king - quee"
    assert note(calculator) != ""
    field(calculator).focus()
    calculator.page.keyboard.press("Tab")
    calculator.page.keyboard.press("Enter")
    wait_until(lambda: rows(calculator) == expected(room, "king - queen", True))
    assert field(calculator).input_value() == "king - queen"
    assert field(calculator).evaluate("(input) => input === document.activeElement")
    assert (note(calculator), suggested(calculator)) == ("", [])
    assert field(calculator).get_attribute("aria-invalid") is None


def test_the_mouse_chooses_a_suggestion(calculator, room):
    field(calculator).fill("kaka+king")
    wait_until(lambda: len(suggested(calculator)) == 5)
    assert suggested(calculator) == [word for word in room["words"] if word.startswith("kaka")][:5]
    calculator.element.get_by_role("button", name="kakakalo").click()
    wait_until(lambda: rows(calculator) == expected(room, "kakakalo + king"))
    assert field(calculator).input_value() == "kakakalo + king"


def test_half_a_word_is_not_called_wrong_while_it_is_typed(calculator):
    calculator.page.evaluate("""() => {
      window.said = [];
      const note = document.querySelector('#calculator .lk-text .lk-field-note');
      new MutationObserver(() => window.said.push(note.textContent)).observe(note, {childList: true});
    }""")
    # Typed by the page's own clock, which no busy machine lets run behind the figure's.
    field(calculator).evaluate("""(input) => new Promise((done) => {
      const type = (ending) => {
        input.value = `king - man + w${ending.shift()}`;
        input.dispatchEvent(new Event('input', {bubbles: true}));
        if (ending.length) setTimeout(type, 60, ending); else done();
      };
      type(['', 'o', 'om', 'oma', 'oman']);
    })""")
    wait_until(lambda: calculator.values["text"] == "king - man + woman")
    assert [said for said in calculator.page.evaluate("window.said") if said] == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type at least one word; the figure still shows “king - man”."),
        ("king + " * 5, "10 words and signs are too many, 9 fit; the figure still shows “king - man”."),
        ("q" * 3000, f"“{'q' * 24}…” is not among the 20,000 words; the figure still shows “king - man”."),
        ("<b>king</b> &amp;", "“<b>king</b>” is not among the 20,000 words; the figure still shows “king - man”."),
    ],
)
def test_what_cannot_be_calculated_is_said_at_once_on_enter(calculator, typed, says):
    before = rows(calculator)
    field(calculator).fill(typed)
    field(calculator).press("Enter")
    assert note(calculator) == says
    assert rows(calculator) == before
    field(calculator).press("Escape")
    assert (field(calculator).input_value(), note(calculator)) == ("king - man", "")


def test_letters_are_read_one_by_one_and_may_be_none(visit, page):
    on_page = FigureOnPage(visit(page).page, "letters")
    typed = on_page.element.get_by_role("textbox", name="text")
    cells = lambda: [row[0] for row in rows(on_page)]  # noqa: E731
    assert cells() == ["\u2013nothing", "\u2013nothing", "a", "b", "b", "a"]
    typed.fill("c ab")
    wait_until(lambda: cells() == ["\u2013nothing", "\u2013nothing", "b", "a", "space", "c"])
    assert on_page.element.locator(".lk-caption").text_content() == "Of c ab the figure knows 4 letters: c ab."
    assert on_page.element.locator(".lk-tokens-row > :not(.lk-tokens-none)").text_content() == "c ab"
    typed.fill("")
    wait_until(lambda: cells() == ["\u2013nothing"] * 6)
    assert on_page.element.locator(".lk-caption").text_content() == "Of  the figure knows 0 letters: nothing."
    typed.fill("abcd")
    wait_until(lambda: "“d” is not among the 4 characters; the figure stays as it was." in on_page.element.inner_text())


def test_byte_pairs_are_merged_as_they_are_typed(visit, page):
    on_page = FigureOnPage(visit(page).page, "pairs")
    typed = on_page.element.get_by_role("textbox", name="text")
    cells = lambda: [row[0] for row in rows(on_page)]  # noqa: E731
    assert cells() == ["ab", "d", "\u2013nothing", "\u2013nothing"]
    for text, tokens in {"abcd": ["a", "bc", "d"], "AB ab cd": ["ab", "\u2423ab", "space", "cd"]}.items():
        typed.fill(text)
        wait_until(lambda read=tokens: [cell for cell in cells() if cell != "\u2013nothing"] == read, what=text)
    typed.fill("abcd abcd")
    wait_until(
        lambda: "7 tokens are too many, 4 fit; the figure still shows “AB ab cd”." in on_page.element.inner_text()
    )
    typed.fill("abe")
    wait_until(lambda: "“e” is not among the 5 characters" in on_page.element.inner_text())


def test_a_link_brings_typed_text_back(visit, page, room):
    opened = visit(page + "#calculator?text=queen%20-%20woman%20%2B%20x-ray&rule=true")
    here = lambda: opened.page.evaluate("location.href")  # noqa: E731
    on_page = FigureOnPage(opened.page, "calculator")
    wait_until(lambda: rows(on_page) == expected(room, "queen - woman + x-ray", True))
    assert field(on_page).input_value() == "queen - woman + x-ray"
    field(on_page).fill("king+man&\U0001f44b")  # the figure stays, and so does the address
    wait_until(lambda: note(on_page) != "")
    field(on_page).fill("king+\U0001f44b")
    wait_until(lambda: here().endswith("#calculator?text=king%2B%F0%9F%91%8B&rule=1"), what=here())
    field(on_page).fill("quee")
    wait_until(lambda: note(on_page) != "")
    on_page.element.get_by_role("button", name="Reset").click()
    wait_until(lambda: rows(on_page) == expected(room, "king - man"))
    assert (field(on_page).input_value(), note(on_page)) == ("king - man", "")
    field(on_page).fill("quee")  # what stands at its default is put right too
    wait_until(lambda: note(on_page) != "")
    on_page.element.get_by_role("button", name="Reset").click()
    assert (field(on_page).input_value(), note(on_page)) == ("king - man", "")
    wait_until(lambda: "?" not in here())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("text=king+quee", "The link gives “king quee” for words, and “quee” is not among the 20,000 words: it stays."),
        ("text=", "and type at least one word: it stays."),
        ("text=%E0%A4%A", "is not among the 20,000 words: it stays."),
        ("text=" + "king+" * 400, "400 words and signs are too many, 9 fit: it stays."),
    ],
)
def test_a_link_to_no_words_is_refused_visibly(visit, page, room, query, says):
    opened = visit(f"{page}#calculator?{query}")
    on_page = FigureOnPage(opened.page, "calculator")
    wait_until(lambda: says in on_page.element.inner_text())
    assert rows(on_page) == expected(room, "king - man")
    on_page.set(text="queen")
    assert rows(on_page) == expected(room, "queen")
    assert [p for p in opened.problems if "pageerror" in p] == []


def test_text_typed_before_the_words_have_come_is_read_when_they_do(visit, page, folder, room):
    opened = visit("about:blank")
    held: list = []
    (vocabulary,) = (
        path.stem for path in (folder / SITE / "figures").iterdir() if gzip.decompress(path.read_bytes())[:1] == b"["
    )
    opened.context.route(re.compile(vocabulary), lambda route: held.append(route))
    opened.page.goto(page)
    element = opened.page.locator("#calculator")
    typed = element.get_by_role("textbox", name="words")
    typed.fill("king - man + woman")
    wait_until(lambda: held)
    opened.page.wait_for_timeout(300)
    assert element.get_by_role("rowheader").first.inner_text() != "queen"
    held[0].continue_()
    on_page = FigureOnPage(opened.page, "calculator")
    wait_until(lambda: rows(on_page) == expected(room, "king - man + woman"))
    assert opened.problems == []


def test_show_me_types_the_solution(calculator, room):
    field(calculator).fill("king - quee")
    calculator.element.get_by_role("button", name="Show me").click()
    wait_until(lambda: rows(calculator) == expected(room, "king - man + woman"))
    assert (field(calculator).input_value(), note(calculator)) == ("king - man + woman", "")


def test_twenty_thousand_words_do_not_hold_up_a_key(calculator):
    """The slowest of many keys is read within a frame, its refusal and suggestions included."""
    slowest = calculator.page.evaluate("""() => {
      const input = document.querySelector('#calculator .lk-text-input');
      const times = [];
      for (let i = 0; i < 200; i++) {
        input.value = `kakakalo + ${'zuhugofi'.slice(0, i % 9)}`;
        const begun = performance.now();
        input.dispatchEvent(new Event(i % 2 ? 'input' : 'change'));
        times.push(performance.now() - begun);
      }
      return times.sort((a, b) => b - a)[2]; // two may meet the garbage collector
    }""")
    assert slowest < 16


def test_axe_finds_nothing(visit, page, theme):
    opened = visit(page, theme=theme)
    names = [name for _, name in figures_of(opened)]
    for name in names:
        FigureOnPage(opened.page, name)
    field(on := FigureOnPage(opened.page, "calculator")).fill("king - ka")
    wait_until(lambda: len(suggested(on)) == 5)
    assert violations(opened.page, *(f"#{name}" for name in names)) == []
    assert opened.problems == []
    assert opened.outside == []


def test_a_phone_shows_all_without_sideways_scrolling(visit, page, theme):
    opened = visit(page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
    for _, name in figures_of(opened):
        on_page = FigureOnPage(opened.page, name)
        if name == "calculator":
            field(on_page).fill("king - ka")
            wait_until(lambda on=on_page: len(suggested(on)) == 5)
        assert standing_out(on_page.element, "table, th, td, .lk-bar") == []
        assert standing_out(on_page.element, "input:not([type=checkbox]), button", height=24) == []
        assert standing_out(on_page.element, ".lk-text-input, .lk-suggestions button", height=44) == []
    assert not scrolls_sideways(opened.page)
    assert opened.problems == []


def figures_of(opened) -> list[list[str]]:
    return opened.page.locator("likely-figure").evaluate_all(
        "all => all.map((one) => [one.getAttribute('src'), one.id])"
    )
