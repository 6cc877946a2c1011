"""The checks of the exercises: every right answer passes, every well-known wrong idea is named, nothing else breaks."""

from __future__ import annotations

import functools
import html
import itertools
import linecache
import math
import re
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special
import scipy.stats

from likely import checks
from likely.checks import WrongAnswer, WrongIdea, distributions, exercises, expect, make_check

CHECKS = {name: getattr(distributions, name) for name in distributions.__all__}
ON = {name: check.exercise for name, check in CHECKS.items()}


def said(verdict) -> str:
    return " ".join(repr(verdict).split())


# ---------------------------------------------------------------------- right answers of every style


def loops_kl(p, q):
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += float(a) * (math.log(a) - math.log(b)) if b > 0 else math.inf
    return total


def loops_js(p, q):
    if np.ndim(p) > 1:
        return [loops_js(a, b) for a, b in zip(p, q, strict=True)]
    m = [(float(a) + float(b)) / 2 for a, b in zip(p, q, strict=True)]
    return (loops_kl(p, m) + loops_kl(q, m)) / 2


def in_place_entropy(p):
    p[p == 0] = 1  # writes to its argument, which JAX arrays forbid
    return -(p * np.log(p)).sum()


def log_domain_kl(p, q):
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(np.asarray(p, float)), np.log(np.asarray(q, float))
    return np.where(np.isneginf(log_p), 0, np.exp(log_p) * (np.where(np.isneginf(log_p), 0, log_p) - log_q)).sum()


def loops_sample(p, u):
    drawn = []
    for x in u:
        total = 0.0
        for k, share in enumerate(p):
            total += share
            if total > x:
                drawn.append(k)
                break
    return drawn


def loops_estimate(counts, alpha):
    if np.ndim(counts) > 1:
        return [loops_estimate(row, alpha) for row in counts]
    total = sum(float(c) + alpha for c in counts)
    return [(float(c) + alpha) / total for c in counts]


def loops_nats(names, log_p):
    total, count = 0.0, 0
    for name in names:
        for a, b in itertools.pairwise("." + name + "."):
            total -= log_p[0 if a == "." else ord(a) - 96][0 if b == "." else ord(b) - 96]
            count += 1
    return total / count


def counting_nats(names, log_p):
    seen = np.zeros((27, 27))
    for name in names:
        line = np.array([0, *(ord(letter) - 96 for letter in name), 0])
        np.add.at(seen, (line[:-1], line[1:]), 1)
    return -scipy.special.xlogy(seen, np.exp(np.asarray(log_p, float))).sum() / seen.sum()


def jax_nats(names, log_p):
    lines = [jnp.array([0, *(ord(letter) - 96 for letter in name), 0]) for name in names]
    each = jnp.concatenate([log_p[line[:-1], line[1:]] for line in lines])
    return -each.mean()


