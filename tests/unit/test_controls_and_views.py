"""Controls take what they say and refuse the rest; views name what exists."""

import json
import math
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import plotly.graph_objects as go
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from likely.explorable import (
    Chart,
    Choice,
    Column,
    Image,
    Pad,
    Points,
    Readout,
    Seed,
    Slider,
    Table,
    Text,
    Toggle,
    Tokens,
)
from likely.explorable.text import check_format, fields, fill
from likely.explorable.tokeniser import Tokeniser


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (dict(min=0, max=0, value=0), "below max"),
        (dict(min=0, max=1, value=2), "outside"),
        (dict(min=0, max=math.inf, value=1), "finite"),
        (dict(min=0, max=1, value=0.5, scale="log"), "min > 0"),
        (dict(min=0, max=1, value=0.5, scale="cubic"), "linear"),
        (dict(min=0, max=1.5, value=1, integer=True), "whole"),
        (dict(min=0, max=1, value=1, step=0), "positive"),
    ],
)
def test_a_slider_that_cannot_be_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        Slider(**arguments)


BYTE_PAIRS = ("a", "b", "c", "d", " ", "-", "bc", "ab", "cd", "aa", " ab", "aab")


@pytest.mark.parametrize(
    ("control", "good", "bad"),
    [
        (Slider(-1, 2, 0), [-1, 2, 0.5, np.float32(1)], [-1.01, 3, math.nan, math.inf, "1", True, None]),
        (Slider(1, 9, 3, integer=True), [1, 9, 4.0], [0, 2.5, 10, "3"]),
        (Toggle(), [True, False], [1, "yes", None]),
        (Choice(["a", "b"]), [0, 1, "b"], ["c", 2, -1, 0.5]),
        (Seed(3, max=10), [0, 10], [-1, 11, 1.5]),
        (
            Pad((-3, 3, 0), (0, 1, 0.5)),
            [[1, 0.5], (-3.0, 1), np.array([0.5, 0])],
            [[0, 2], [4, 0], [1], [1, 0, 1], 0.5, "12", None, [math.nan, 0], ["1", 0], [True, 0]],
        ),
        (
            Points({"ring": [[0, 1], [1, 0]], "two moons": np.zeros((9, 2))}, count=4, y=(-2, 5)),
            ["two moons", [[0, 1.5]], [(-2, 5)], np.zeros((2048, 2)), jnp.ones((3, 2)), "~AAAAnQMg"],
            [
                *("spiral", "~AAA", "~____", None, 0.5, {"ring": 1}, np.zeros((2049, 2)), np.zeros((0, 2))),
                *([], [1, 0], [[1, 2, 3]], [[0, 6]], [[math.nan, 0]], [["1", 0]], [[1, 2], [3]], [[True, False]]),
            ],
        ),
        (
            Text("king - man", ["king", "man", "-"], 3, separators=("-",)),
            ["King", " man-king ", "king\u2212man", "king king\u00a0king"],
            ["", "queen", "king - man - king", 3, None, b"king", ["king"]],
        ),
        (Text("", "ab c", 4, tokeniser="chars", empty=True), ["", "a b ", "CAB"], ["abcab", "d", "a\tb"]),
        (Text("ab", BYTE_PAIRS, 3, tokeniser="bpe"), ["abcd", "AB ab", " "], ["", "abcd ", "abe", "a\tb"]),
    ],
)
def test_a_control_takes_its_values_and_no_others(control, good, bad):
    class Holder(traitlets.HasTraits):
        value = control.trait()

    holder = Holder()
    assert holder.value == control.spec("x")["value"]
    for value in good:
        holder.value = value
        fed = control.feed(holder.value)
        assert (fed.dtype, fed.shape) == (control.dtype, control.shape)
    for value in bad:
        with pytest.raises(traitlets.TraitError):
            holder.value = value


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (dict(x=(3, -3, 0)), r"Pad: x: min \(3\) must be below max"),
        (dict(y=(-3, 3, 4)), "Pad: y: the value 4 lies outside"),
        (dict(y=(-3, math.nan, 0)), "Pad: y: max is nan"),
        (dict(x=(-3, 3)), r"Pad: x is three numbers, \(min, max, value\), not \(-3, 3\)"),
        (dict(x=3), "Pad: x is three numbers"),
        (dict(x=("a", "b", "c")), "Pad: x: must be real number"),
        (dict(labels="xy"), "Pad: labels is two texts"),
        (dict(format="x"), "Pad: the format 'x'"),
    ],
)
def test_a_pad_that_cannot_be_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        Pad(**{**dict(x=(-3, 3, 0.0), y=(-3, 3, 0.0)), **arguments})


