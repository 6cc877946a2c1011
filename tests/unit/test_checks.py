"""The checks of the exercises: every right answer passes, every well-known wrong idea is named, nothing else breaks."""

from __future__ import annotations

import functools
import html
import linecache
import math
import re
import warnings

import answers_attention
import answers_diffusion
import answers_distributions
import answers_facts
import answers_gan
import answers_grounding
import answers_latent_space
import answers_next_token
import answers_prompts
import answers_support
import answers_vae
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from answers_distributions import in_place_entropy, loops_kl
from conftest import ROOT

from likely import checks
from likely.checks import (
    WrongAnswer,
    WrongIdea,
    attention,
    diffusion,
    distributions,
    exercises,
    expect,
    facts,
    gan,
    grounding,
    latent_space,
    make_check,
    next_token,
    prompts,
    support,
    vae,
)


def _chapter(module) -> str:
    return module.__name__.rpartition(".")[2]


ANSWERS = {
    distributions: answers_distributions,
    latent_space: answers_latent_space,
    next_token: answers_next_token,
    attention: answers_attention,
    vae: answers_vae,
    gan: answers_gan,
    diffusion: answers_diffusion,
    prompts: answers_prompts,
    facts: answers_facts,
    grounding: answers_grounding,
    support: answers_support,
}
CHECKS = {f"{_chapter(module)}.{name}": getattr(module, name) for module in ANSWERS for name in module.__all__}
EXERCISES = {name: check.exercise for name, check in CHECKS.items()}
RIGHT = {
    f"{_chapter(module)}.{name}": styles
    for module, answers in ANSWERS.items()
    for name, styles in answers.RIGHT.items()
}
WRITTEN_OTHERWISE = [
    (f"{_chapter(module)}.{name}", answer, names)
    for module, answers in ANSWERS.items()
    for name, answer, names in answers.WRITTEN_OTHERWISE
]
ON = {name: getattr(distributions, name).exercise for name in distributions.__all__}  # where any exercise will do


def said(verdict) -> str:
    return " ".join(repr(verdict).split())


def test_the_checks_of_every_chapter_are_tested():
    used = set()
    for path in (ROOT / "solutions").glob("*.ipynb"):
        used |= set(re.findall(r"from likely\.checks import (\w+) as check", path.read_text(encoding="utf-8")))
    assert used == {_chapter(module) for module in ANSWERS}


def test_every_exercise_has_answers_of_several_styles_and_three_wrong_ideas():
    assert RIGHT.keys() == CHECKS.keys()
    for name, exercise in EXERCISES.items():
        assert len(RIGHT[name]) >= 4
        assert len(exercise.wrong_ideas) >= 3
        assert len({idea.name for idea in exercise.wrong_ideas}) == len(exercise.wrong_ideas)


@pytest.mark.parametrize(("name", "style"), [(name, style) for name in RIGHT for style in RIGHT[name]])
def test_any_right_answer_passes(name, style):
    verdict = EXERCISES[name].judge(RIGHT[name][style])
    assert verdict.right, verdict


@pytest.mark.parametrize("name", CHECKS)
def test_the_reference_passes_in_double_precision(name):
    with jax.enable_x64(True):
        verdict = EXERCISES[name].judge(EXERCISES[name].reference)
    assert verdict.right, verdict


@pytest.mark.parametrize(
    "kind", [float, np.float64, np.float32, np.array, jnp.asarray, lambda x: jnp.asarray(float(x))]
)
def test_a_number_may_be_of_any_kind(kind):
    verdict = ON["entropy"].judge(lambda p: kind(scipy.stats.entropy(p)))
    assert verdict.right, verdict


def test_an_answer_cannot_spoil_the_inputs():
    before = [[np.array(x) for x in case.arguments] for case in ON["entropy"].cases]
    assert ON["entropy"].judge(in_place_entropy).right
    for case, arguments in zip(ON["entropy"].cases, before, strict=True):
        np.testing.assert_array_equal(case.arguments, arguments)


def test_inputs_are_many_and_the_same_each_time():
    for exercise in EXERCISES.values():
        assert len(exercise.cases) >= 5
        assert [case.size for case in exercise.cases] == sorted(case.size for case in exercise.cases)
        again = [case.expected for case in exercises.Exercise(**_fields(exercise)).cases]
        for case, expected in zip(exercise.cases, again, strict=True):
            np.testing.assert_array_equal(case.expected, expected)
            assert not np.isnan(case.expected).any()