RIGHT = {
    "entropy": {
        "numpy": lambda p: -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0)),
        "numpy in place": in_place_entropy,
        "loops": lambda p: -sum(float(a) * math.log(a) for a in p if a > 0),
        "log-domain": lambda p: -np.nansum(np.exp(np.log(np.asarray(p, float))) * np.log(np.asarray(p, float))),
        "scipy": scipy.stats.entropy,
        "scipy, float64": lambda p: scipy.special.entr(np.asarray(p, np.float64)).sum(),
        "jax": jax.jit(lambda p: jax.scipy.special.entr(p).sum()),
        "0-d array": lambda p: np.array(scipy.special.entr(p).sum()),
        "with a small constant": lambda p: -jnp.sum(p * jnp.log(p + 1e-12)),
    },
    "kl": {
        "numpy": lambda p, q: np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / np.where(p > 0, q, 1)), 0)),
        "loops": loops_kl,
        "log-domain": log_domain_kl,
        "scipy": lambda p, q: scipy.special.rel_entr(p, q).sum(),
        "scipy.stats": scipy.stats.entropy,
        "jax": jax.jit(lambda p, q: jax.scipy.special.rel_entr(p, q).sum()),
    },
    "perplexity": {
        "numpy": lambda log_p: np.exp(-np.mean(log_p)),
        "loops": lambda log_p: math.exp(-sum(float(x) for x in np.asarray(log_p)) / len(log_p)),
        "log-domain": lambda log_p: np.exp(scipy.special.logsumexp([-np.mean(np.asarray(log_p, np.float64))])),
        "in bits throughout": lambda log_p: 2 ** (-np.mean(log_p) / math.log(2)),
        "scipy": lambda log_p: 1 / scipy.stats.gmean(np.exp(np.asarray(log_p, float))),
        "jax": jax.jit(lambda log_p: jnp.exp(-log_p.sum() / log_p.size)),
    },
    "jensen_shannon": {
        "numpy": lambda p, q: (
            np.sum(scipy.special.xlogy(p, 2 * p / (p + q + (p + q == 0))), -1) / 2
            + np.sum(scipy.special.xlogy(q, 2 * q / (p + q + (p + q == 0))), -1) / 2
        ),
        "loops": loops_js,
        "entropies": lambda p, q: (
            scipy.stats.entropy((p + q) / 2, axis=-1)
            - (scipy.stats.entropy(p, axis=-1) + scipy.stats.entropy(q, axis=-1)) / 2
        ),
        "scipy": lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1) ** 2,
        "jax": jax.jit(
            lambda p, q: (
                jax.scipy.special.rel_entr(p, (p + q) / 2).sum(-1) / 2
                + jax.scipy.special.rel_entr(q, (p + q) / 2).sum(-1) / 2
            )
        ),
    },
    "sample": {
        "numpy": lambda p, u: np.searchsorted(np.cumsum(p), u, side="right"),
        "broadcast": lambda p, u: (np.cumsum(p) <= np.asarray(u)[:, None]).sum(axis=1),
        "argmax": lambda p, u: np.argmax(np.cumsum(p) > np.asarray(u)[:, None], axis=1),
        "float64": lambda p, u: np.searchsorted(np.cumsum(np.asarray(p, np.float64)), u, side="right").astype(np.uint8),
        "loops": loops_sample,
        "itertools": lambda p, u: [next(k for k, f in enumerate(itertools.accumulate(p)) if f > x) for x in u],
        "jax": jax.vmap(lambda p, x: jnp.argmax(jnp.cumsum(p) > x), in_axes=(None, 0)),
        "jax.digitize": lambda p, u: jnp.digitize(u, jnp.cumsum(p)),
    },
    "estimate": {
        "numpy": lambda counts, alpha: (counts + alpha) / np.sum(counts + alpha, axis=-1, keepdims=True),
        "denominator": lambda counts, alpha: (
            (counts + alpha) / (counts.sum(-1, keepdims=True) + alpha * counts.shape[-1])
        ),
        "loops": loops_estimate,
        "log-domain": lambda counts, alpha: scipy.special.softmax(np.log(np.asarray(counts, float) + alpha), axis=-1),
        "jax": jax.jit(lambda counts, alpha: _share(counts + alpha)),
    },
    "nats_per_character": {
        "loops": loops_nats,
        "numpy": lambda names, log_p: np.mean([-log_p[a, b] for name in names for a, b in _pairs(name)]),
        "counts, scipy": counting_nats,
        "jax": jax_nats,
    },
    "temperature": {
        "numpy": lambda p, T: p ** (1 / T) / np.sum(p ** (1 / T)),
        "loops": lambda p, T: [float(a) ** (1 / T) / sum(float(b) ** (1 / T) for b in p) for a in p],
        "log-domain": lambda p, T: np.exp(np.log(p) / T - scipy.special.logsumexp(np.log(p) / T)),
        "scipy": lambda p, T: scipy.special.softmax(np.log(np.asarray(p, np.float64)) / T),
        "jax": jax.jit(lambda p, T: jax.nn.softmax(jnp.log(p) / T)),
    },
}


def _share(weights):
    return weights / weights.sum(-1, keepdims=True)


def _pairs(name):
    line = [0, *(ord(letter) - 96 for letter in name), 0]
    return itertools.pairwise(line)


def test_every_exercise_has_answers_of_several_styles_and_three_wrong_ideas():
    assert RIGHT.keys() == CHECKS.keys()
    for name, exercise in ON.items():
        assert len(RIGHT[name]) >= 4
        assert len(exercise.wrong_ideas) >= 3
        assert len({idea.name for idea in exercise.wrong_ideas}) == len(exercise.wrong_ideas)


@pytest.mark.parametrize(("name", "style"), [(name, style) for name in RIGHT for style in RIGHT[name]])
def test_any_right_answer_passes(name, style):
    verdict = ON[name].judge(RIGHT[name][style])
    assert verdict.right, verdict


@pytest.mark.parametrize("name", CHECKS)
def test_the_reference_passes_in_double_precision(name):
    with jax.enable_x64(True):
        verdict = ON[name].judge(ON[name].reference)
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
    for exercise in ON.values():
        assert len(exercise.cases) >= 5
        assert [case.size for case in exercise.cases] == sorted(case.size for case in exercise.cases)
        again = [case.expected for case in exercises.Exercise(**_fields(exercise)).cases]
        for case, expected in zip(exercise.cases, again, strict=True):
            np.testing.assert_array_equal(case.expected, expected)
            assert not np.isnan(case.expected).any()


def _fields(exercise):
    return {name: getattr(exercise, name) for name in exercise.__dataclass_fields__}


# ---------------------------------------------------------------------- wrong ideas