def test_a_refused_point_says_which_coordinate():
    pad = Pad((-3, 3, 0.0), (-3, 3, 0.0), labels=("mean", "width"))
    with pytest.raises(ValueError, match=r"width: 4 lies outside -3 to 3"):
        pad.clean([0, 4])
    with pytest.raises(ValueError, match=r"'somewhere' is not a point: two numbers, such as \(0.0, 0.0\)"):
        pad.clean("somewhere")


RING = [[math.cos(t / 7), math.sin(t / 7)] for t in range(44)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (dict(presets={}), r"give presets, or an array \(n, 2\) as the value"),
        (dict(value="spiral"), r"Points: the value: 'spiral' is neither a preset \(ring\) nor points"),
        (dict(value=[[0, 3]]), "Points: the value: row 0: y = 3 lies outside -2 to 2"),
        (dict(presets={"ring": [[0, 0], [2.5, 0]]}), "the preset 'ring': row 1: x = 2.5 lies outside -2 to 2"),
        (dict(presets={"ring": RING[0]}), r"the preset 'ring': \[1.0, 0.0\] is not points: an array \(n, 2\)"),
        (dict(presets={"ring": []}), "the preset 'ring': there are no points"),
        (dict(presets={"~ring": RING}), "'~ring' cannot be the name of a preset"),
        (dict(presets={" ring": RING}), "' ring' cannot be the name"),
        (dict(presets={3: RING}), "3 cannot be the name"),
        (dict(count=0), "count is a whole number from 1 to 2,048, not 0"),
        (dict(count=2049), "count is a whole number"),
        (dict(count=True), "count is a whole number"),
        (dict(x=(2, -2)), r"Points: x: min \(2.0\) must be below max \(-2.0\)"),
        (dict(y=(0, math.inf)), r"Points: y is two finite numbers, \(min, max\), not \(0, inf\)"),
        (dict(y=(0, 1, 2)), "Points: y is two finite numbers"),
        (dict(x=3), "Points: x is two finite numbers"),
        (dict(value=[[1e9, 0]], presets={}, x=(1e9, 1e9 + 1e-3)), "Points: x: .* too narrow a range"),
        (dict(labels="xy"), "Points: labels is two texts"),
    ],
)
def test_points_that_cannot_be_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        Points(**{**dict(presets={"ring": RING}), **arguments})


