"""The checks of chapter 1, Distributions and divergence.

>>> from likely.checks import distributions as check
>>> check.entropy(entropy)  # a verdict on the reader's function `entropy`
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.special import xlogy

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import LOG_2, distribution, f32, normalised, softmax
from likely.measures import entropy as _entropy
from likely.measures import jensen_shannon_divergence, kl_divergence
from likely.measures import perplexity as _perplexity

__all__ = [
    "entropy",
    "estimate",
    "jensen_shannon",
    "kl",
    "nats_per_character",
    "perplexity",
    "sample",
    "temperature",
]

# ---------------------------------------------------------------------- inputs


def _single(rng):
    yield (f32(1),)
    yield (f32(0.5, 0.5),)
    yield (f32(1, 0),)
    yield (f32(0.5, 0.25, 0.25),)
    yield (distribution(rng, 5),)
    yield (distribution(rng, 27),)
    yield (distribution(rng, 27, zeros=4),)


def _pairs(rng):
    yield f32(1), f32(1)
    yield f32(0.5, 0.5), f32(0.25, 0.75)
    yield f32(1, 0), f32(0.5, 0.5)
    yield f32(0.5, 0.5), f32(1, 0)
    yield f32(0, 0.5, 0.5), f32(0, 0.25, 0.75)
    yield distribution(rng, 5), distribution(rng, 5)
    yield distribution(rng, 27), distribution(rng, 27)
    yield distribution(rng, 27, zeros=4), distribution(rng, 27, zeros=2)


def _batches_of_pairs(rng):
    yield f32(1), f32(1)
    yield f32(0.5, 0.5), f32(0.25, 0.75)
    yield f32(1, 0), f32(0, 1)
    yield distribution(rng, 3, zeros=1), distribution(rng, 3)
    yield distribution(rng, 3, 3), distribution(rng, 3, 3, zeros=1)
    yield distribution(rng, 2, 5), distribution(rng, 2, 5)
    yield distribution(rng, 2, 27, zeros=3), distribution(rng, 2, 27)


def _log_probabilities(rng):
    yield (f32(0),)
    yield (f32(-1),)
    yield (f32(-1, -3),)
    yield (f32(-0.5, -np.inf),)
    yield (np.full(5, -np.log(27), np.float32),)
    yield (rng.uniform(-6, 0, 12).astype(np.float32),)
    yield (rng.uniform(-6, 0, 2000).astype(np.float32),)  # a text: its probability is below the smallest float


def _distributions_and_uniforms(rng):
    """Where u is on a step of the cumulative sum, the sum is exact; elsewhere u keeps away from the steps."""
    yield f32(1), f32(0, 0.5)
    yield f32(0.5, 0.5), f32(0, 0.25, 0.5, 0.75)
    yield f32(0, 0.5, 0.5), f32(0, 0.25, 0.5, 0.75)
    yield f32(0.25, 0, 0.5, 0.25), f32(0.9, 0.75, 0.3, 0.25, 0.1, 0)
    for n, draws in ((5, 10), (27, 200)):
        p, u = distribution(rng, n), rng.random(draws).astype(np.float32)
        yield p, u[np.abs(np.cumsum(p) - u[:, None]).min(-1) > 1e-5]


def _counts(rng):
    yield np.array([4]), 1.0
    yield np.array([3, 1]), 1.0
    yield np.array([3, 1]), 0.0
    yield np.array([0, 0, 0]), 1.0
    yield np.array([5, 0, 2]), 0.5
    yield np.array([[2, 0, 1], [0, 0, 0], [1, 5, 3]]), 0.5
    yield rng.poisson(3, (4, 7)), 0.1
    yield rng.poisson(0.5, (27, 27)), 2.0


def _names(rng):
    table = np.log(rng.dirichlet(np.ones(27), 27)).astype(np.float32)
    words = ["".join(map(chr, 97 + rng.integers(0, 26, n))) for n in (2, 7, 3, 11, 5, 4, 6, 9)]
    yield ["a"], table
    yield ["ab"], table
    yield ["al", "zoe"], table
    yield words, table
    never = table.copy()
    never[0, 1] = -np.inf  # no name begins with a
    yield ["al", "zoe"], never


def _distributions_and_temperatures(rng):
    yield f32(1), 2.0
    yield f32(0.25, 0.75), 0.5
    yield f32(0.25, 0.75), 1.0
    yield f32(0, 0.25, 0.75), 4.0
    yield distribution(rng, 5), 0.3
    yield distribution(rng, 27), 1.7
    yield distribution(rng, 27, zeros=4), 0.5


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _nats(p):
    return np.asarray(_entropy(p))


def _kl(p, q):
    return np.asarray(kl_divergence(p, q))


def _js(p, q):
    return np.asarray(jensen_shannon_divergence(p, q))


def _mean_perplexity(log_probabilities):
    return _perplexity(-np.mean(log_probabilities, dtype=float))


def _inverse_cdf(p, u):
    return np.searchsorted(np.cumsum(p), u, side="right")


def _add_alpha(counts, alpha):
    return normalised(counts + alpha)


def _reweight(p, T):
    with np.errstate(divide="ignore"):
        return softmax(np.log(p) / T)


def _js_terms(p, q):
    """The terms of the Jensen–Shannon divergence, before they are added up."""
    m = (p + q) / 2
    return (xlogy(p, p) - xlogy(p, m) + xlogy(q, q) - xlogy(q, m)) / 2


def _surprises(name, log_p, start=True, end=True):
    """The surprise of each letter of a name, in nats, with the token 0 before it and after it."""
    tokens = [0] * start + [ord(letter) - 96 for letter in name] + [0] * end
    return [-float(log_p[a, b]) for a, b in itertools.pairwise(tokens)]


def _per_character(names, log_p, start=True, end=True):
    surprises = [surprise for name in names for surprise in _surprises(name, log_p, start, end)]
    return np.mean(surprises) if surprises else math.nan


def _total(names, log_p):
    return sum(sum(_surprises(name, log_p)) for name in names)


def _bits(function):
    return WrongIdea(
        "an answer in bits: its logarithm has base 2",
        lambda *arguments: function(*arguments) / LOG_2,
        "The course counts in nats, and the same surprise is 1.44 times as large a number in bits.",
        "which logarithm has base e?",
    )


def _zeros(function):
    return WrongIdea(
        "0 · log 0 taken as it stands, which gives NaN",
        function,
        "What never happens adds no surprise, so such a term is 0, and real counts are full of zeros.",
        "keep the logarithm away from what is 0; `jnp.where` can choose before it is taken.",
    )


# ---------------------------------------------------------------------- the exercises

entropy = make_check(
    "entropy",
    _entropy,
    _single,
    [
        _bits(_nats),
        _zeros(lambda p: -np.sum(p * np.log(p))),
        WrongIdea(
            "the sum without its minus sign",
            lambda p: -_nats(p),
            "A probability is at most 1, so its logarithm is at most 0, and a mean surprise cannot be below 0.",
            "look at what stands in front of the sum.",
        ),
        WrongIdea(
            "a mean over the n outcomes instead of a sum",
            lambda p: _nats(p) / len(p),
            "The weights p add up to 1, so their sum already is a mean; this one shrinks as outcomes are added.",
            "what do you do with the n terms?",
        ),
        WrongIdea(
            "the surprises added up without their weights",
            lambda p: -np.sum(np.log(p)),
            "A rare outcome surprises much but seldom, and so it would count more than all the common ones together.",
            "how often does each surprise come?",
        ),
        WrongIdea(
            "the exponential of the entropy",
            lambda p: np.exp(_nats(p)),
            "That is a perplexity, a number of outcomes; entropies of independent draws add up, perplexities do not.",
            "the answer is wanted in nats.",
        ),
    ],
)

kl = make_check(
    "kl",
    kl_divergence,
    _pairs,
    [
        WrongIdea(
            "KL(q‖p): the arguments are swapped",
            lambda p, q: _kl(q, p),
            "It averages over what q would draw, and so hardly notices what q leaves out.",
            "with which of the two do you weight the terms?",
        ),
        _bits(_kl),
        _zeros(lambda p, q: np.sum(p * np.log(p / q))),
        WrongIdea(
            "−KL(p‖q): the ratio is upside down",
            lambda p, q: -_kl(p, q),
            "A wrong belief can only cost surprise, so a divergence is never below 0.",
            "which of the two logarithms is subtracted?",
        ),
        WrongIdea(
            "the cross-entropy of p and q",
            lambda p, q: _nats(p) + _kl(p, q),
            "It is the whole surprise of believing in q, with the part that nobody can avoid, and so not 0 for q = p.",
            "what would the surprise be, if you believed in p?",
        ),
        WrongIdea(
            "log-ratios added up without their weights",
            lambda p, q: np.sum(np.log(p) - np.log(q)),
            "What hardly ever happens would count as much as what happens all the time.",
            "how often does each log-ratio come?",
        ),
        WrongIdea(
            "a mean over the n outcomes instead of a sum",
            lambda p, q: _kl(p, q) / len(p),
            "The weights p add up to 1, so their sum already is a mean; this one shrinks as outcomes are added.",
            "what do you do with the n terms?",
        ),
        WrongIdea(
            "KL(p‖q) + KL(q‖p), which is Jeffreys' divergence",
            lambda p, q: _kl(p, q) + _kl(q, p),
            "It hides which way the two differ, and that is what the two directions are there to tell apart.",
            "one sum, weighted by one of the two.",
        ),
        *(
            WrongIdea(
                f"a q kept above 0 by a small constant, {tiny:g}",
                lambda p, q, tiny=tiny: np.sum(p * np.log((p + tiny) / (q + tiny))),
                "A model that rules out what happens is infinitely wrong, and here the constant hides that.",
                "let the logarithm of q be minus infinity where q is 0 and p is not.",
            )
            for tiny in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)
        ),
    ],
)

perplexity = make_check(
    "perplexity",
    _mean_perplexity,
    _log_probabilities,
    [
        WrongIdea(
            "the exponential of a sum instead of a mean",
            lambda log_p: np.exp(-np.sum(log_p, dtype=float)),
            "It grows with every token, so a long text would be harder than a short one for the same model.",
            "perplexity is counted per token.",
        ),
        WrongIdea(
            "the exponential without the minus sign",
            lambda log_p: np.exp(np.mean(log_p, dtype=float)),
            "That is the typical probability of a token, at most 1; perplexity is one over it, a number of choices.",
            "surprise is the logarithm with its sign turned.",
        ),
        WrongIdea(
            "2 to a power in nats",
            lambda log_p: 2 ** -np.mean(log_p, dtype=float),
            "Logarithm and power must have the same base, or the number of choices comes out too small.",
            "these log-probabilities have base e.",
        ),
        WrongIdea(
            "the mean surprise itself, in nats per token",
            lambda log_p: -np.mean(log_p, dtype=float),
            "It holds the same news on another scale; perplexity says it as a number of equally likely choices.",
            "one step is left.",
        ),
        WrongIdea(
            "one over the mean probability",
            lambda log_p: 1 / np.mean(np.exp(log_p), dtype=float),
            "Then a token that the model held for impossible hardly matters, though it makes the text impossible.",
            "take the mean of the logarithms.",
        ),
        WrongIdea(
            "the mean of the perplexities of the single tokens",
            lambda log_p: np.mean(np.exp(-log_p), dtype=float),
            "One very unlikely token would outweigh all the others together.",
            "what comes first, the mean or the exponential?",
        ),
        WrongIdea(
            "a root of the product of all probabilities",
            lambda log_p: np.prod(np.exp(log_p)) ** (-1 / len(log_p)),
            "It is right on paper, but the product of 2,000 probabilities is below the smallest float and becomes 0.",
            "stay with logarithms until the very last step.",
        ),
    ],
)

jensen_shannon = make_check(
    "jensen_shannon",
    jensen_shannon_divergence,
    _batches_of_pairs,
    [
        WrongIdea(
            "its square root, the Jensen–Shannon distance",
            lambda p, q: np.sqrt(_js(p, q)),
            "The distance obeys the triangle inequality but is not in nats; SciPy's `jensenshannon` returns it too.",
            "the divergence is wanted.",
        ),
        _bits(_js),
        WrongIdea(
            "KL(p‖m) + KL(q‖m) without the halves",
            lambda p, q: 2 * _js(p, q),
            "Each of the two is drawn from half of the time, and only then is log 2 the most that it can be.",
            "it is a mean of two divergences.",
        ),
        WrongIdea(
            "a mixture p + q that is not halved",
            lambda p, q: _js(p, q) - LOG_2,
            "The mixture must be a distribution: p + q adds up to 2, and the result falls below 0.",
            "what does your m add up to?",
        ),
        WrongIdea(
            "the mean of KL(p‖q) and KL(q‖p), with no mixture",
            lambda p, q: (_kl(p, q) + _kl(q, p)) / 2,
            "It is infinite as soon as one rules out what the other allows; the mixture is there to prevent that.",
            "both are compared with m, not with each other.",
        ),
        WrongIdea(
            "KL(m‖p) and KL(m‖q): the arguments are swapped",
            lambda p, q: (_kl((p + q) / 2, p) + _kl((p + q) / 2, q)) / 2,
            "The mixture allows more than each of the two, so this is infinite where one of them is 0.",
            "which comes first, the mixture or what it is made of?",
        ),
        WrongIdea(
            "KL(p‖m) alone",
            lambda p, q: _kl(p, (p + q) / 2),
            "Then p and q may not change places, and the divergence is meant to treat both alike.",
            "q has something to say too.",
        ),
        _zeros(lambda p, q: np.sum(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)), axis=-1) / 2),
        WrongIdea(
            "one number for the whole batch",
            lambda p, q: np.sum(_js(p, q)),
            "Each row holds a distribution of its own, and their divergences may not be added up.",
            "over which axis do you sum?",
        ),
        WrongIdea(
            "a sum over the first axis",
            lambda p, q: np.sum(_js_terms(p, q), axis=0),
            "It mixes different distributions; the outcomes of one of them lie along the last axis.",
            "over which axis do the probabilities add up to 1?",
        ),
    ],
)

sample = make_check(
    "sample",
    _inverse_cdf,
    _distributions_and_uniforms,
    [
        WrongIdea(
            "the first k whose cumulative sum is u or more",
            lambda p, u: np.searchsorted(np.cumsum(p), u, side="left"),
            "A uniform number may be exactly 0, as JAX's can, and then this draws the first outcome, be it impossible.",
            "is it ≥ or >? `searchsorted` has an argument for it.",
        ),
        WrongIdea(
            "the most likely outcome, whatever u is",
            lambda p, u: np.full(len(u), np.argmax(p)),
            "A model that always says the same does not draw from its distribution.",
            "the answer has to depend on u.",
        ),
        WrongIdea(
            "the first k with p[k] > u: probabilities that are not added up",
            lambda p, u: np.argmax(p > u[:, None], axis=1),
            "The outcomes should share out the interval from 0 to 1 between them, one after the other.",
            "where does the share of outcome k begin, and where does it end?",
        ),
        WrongIdea(
            "a count that starts at 1",
            lambda p, u: _inverse_cdf(p, u) + 1,
            "The first outcome is p[0], and counted so it would never be drawn.",
            "what should come out for u = 0, if p[0] is above 0?",
        ),
        WrongIdea(
            "the step before the right one",
            lambda p, u: _inverse_cdf(p, u) - 1,
            "It gives −1, which Python takes for the last outcome, whenever the first one is due.",
            "what should come out for u = 0, if p[0] is above 0?",
        ),
        WrongIdea(
            "u spread evenly over the outcomes",
            lambda p, u: np.floor(u * len(p)).astype(int),
            "It draws every outcome equally often, whatever p says.",
            "where does p enter?",
        ),
    ],
)

estimate = make_check(
    "estimate",
    _add_alpha,
    _counts,
    [
        WrongIdea(
            "plain shares: α is not used",
            lambda counts, alpha: normalised(counts),
            "What was not seen gets probability 0, and the first text that has it has an infinite surprise.",
            "what should an outcome with count 0 get?",
        ),
        WrongIdea(
            "α added to the counts but not to their total",
            lambda counts, alpha: (counts + alpha) / counts.sum(-1, keepdims=True),
            "The probabilities then add up to more than 1.",
            "how large is the total, once α is in every count?",
        ),
        WrongIdea(
            "α added to the total once",
            lambda counts, alpha: (counts + alpha) / (counts.sum(-1, keepdims=True) + alpha),
            "The probabilities then add up to more than 1.",
            "to how many counts did you add α?",
        ),
        WrongIdea(
            "1 added whatever α is",
            lambda counts, alpha: normalised(counts + 1),
            "α says how much the data has to bring before it is believed, and a 1 fixes that for every data set.",
            "where does α enter?",
        ),
        WrongIdea(
            "α given only to what has count 0",
            lambda counts, alpha: normalised(np.where(counts == 0, alpha, counts)),
            "With a large α, what was never seen would be more likely than what was seen once.",
            "every count gets the same.",
        ),
        WrongIdea(
            "a division by the total of the whole table",
            lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(),
            "Each row is a distribution of its own: it says what comes next, given what came before.",
            "over which axis should the result add up to 1?",
        ),
        WrongIdea(
            "columns that add up to 1 instead of rows",
            lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(axis=0, keepdims=counts.ndim > 1),
            "A row says what comes next; a column says what came before, which is another model.",
            "over which axis should the result add up to 1?",
        ),
        WrongIdea(
            "totals that lost their axis, so that column k is divided by the total of row k",
            lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(axis=-1),
            "Broadcasting lines up axes from the last one, and on a square table it raises no error but is wrong.",
            "look at the shape of the totals; `keepdims` is there for this.",
        ),
    ],
)

nats_per_character = make_check(
    "nats_per_character",
    _per_character,
    _names,
    [
        WrongIdea(
            "names without an end",
            lambda names, log_p: _per_character(names, log_p, end=False),
            "That a name stops is predicted too, and a model that never stops is not a model of names.",
            "which token comes after the last letter?",
        ),
        WrongIdea(
            "names without a start",
            lambda names, log_p: _per_character(names, log_p, start=False),
            "The first letter is predicted too, from the start token, and it is one of the hardest.",
            "which token comes before the first letter?",
        ),
        WrongIdea(
            "pairs inside the names only, without start and end",
            lambda names, log_p: _per_character(names, log_p, start=False, end=False),
            "First letter and end are predictions of the model as well, and leaving them out flatters it.",
            "a name of n letters makes n + 1 predictions.",
        ),
        WrongIdea(
            "a division by the letters, without the ends",
            lambda names, log_p: _total(names, log_p) / sum(map(len, names)),
            "A name of n letters makes n + 1 predictions, and a mean divides by as many terms as were added up.",
            "how many terms does your sum have?",
        ),
        WrongIdea(
            "a mean of the names' own means",
            lambda names, log_p: np.mean([np.mean(_surprises(name, log_p)) for name in names]),
            "A letter of a short name would then count more than one of a long name.",
            "add up everything first, and divide once.",
        ),
        WrongIdea(
            "log_p read by columns, log_p[next, previous]",
            lambda names, log_p: _per_character(names, log_p.T),
            "The rows are distributions over what comes next; read the other way nothing adds up to 1.",
            "which of the two letters chooses the row?",
        ),
        WrongIdea(
            "nats per name",
            lambda names, log_p: _total(names, log_p) / len(names),
            "Long names cost more than short ones, so data sets could not be compared.",
            "divide by the number of predictions.",
        ),
        WrongIdea(
            "the whole sum, not divided",
            lambda names, log_p: _total(names, log_p),
            "It grows with the number of names, and says nothing until it is divided by it.",
            "nats for each character are wanted.",
        ),
        WrongIdea(
            "the mean log-probability, without the minus sign",
            lambda names, log_p: -_per_character(names, log_p),
            "A surprise is not below 0, and less of it is better.",
            "surprise is the logarithm with its sign turned.",
        ),
        _bits(_per_character),
    ],
)

temperature = make_check(
    "temperature",
    _reweight,
    _distributions_and_temperatures,
    [
        WrongIdea(
            "p to the power of T instead of 1/T",
            lambda p, T: _reweight(p, 1 / T),
            "It runs the wrong way: heat should spread the probability out, and cold gather it at the top.",
            "what should happen for a T close to 0?",
        ),
        WrongIdea(
            "powers that are not divided by their sum",
            lambda p, T: p ** (1 / T),
            "They do not add up to 1, so nothing can be drawn from them.",
            "what is Z in the formula?",
        ),
        WrongIdea(
            "a softmax of p / T: probabilities taken for logarithms",
            lambda p, T: softmax(p / T),
            "Softmax takes log-probabilities; what was impossible, at p = 0, becomes possible here.",
            "exp undoes a log: which log?",
        ),
        WrongIdea(
            "p / T",
            lambda p, T: p / T,
            "It does not add up to 1, and the ratio of two outcomes has not changed.",
            "T divides the logarithm of p.",
        ),
        WrongIdea(
            "p unchanged: T cancels",
            lambda p, T: p,
            "Every p divided by the same T and by the new sum is the old p.",
            "T has to act on the logarithm of p.",
        ),
        WrongIdea(
            "log-probabilities",
            lambda p, T: np.log(_reweight(p, T)),
            "The answer should be a distribution that adds up to 1.",
            "one step is left.",
        ),
    ],
)