@pytest.mark.parametrize(("name", "which"), [(n, i) for n, e in ON.items() for i in range(len(e.wrong_ideas))])
def test_every_wrong_idea_is_named(name, which):
    idea = ON[name].wrong_ideas[which]
    verdict = ON[name].judge(idea.function)
    assert not verdict.right
    assert verdict.says == (f"This looks like {idea.name}. {idea.why}", f"Hint: {idea.hint}"), verdict
    for text in (idea.why, idea.hint):
        assert text.endswith((".", "?")), text


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("entropy", lambda p: -jnp.sum(jnp.where(p > 0, p * jnp.log2(p), 0)), "in bits"),
    ("entropy", lambda p: sum(float(a) * math.log(a) for a in p if a > 0), "without its minus sign"),
    ("entropy", lambda p: -jnp.mean(jnp.where(p > 0, p * jnp.log(p), 0)), "a mean over the n outcomes"),
    ("entropy", lambda p: -(p * jnp.log(p)).sum(), "0 · log 0"),
    ("kl", lambda p, q: loops_kl(q, p), "swapped"),
    ("kl", lambda p, q: jnp.sum(p * jnp.log(p / q)), "0 · log 0"),
    ("kl", lambda p, q: jnp.sum(p * (jnp.log(p) - jnp.log(q))), "0 · log 0"),
    ("kl", lambda p, q: scipy.stats.entropy(p, q, base=2), "in bits"),
    ("kl", lambda p, q: jnp.sum(jnp.where(p > 0, p * jnp.log(p / (q + 1e-8)), 0)), "small constant, 1e-08"),
    ("kl", lambda p, q: np.sum(p * (np.log(np.maximum(p, 1e-12)) - np.log(np.clip(q, 1e-12, 1)))), "constant, 1e-12"),
    ("kl", lambda p, q: -scipy.special.xlogy(p, q).sum(), "cross-entropy"),
    ("perplexity", lambda log_p: jnp.exp(-jnp.sum(log_p)), "a sum instead of a mean"),
    ("perplexity", lambda log_p: math.prod(math.exp(x) for x in log_p) ** jnp.float32(-1 / len(log_p)), "product"),
    ("perplexity", lambda log_p: jnp.mean(jnp.exp(-log_p)), "of the single tokens"),
    ("jensen_shannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1), "square root"),
    ("jensen_shannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1, base=2) ** 2, "in bits"),
    ("jensen_shannon", lambda p, q: np.sum(loops_js(p, q)), "the whole batch"),
    ("jensen_shannon", lambda p, q: jax.scipy.special.rel_entr(p, (p + q) / 2).sum(-1), "KL(p‖m) alone"),
    ("sample", lambda p, u: jnp.searchsorted(jnp.cumsum(p), u), "is u or more"),
    ("sample", lambda p, u: [int(x * len(p)) for x in u], "evenly"),
    ("sample", lambda p, u: jnp.argmax(jnp.broadcast_to(p, (len(u), len(p))), axis=1), "most likely outcome"),
    ("estimate", lambda counts, alpha: counts / counts.sum(-1, keepdims=True), "α is not used"),
    ("estimate", lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(-1), "lost their axis"),
    ("estimate", lambda counts, alpha: (counts + 1) / (counts.sum(-1, keepdims=True) + counts.shape[-1]), "1 added"),
    ("estimate", lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(0), "columns"),
    ("nats_per_character", lambda names, log_p: loops_nats(names, log_p) / math.log(2), "in bits"),
    ("nats_per_character", lambda names, log_p: loops_nats(names, log_p.T), "by columns"),
    ("nats_per_character", lambda names, log_p: np.mean([loops_nats([x], log_p) for x in names]), "own means"),
    ("temperature", lambda p, T: jax.nn.softmax(jnp.log(p) * T), "instead of 1/T"),
    ("temperature", lambda p, T: jax.nn.softmax(p / T), "taken for logarithms"),
    ("temperature", lambda p, T: [float(a) ** (1 / T) for a in p], "not divided by their sum"),
    ("temperature", lambda p, T: (p / T) / (p / T).sum(), "T cancels"),
]


@pytest.mark.parametrize(("name", "answer", "names"), WRITTEN_OTHERWISE)
def test_a_wrong_idea_is_named_however_it_is_written(name, answer, names):
    first = ON[name].judge(answer).says[0]
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


def unanswered(*_): ...


def not_implemented(*_):
    raise NotImplementedError


@pytest.mark.parametrize("answer", [None, ..., unanswered, lambda *_: ..., not_implemented])
@pytest.mark.parametrize("name", CHECKS)
def test_an_exercise_that_is_not_answered_says_so(name, answer):
    verdict = ON[name].judge(answer)
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
    "too many arguments": lambda a, b, c, d: 0.0,
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
    assert verdict.exercise == name
    assert len(verdict.says) >= 1
    assert name in repr(verdict)
    assert name in verdict._repr_html_()


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
        assert check.__name__ == name
        assert f"`{name}`" in check.__doc__


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