def _fields(exercise):
    return {name: getattr(exercise, name) for name in exercise.__dataclass_fields__}


# ---------------------------------------------------------------------- wrong ideas


@pytest.mark.parametrize(("name", "which"), [(n, i) for n, e in EXERCISES.items() for i in range(len(e.wrong_ideas))])
def test_every_wrong_idea_is_named(name, which):
    idea = EXERCISES[name].wrong_ideas[which]
    verdict = EXERCISES[name].judge(idea.function)
    assert not verdict.right
    assert verdict.says == (f"This looks like {idea.name}. {idea.why}", f"Hint: {idea.hint}"), verdict
    for text in (idea.why, idea.hint):
        assert text.endswith((".", "?")), text


@pytest.mark.parametrize(("name", "answer", "names"), WRITTEN_OTHERWISE)
def test_a_wrong_idea_is_named_however_it_is_written(name, answer, names):
    first = EXERCISES[name].judge(answer).says[0]
    assert first.startswith("This looks like ")
    assert names in first.split(". ")[0], first


@pytest.mark.parametrize(
    ("name", "answer", "names"),
    [
        ("entropy", lambda p: -(p * jnp.log2(p)).sum(), "an answer in bits"),
        ("entropy", lambda p: (p * jnp.log(p)).sum(), "without its minus sign"),
        ("kl", lambda p, q: (q * jnp.log(q / p)).sum(), "the arguments are swapped"),
        ("kl", lambda p, q: (p * (jnp.log(q) - jnp.log(p))).sum(), "the ratio is upside down"),
        ("kl", lambda p, q: -(p * jnp.log(q)).sum(), "the cross-entropy"),
        ("jensen_shannon", lambda p, q: (p * jnp.log(p / q) + q * jnp.log(q / p)).sum(-1) / 2, "with no mixture"),
    ],
)
def test_a_second_fault_that_spoils_some_inputs_does_not_hide_the_first(name, answer, names):
    says = ON[name].judge(answer).says
    assert names in says[0].split(". ")[0]
    assert says[1].startswith("Hint: ")
    assert says[2].startswith("Besides, there is a second fault. There is a")


def test_an_idea_is_named_only_if_it_fits_every_input():
    def swapped_at_first(p, q):
        return loops_kl(q, p) if len(p) < 10 else loops_kl(p, q) + 1

    verdict = ON["kl"].judge(swapped_at_first)
    assert not verdict.right
    assert "looks like" not in said(verdict)
    assert dict(verdict.shown) == {"p": "[0.5, 0.5]", "q": "[0.25, 0.75]", "got": "0.1308", "expected": "0.1438"}


# ---------------------------------------------------------------------- what else can be wrong


def test_without_a_match_the_smallest_input_that_fails_is_shown():
    verdict = ON["entropy"].judge(lambda p: scipy.stats.entropy(p) + 0.5 * (len(p) == 3))
    assert dict(verdict.shown) == {"p": "[0.5, 0.25, 0.25]", "got": "1.54", "expected": "1.04"}
    text = repr(verdict)
    assert text.startswith("Not yet: entropy\n")
    assert "smallest input" in text


def test_of_a_long_answer_the_first_entry_that_differs_is_shown():
    def wrong_at_one_place(counts, alpha):
        p = np.array(distributions.estimate.exercise.reference(counts, alpha))
        if p.shape == (4, 7):
            p[2, 5] = 0.25
        return p

    shown = dict(ON["estimate"].judge(wrong_at_one_place).shown)
    assert shown["counts"] == "an array of shape (4, 7)"
    assert shown["at index"] == "(2, 5)"
    assert shown["got"] == "0.25"


def test_of_a_nan_in_a_long_answer_the_nan_is_shown():
    def nan_behind_a_wrong_number(scores):
        weights = np.array(attention.masked_weights.exercise.reference(scores))
        if scores.shape == (7, 7):
            weights[1, 0], weights[4, 2] = 0.5, np.nan
        return weights

    verdict = attention.masked_weights.exercise.judge(nan_behind_a_wrong_number)
    assert "There is a NaN" in said(verdict)
    shown = dict(verdict.shown)
    assert (shown["at index"], shown["got"]) == ("(4, 2)", "nan")


def test_a_cache_that_is_written_into_stops_with_what_to_do():
    def written_into(q, k, v, keys, values, place):
        keys[place], values[place] = k, v
        return attention.cached_attention.exercise.reference(q, k, v, keys, values, place)

    verdict = attention.cached_attention.exercise.judge(written_into)
    assert verdict.outcome == "stopped"
    assert "x.at[idx].set(y)" in said(verdict)