def test_points_are_fed_as_a_fixed_count_of_rows():
    points = Points({"ring": np.array(RING), "dot": [[0.12345, 2]]}, count=100)
    assert points.default() == "ring"
    few, many = [[0, 1], [1, 0.5], [-2, 2]], np.linspace(-2, 2, 500)[:, None].repeat(2, 1)
    assert points.feed(points.clean(few)).tolist() == [few[3 * j // 100] for j in range(100)]
    assert np.abs(points.feed(points.clean(many)) - many[::5]).max() <= 0.0005 + 1e-6  # the step is 0.001
    assert np.abs(points.feed("ring") - np.float32(RING)[np.arange(100) * 44 // 100]).max() <= 0.0005 + 1e-6
    assert points.presets["dot"].shape == (100, 2)
    assert points.clean([[0.12345, 2]]) == [[0.123, 2.0]]
    assert points.clean(points.wire(points.clean(many))) == points.clean(many)
    assert Points(value=np.array(few)).default() == few
    said = [points.words(points.clean(value)) for value in ("dot", [[0, 0]], np.zeros((1234, 2)))]
    assert said == ["dot", "your 1 point", "your 1,234 points"]


WORDS = ("king", "queen", "man", "x-ray", "in love", "+", "-")


def test_typed_text_is_fed_as_the_ids_of_its_tokens():
    text = Text("king - man", WORDS, 6, separators=("+", "-"))
    for typed, ids in {
        "king - man": [0, 6, 2],
        " KING\u2212man+Queen": [0, 6, 2, 5, 1],
        "x-ray X\u2212Ray-man+x-ray": [3, 3, 6, 2, 5, 3],
        "in love": None,
        "\u2212 -": [6, 6],
    }.items():
        if ids is None:
            with pytest.raises(ValueError, match=r"^“in” is not among the 5 words$"):
                text.clean(typed)
        else:
            assert text.feed(text.clean(typed)).tolist() == ids + [-1] * (6 - len(ids))
    assert Text("king", WORDS, 3).feed("- man").tolist() == [6, 2, -1]
    assert Text("", "\u00e9 ", 3, tokeniser="chars", empty=True).feed("e\u0301 ").tolist() == [0, 1, -1]


def test_byte_pairs_are_merged_in_the_order_of_the_table():
    text = Text("a", BYTE_PAIRS, 5, tokeniser="bpe")
    for typed, tokens in {
        "abcd": ["a", "bc", "d"],  # "bc" was merged before "ab" and "cd"
        "abd cd": ["ab", "d", " ", "cd"],
        "aaaaa": ["aa", "aa", "a"],
        "aab ab": ["aab", " ab"],  # "ab", "ab", then " ab", then "aab"
        "AB\u2212Cd": ["ab", "-", "cd"],
    }.items():
        assert [BYTE_PAIRS[i] for i in text.feed(text.clean(typed)) if i >= 0] == tokens
    other = Text("a", ["e", "a", "\u00e9a", "\u00e9"], 5, tokeniser="bpe")
    assert other.feed("e\u0301a\u00c9ea").tolist() == [2, 3, 0, 1, -1]


def merged(text: str, tokens: list[str]) -> list[str]:
    """Byte pairs of `text` by their definition, every pair looked at anew after each merge."""
    parts = list(text)
    while pairs := [pair for pair in pairwise(parts) if "".join(pair) in tokens]:
        first = min(pairs, key=lambda pair: tokens.index("".join(pair)))
        at = 0
        while at < len(parts) - 1:
            if (parts[at], parts[at + 1]) == first:
                parts[at : at + 2] = ["".join(first)]
            at += 1
    return parts


PIECES = st.text("abc ", min_size=2, max_size=6)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30, unique=True), st.text("abc ", max_size=40), st.integers(1, 12), st.integers(0))
def test_byte_pairs_are_what_their_definition_says(pieces, typed, length, seed):
    tokens = [*"abc ", *pieces]
    parts, ids = Tokeniser("bpe", tokens).read(typed)
    assert parts == [tokens[i] for i in ids] == merged(typed, tokens)
    text = Text("", tokens, length, tokeniser="bpe", empty=True)
    for value in [*text.extremes(), text.draw(np.random.default_rng(seed))]:
        assert text.clean(value) == value


def test_refused_text_says_why():
    text = Text("king", WORDS, 2, separators=("-",))
    for typed, says in {
        "": "type at least one word",
        " \u3000": "type at least one word",
        "king-man": "3 words and signs are too many, 2 fit",
        "man " + "q" * 99: f"“{'q' * 24}…” is not among the 6 words",
    }.items():
        with pytest.raises(ValueError, match=f"^{says}$"):
            text.clean(typed)
    with pytest.raises(ValueError, match=r"^5 characters are too many, 2 fit$"):
        Text("", "a", 2, tokeniser="chars", empty=True).clean("aaaaa")
    pairs = Text("ab", BYTE_PAIRS, 2, tokeniser="bpe")
    for typed, says in {
        "": "type at least one token",
        "abcd": "3 tokens are too many, 2 fit",
        "abe": "“e” is not among the 6 characters",
    }.items():
        with pytest.raises(ValueError, match=f"^{says}$"):
            pairs.clean(typed)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (dict(value="quee"), "Text: the value 'quee': “quee” is not among the 7 words"),
        (dict(value=""), "Text: the value '': type at least one word"),
        (dict(tokens=[]), "Text: the vocabulary must be one token or more"),
        (dict(tokens=["king", 3]), "Text: the vocabulary must be .* each a string"),
        (dict(length=0), "Text: length is the most tokens there can be, 1 or more, not 0"),
        (dict(length=2.5), "Text: length is .* not 2.5"),
        (dict(tokeniser="bytes"), "Text: tokeniser is one of 'words', 'chars', 'bpe', not 'bytes'"),
        (dict(tokeniser="bpe", separators=("-",)), "separators are for the tokeniser 'words', not for 'bpe'"),
        (dict(separators=("*",)), r"Text: the separator '\*' must be one of the tokens"),
        (dict(tokeniser="chars", separators=("-",)), "separators are for the tokeniser 'words', not for 'chars'"),
    ],
)
def test_a_text_that_cannot_be_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        Text(**{**dict(value="king", tokens=WORDS, length=3), **arguments})