def too_wide(key, mean, log_variance):
    return mean + 1.4 * jnp.exp(log_variance / 2) * jax.random.normal(key, mean.shape)


def test_where_chance_has_a_part_the_statistic_that_is_off_is_shown():
    shown = dict(EXERCISES["vae.sample_code"].judge(too_wide).shown)
    assert shown["key"] == "jax.random.key(1)"
    assert shown["measured"] == "standard deviation of (z − mean) / σ"
    assert shown["expected"] == "[[1, 1]]"
    assert re.fullmatch(r"\[\[1\.[34]\d*, 1\.[34]\d*\]\]", shown["got"])


def test_where_chance_has_a_part_what_was_held_is_named():
    text = said(EXERCISES["vae.sample_code"].judge(answers_vae.by_hand))
    assert "standard deviation of (z − mean) / σ" in text
    assert "within 2% and 0.06" in text


def test_where_chance_has_a_part_the_shape_is_held_all_the_same():
    exercise = EXERCISES["vae.score_gradient"]
    text = said(exercise.judge(lambda key, f, mean, scale, n: jnp.zeros((2, 3))))
    assert "returns an array of shape (2, 3). Expected: one number" in text


def unanswered(*_): ...


def not_implemented(*_):
    raise NotImplementedError


@pytest.mark.parametrize("answer", [None, ..., unanswered, lambda *_: ..., not_implemented])
@pytest.mark.parametrize("name", CHECKS)
def test_an_exercise_that_is_not_answered_says_so(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "unanswered"
    assert "Not answered yet" in said(verdict)
    assert "dots" in said(verdict)


BAD = {
    "a constant": lambda *_: 0.1234,
    "a vector": lambda *_: np.zeros(991),
    "a string": lambda *_: "0.5",
    "a dictionary": lambda *_: {},
    "ragged": lambda *_: [[1.0], [1.0, 2.0]],
    "true": lambda *_: True,
    "complex": lambda *_: 1j,
    "NaN": lambda *_: math.nan,
    "too many arguments": lambda a, b, c, d, e: 0.0,
    "an exception": lambda *_: 1 / 0,
    "an exception without words": lambda *_: [].__getitem__(math),
    "the function's value": 0.5,
    "a generator": lambda *_: (x for x in "ab"),
    "a type": dict,
    "partial": functools.partial(unanswered, 1),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", CHECKS)
def test_nothing_that_an_answer_does_breaks_the_check(name, bad, monkeypatch):
    monkeypatch.delenv(checks.STRICT)
    verdict = CHECKS[name](BAD[bad])
    assert not verdict.right
    assert verdict.exercise == name.partition(".")[2]
    assert len(verdict.says) >= 1
    assert verdict.exercise in repr(verdict)
    assert verdict.exercise in verdict._repr_html_()


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("entropy", lambda p: p * 1.5, "returns an array of shape (1,). Expected: one number, of shape ()"),
        ("estimate", lambda c, a: 0.3, "returns an array of shape (). Expected: an array of shape (1,)"),
        ("entropy", lambda p: "1.0", "returns a str. Expected: one number"),
        ("entropy", lambda p: p > 0, "shape (1,) and type bool"),
        (
            "sample",
            lambda p, u: np.searchsorted(np.cumsum(p), u, "right") * 1.0,
            "returns numbers of type float32. Expected: whole numbers",
        ),
        ("temperature", lambda p, T: p * math.nan, "There is a NaN"),
        ("temperature", lambda p, T: p / (p - p), "There is an infinity"),
        ("kl", lambda p, q: min(loops_kl(p, q), 7.0), "the answer is infinite, and yours is a number"),
        ("entropy", lambda p: loops_kl(p, p) if len(p) > 2 else None, "ends without a `return`"),
        ("entropy", 1.0397, "takes your function itself, not what it returns: check.entropy(entropy)"),
    ],
)
def test_what_is_of_the_wrong_kind_is_told_in_words(name, answer, says):
    assert says in said(ON[name].judge(answer))


def helper(p):
    return math.log(p[0]) + math.log(p[99])  # the line that fails


def calls_helper(p):
    value = helper(p.tolist())
    return -value


def through_the_library(p):
    return jnp.sum(jax.vmap(lambda x: x.reshape(3, 5))(p))