def test_the_longest_text_and_drawn_ones_are_what_a_reader_might_type():
    text = Text("king", WORDS, 6, separators=("+", "-"))
    assert text.extremes() == ["king", "x-ray - x-ray - x-ray"]
    drawn = [text.draw(np.random.default_rng(i)) for i in range(50)]
    assert {len(text.feed(one)[text.feed(one) >= 0]) for one in drawn} == {1, 3, 5}
    assert {sign for one in drawn for sign in "+-" if f" {sign} " in one} == {"+", "-"}
    letters = Text("", ["a", "", "bc", "d"], 3, tokeniser="chars", empty=True)
    assert letters.extremes() == ["", "ddd"]
    assert {*"".join(letters.draw(np.random.default_rng(i)) for i in range(50))} == {"a", "d"}
    marks = Text("", "e\u0301", 4, tokeniser="chars", empty=True)  # together they are a character that is not there
    assert all(marks.clean(one) == one for one in [marks.draw(np.random.default_rng(i)) for i in range(50)])


def test_the_longest_text_of_byte_pairs_has_as_many_tokens_as_fit():
    assert Text("a", BYTE_PAIRS, 3, tokeniser="bpe").extremes() == ["a", "aabaabaab"]
    again = Text("c", ["c", "d", "dc", "cd"], 4, tokeniser="bpe")  # "cdcd" is three tokens: "c", "dc", "d"
    assert again.extremes() == ["c", "dc" * 4]
    drawn = [again.draw(np.random.default_rng(i)) for i in range(50)]
    assert {(again.feed(one) >= 0).sum() for one in drawn} == {1, 2, 3, 4}


def test_an_option_may_be_given_by_its_text():
    assert Choice(["forward", "reverse"], "reverse").index == 1
    assert Choice(["forward", "reverse"]).clean("reverse") == 1


def test_draws_and_ends_lie_in_range():
    rng = np.random.default_rng(0)
    for control in (
        Slider(-3, 3, 0),
        Slider(1e-3, 10, 1, scale="log"),
        Slider(2, 5, 3, integer=True),
        Toggle(),
        Choice(["a", "b", "c"]),
        Seed(max=5),
        Pad((-3, 3, 0.0), (-2, 2, 0.5)),
        Points({"ring": RING, "dot": [[0, 0]]}, count=9),
        Points(value=[[1, 2]], x=(-1, 1e3), y=(-1 / 3, 70)),
        Text("king", WORDS, 5, separators=("+", "-")),
        Text("", "ab ", 4, tokeniser="chars", empty=True),
        Text("", BYTE_PAIRS, 4, tokeniser="bpe", empty=True),
    ):
        for value in [*control.extremes(), *(control.draw(rng) for _ in range(50))]:
            assert control.clean(value) == value


def test_steps_are_round_numbers():
    assert Slider(2, 15, 3).spec("x")["step"] == 0.1
    assert Slider(0, 1, 0).spec("x")["step"] == 0.01
    assert Slider(0, 0.3, 0).spec("x")["step"] == 0.002


OUT = dict(
    kl=jax.ShapeDtypeStruct((), jnp.float32),
    q=jax.ShapeDtypeStruct((5,), jnp.float32),
    im=jax.ShapeDtypeStruct((4, 6, 6), jnp.float32),
    k=jax.ShapeDtypeStruct((6, 6), jnp.int32),
    surprise=jax.ShapeDtypeStruct((6, 6), jnp.float32),
    text=jax.ShapeDtypeStruct((5,), jnp.uint32),
    more=jax.ShapeDtypeStruct((6,), jnp.float32),
)
FIG = go.Figure([go.Scatter(name="Q", y=[0.0]), go.Bar(name="P")])


def test_a_chart_binds_outputs_to_traces():
    spec = Chart(FIG, q="Q.y", k="P.marker.color", history={"kl": "Q"}).spec({**OUT})
    assert spec["bindings"] == [dict(output="q", trace=0, attr="y"), dict(output="k", trace=1, attr="marker.color")]
    assert spec["history"] == [dict(output="kl", trace=0)]
    assert "template" not in spec["figure"]["layout"]


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (Chart(FIG, nothing="Q.y"), "no output 'nothing'"),
        (Chart(FIG, q="R.y"), "must name one trace"),
        (Chart(FIG, q="Q"), "trace.attribute"),
        (Chart(FIG, q="Q.why"), "no attribute 'why'"),
        (Chart(FIG, history={"q": "Q"}), "needs a scalar"),
        (Readout("q", "q"), "scalar"),
        (Readout("kl", "kl", format="x"), "format"),
        (Image("k", "k"), "float32"),
        (Image("q", "q"), "shape"),
        (Tokens("nothing", "t", "ab"), "no output 'nothing'; it returns 'kl', "),
        (Tokens("q", "t", "ab"), r"Tokens of 'q': the ids must be int32 or uint32 .* they are float32 of shape \(5,\)"),
        (Tokens("kl", "t", "ab"), "the ids must be"),
        (Tokens("im", "t", "ab"), r"\(length,\) or \(rows, length\)"),
        (Tokens("k", "t", ""), "the vocabulary must be one token or more"),
        (Tokens("k", "t", ["a", 1]), "each a string"),
        (Tokens("k", "t", 27), "each a string"),
        (Tokens("k", "t", "ab", values="nothing"), "no output 'nothing'"),
        (Tokens("k", "t", "ab", values="k"), "the values 'k' must be float32"),
        (Tokens("k", "t", "ab", values="q"), r"the ids' shape \(6, 6\); they are float32 of shape \(5,\)"),
        (Tokens("k", "t", "ab", stop=2), "stop is the id of a token, 0 to 1, or -1, not 2"),
        (Tokens("k", "t", "ab", stop=-2), "stop is the id of a token"),
        (Tokens("k", "t", "ab", stop="."), "stop is the id of a token"),
        (Tokens("k", "t", "ab", stop=True), "stop is the id of a token"),
        (Tokens("k", "t", "ab", range=(6, 0)), "from a finite number to a larger one, not from 6 to 0"),
        (Tokens("k", "t", "ab", range=(0, math.inf)), "finite"),
        (Tokens("k", "t", "ab", format=">9"), "format"),
        (Tokens("k", "t", ["a", "\ud83d"]), "token 1 of the vocabulary, .* is half of a character"),
        (Table("t"), "Table 't': needs columns of one length, not none"),
        (Table("t", a=Column("nothing")), "Table 't', column 'a': the function has no output 'nothing'"),
        (Table("t", a=Column("im")), r"column 'a': 'im' must have one axis, the rows; its shape is \(4, 6, 6\)"),
        (Table("t", a=Column("kl")), "must have one axis"),
        (Table("t", a=Column("q", vocabulary="ab")), "the ids 'q' must be int32 or uint32; they are float32"),
        (Table("t", a=Column("text", vocabulary="")), "column 'a': the vocabulary must be one token or more"),
        (Table("t", a=Column("text", vocabulary="ab", bar=True)), "a bar is for numbers"),
        (Table("t", a=Column("q", bar=True, range=(1, 1))), "from a finite number to a larger one, not from 1 to 1"),
        (Table("t", a=Column("q", format="s")), "column 'a': the format 's'"),
        (Table("t", a=Column("q"), b=Column("more")), r"columns of one length, not \{'q': 5, 'more': 6\}"),
    ],
)
def test_a_view_that_names_what_is_not_there_is_refused(view, says):
    with pytest.raises(ValueError, match=says):
        view.spec(OUT)