def test_an_exception_is_shown_with_the_answers_own_line():
    verdict = ON["entropy"].judge(calls_helper)
    assert verdict.outcome == "stopped"
    assert verdict.says == ("IndexError: list index out of range",)
    place, text = verdict.shown[0]
    assert place == f"test_checks.py, line {helper.__code__.co_firstlineno + 1}"
    assert text == "return math.log(p[0]) + math.log(p[99])  # the line that fails"
    assert verdict.shown[1] == ("p", "[1]")
    assert "exercises.py" not in repr(verdict)


def test_an_exception_inside_a_library_is_shown_with_the_line_that_called_it():
    place, text = ON["entropy"].judge(through_the_library).shown[0]
    assert place == f"test_checks.py, line {through_the_library.__code__.co_firstlineno + 1}"
    assert "reshape(3, 5)" in text


def test_an_answer_with_other_arguments_is_shown_where_it_begins():
    def one_too_few(p):
        return p

    place, text = ON["kl"].judge(one_too_few).shown[0]
    assert place == f"test_checks.py, line {one_too_few.__code__.co_firstlineno}"
    assert text == "def one_too_few(p):"


def test_a_cell_of_colab_is_called_by_its_number():
    file, source = "<ipython-input-7-0123456789ab>", "def entropy(p):\n    return p.no_such_thing\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {}
    exec(compile(source, file, "exec"), scope)
    assert ON["entropy"].judge(scope["entropy"]).shown[0] == ("cell [7], line 2", "return p.no_such_thing")


def test_warnings_of_numpy_stay_out_of_the_way(recwarn):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ON["entropy"].judge(lambda p: -(np.asarray(p) * np.log(np.asarray(p))).sum())


def test_an_interrupt_is_not_swallowed():
    def slow(p):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ON["entropy"].judge(slow)


# ---------------------------------------------------------------------- the check itself


def test_a_check_is_a_plain_function_with_its_own_name():
    for name, check in CHECKS.items():
        assert type(check) is type(lambda: 0)
        assert check.__name__ == name.partition(".")[2]
        assert f"`{check.__name__}`" in check.__doc__


@pytest.mark.parametrize("wrong", [lambda p: 0.1, unanswered, lambda p: 1 / 0])
def test_strict_mode_raises_for_what_is_not_right(wrong, monkeypatch):
    monkeypatch.setenv(checks.STRICT, "1")
    with pytest.raises(WrongAnswer, match="entropy"):
        distributions.entropy(wrong)
    assert distributions.entropy(scipy.stats.entropy).right
    monkeypatch.delenv(checks.STRICT)
    assert not distributions.entropy(wrong).right


def test_html_has_the_same_words_and_lets_no_markup_in():
    def fails(p):
        raise ValueError("<img src=x onerror=alert(1)> & `so` on")

    shown = ON["entropy"].judge(fails)._repr_html_()
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; <code>so</code> on" in shown
    for answer in (fails, unanswered, scipy.stats.entropy, lambda p: -scipy.stats.entropy(p), lambda p: 0.1):
        verdict = ON["entropy"].judge(answer)
        shown = verdict._repr_html_()
        assert f'data-outcome="{verdict.outcome}"' in shown
        for text in verdict.says:
            assert text.replace("`", "") in html.unescape(re.sub(r"</?code>", "", shown))
        for cells in verdict.shown:
            for text in cells:
                assert text in html.unescape(shown)


def test_a_new_check_is_short_to_write():
    double = make_check(
        "double",
        lambda x: 2 * x,
        lambda rng: [(np.float32([1.5]),), (rng.random(3, np.float32),)],
        [WrongIdea("a square", lambda x: x**2, "It grows faster.", "add, do not multiply.")],
    )
    assert double.exercise.judge(lambda x: x + x).right
    assert "a square" in said(double.exercise.judge(lambda x: x * x))
    assert dict(double.exercise.judge(lambda x: x).shown) == {"x": "[1.5]", "got": "[1.5]", "expected": "[3]"}


def test_a_number_of_an_unanswered_exercise_is_not_held(monkeypatch):
    with pytest.raises(TypeError, match="one number"):
        expect(None, 1.0, within=0.1)
    monkeypatch.delenv(checks.STRICT)
    for nothing in (None, ...):
        result = expect(nothing, 1.0, within=0.1, unit="nats")
        assert repr(result) == "not answered yet"
        assert result.met is None
        assert 'data-met="none"' in result._repr_html_()