def test_an_image_takes_one_picture_or_a_grid():
    assert Image("im", "faces", columns=2).spec(OUT)["columns"] == 2


def test_tokens_are_ids_with_a_vocabulary_and_a_value_each():
    view = Tokens(
        "k", "Ten names", vocabulary=".ab", values="surprise", unit="nats", range=(0, 6), stop=np.int64(0), role="model"
    )
    assert view.spec(OUT) == dict(
        kind="tokens",
        output="k",
        label="Ten names",
        vocabulary=[".", "a", "b"],
        values="surprise",
        unit="nats",
        range=[0.0, 6.0],
        stop=0,
        format=".2f",
        role="model",
    )
    words = Tokens("text", "A sentence", vocabulary=("the", " cat", "\n", "👋")).spec(OUT)
    assert (words["vocabulary"], words["values"], words["stop"]) == (["the", " cat", "\n", "👋"], None, None)
    json.dumps([words, view.spec(OUT)], allow_nan=False)


def test_a_table_has_columns_with_headings_and_formats():
    table = Table(
        "Nearest", word=Column("text", vocabulary="abc"), log_p=Column("q", unit="nats", bar=True, range=(-1, 0))
    )
    word, number = table.spec(OUT)["columns"]
    assert (word["heading"], word["vocabulary"]) == ("word", ["a", "b", "c"])
    assert (number["heading"], number["format"], number["range"]) == ("log p", ".2f", [-1.0, 0.0])
    assert Table("t", a=Column("text")).spec(OUT)["columns"][0]["format"] == "d"
    with pytest.raises(TypeError, match="Table 't': a must be a Column, not 'q'"):
        Table("t", a="q").spec(OUT)


def test_text_reads_in_a_sentence():
    names, words = Tokens("k", "t", ".ab", stop=0).reads()["k"], Tokens("text", "t", ["one", " two"]).reads()["text"]
    assert f"{names(np.array([[1, 0, 2], [0, 1, 1], [2, 9, 0]]))}" == "a, nothing, b\ufffd"
    assert names(np.array([[1, 0, 2], [0, 1, 1]]))[0] == "a"
    assert f"{words(np.array([0, 1, -1], np.int32))}" == "one two\ufffd"
    assert words(np.array([0, 1]))[1] == " two"
    column = Table("t", a=Column("text", vocabulary="abc")).reads()["text"]
    assert f"{column(np.array([2, 0, -1, -1]))}, {column(np.array([2, -1]))[1]}" == "c, a, nothing"
    assert f"{column(np.array([-1]))}" == "nothing"


def test_sentences_are_filled_with_plain_names_only():
    assert fields("KL is {kl:.2f} nats at {mu}, {z[1]:.1f}", "here") == [("kl", None), ("mu", None), ("z", 1)]
    assert fill("{kl:.2f} nats, {share:.0%}", dict(kl=1.239, share=0.5)) == "1.24 nats, 50%"
    for bad in ("{kl!r}", "{a.b}", "{0}", "{kl:>10}", "{kl", "{kl[a]}", "{kl[0][1]}", "{kl[-1]}", "{0[1]}"):
        with pytest.raises(ValueError, match="here"):
            fields(bad, "here")
    check_format(",.1f", "here")
