"""Answers to the exercises of chapter 3, part a: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
import scipy.stats


def loops_perplexity(p, real):
    total, count = 0.0, 0
    for row, one in zip(p.tolist(), real.tolist(), strict=True):
        for x, there in zip(row, one, strict=True):
            if there:
                total -= math.log(x)
                count += 1
    return math.exp(total / count)


def loops_bits(p, characters):
    bits = 0
    for x, length in zip(np.ravel(p).tolist(), np.ravel(characters).tolist(), strict=True):
        if length:
            bits -= math.log2(x)
    return bits / np.sum(characters)


def counting_pair(ids):
    count = defaultdict(int)
    for i in range(len(ids) - 1):
        count[ids[i], ids[i + 1]] += 1
    return max(count, key=count.get)


def table_pair(ids):
    ids = jnp.array(ids)
    kinds = int(ids.max()) + 1
    counts = jnp.zeros((kinds, kinds), int).at[ids[:-1], ids[1:]].add(1)
    return jnp.stack(jnp.unravel_index(counts.argmax(), counts.shape))


def unique_pair(ids):
    pairs, counts = np.unique(np.stack([ids[:-1], ids[1:]], 1), axis=0, return_counts=True)
    return pairs[counts.argmax()]


def mode_pair(ids):
    a, b = np.array(ids[:-1]), np.array(ids[1:])
    return divmod(int(scipy.stats.mode(1000 * a + b).mode), 1000)


def looking_ahead(ids, pair, new):
    merged, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


def looking_back(ids, pair, new):
    """A pair is complete with its second token."""
    merged, free = [], False
    for token in ids:
        if free and merged[-1] == pair[0] and token == pair[1]:
            merged[-1] = new
            free = False
        else:
            merged.append(token)
            free = True
    return merged


def in_place_merge(ids, pair, new):
    i = 0
    while i < len(ids) - 1:
        if ids[i] == pair[0] and ids[i + 1] == pair[1]:
            ids[i : i + 2] = [new]
        i += 1
    return ids


def replacing_characters(ids, pair, new):
    return [ord(c) for c in "".join(map(chr, ids)).replace(chr(pair[0]) + chr(pair[1]), chr(new))]


def array_merge(ids, pair, new):
    ids = np.array(ids)
    starts = np.append((ids[:-1] == pair[0]) & (ids[1:] == pair[1]), False)
    for i in range(1, len(ids)):
        starts[i] &= not starts[i - 1]
    return np.where(starts, new, ids)[~np.append(False, starts[:-1])]


def scan_merge(ids, pair, new):
    """The same in JAX, which needs fixed shapes until the end."""
    ids = jnp.array(ids)
    found = jnp.append((ids[:-1] == pair[0]) & (ids[1:] == pair[1]), False)
    _, starts = jax.lax.scan(lambda before, here: (here & ~before,) * 2, False, found)
    return jnp.where(starts, new, ids)[~jnp.roll(starts, 1)]


def threshold_top_k(logits, T, k):
    kth = jnp.sort(logits)[-k]
    return jax.nn.softmax(jnp.where(logits >= kth, logits / T, -jnp.inf))


def scattered_top_k(logits, T, k):
    values, places = jax.lax.top_k(logits, k)
    return jnp.zeros(len(logits)).at[places].set(jax.nn.softmax(values / T))


def cut_top_k(logits, T, k):
    p = scipy.special.softmax(np.asarray(logits, float) / T)
    p[np.argsort(p)[:-k]] = 0
    return p / p.sum()


def loops_top_k(logits, T, k):
    logits = [float(x) for x in logits]
    best = sorted(range(len(logits)), key=lambda i: -logits[i])[:k]
    weights = [math.exp((x - max(logits)) / T) if i in best else 0.0 for i, x in enumerate(logits)]
    return [w / sum(weights) for w in weights]


def loops_top_p(p, threshold):
    kept, total = [0.0] * len(p), 0.0
    for i in sorted(range(len(p)), key=lambda i: -float(p[i])):
        if total >= threshold:
            break
        kept[i] = float(p[i])
        total += kept[i]
    return [x / total for x in kept]


def scattered_top_p(p, threshold):
    order = jnp.argsort(-p)
    ranked = p[order]
    kept = jnp.where(jnp.cumsum(ranked) - ranked < threshold, ranked, 0)
    return jnp.zeros_like(p).at[order].set(kept / kept.sum())


def inverse_top_p(p, threshold):
    order = np.argsort(p)[::-1]
    count = np.searchsorted(np.cumsum(np.asarray(p)[order]), threshold) + 1
    kept = np.where(np.argsort(order) < count, p, 0)
    return kept / kept.sum()


def smallest_top_p(p, threshold):
    ranked = jnp.sort(p, descending=True)
    least = ranked[jnp.argmax(jnp.cumsum(ranked) >= threshold)]
    # of the equally probable, which of them are kept is open; the first ones here
    more = jnp.where(p > least, p, 0)
    equal = p == least
    needed = jnp.ceil((threshold - more.sum()) / least)
    kept = jnp.where(equal & (jnp.cumsum(equal) <= needed), p, more)
    return kept / kept.sum()


def shifted_top_p(p, threshold):
    """As in many libraries: what to remove, moved on by one so that the token that reaches it stays."""
    order = jnp.argsort(p, descending=True)
    remove = jnp.roll(jnp.cumsum(p[order]) >= threshold, 1).at[0].set(False)
    log_p = jnp.where(remove[jnp.argsort(order)], -jnp.inf, jnp.log(p))
    return jax.nn.softmax(log_p)


RIGHT = {
    "perplexity": {
        "where": lambda p, real: jnp.exp(-jnp.log(jnp.where(real, p, 1)).sum() / real.sum()),
        "mean with where": lambda p, real: jnp.exp(-jnp.mean(jnp.log(p), where=real)),
        "chosen": lambda p, real: np.exp(-np.log(p[real]).mean()),
        "bits": lambda p, real: 2 ** -jnp.log2(p[real]).mean(),
        "loops": loops_perplexity,
        "scipy": lambda p, real: 1 / scipy.stats.gmean(np.asarray(p, float)[np.asarray(real)]),
        "jax": jax.jit(lambda p, real: jnp.exp(-jnp.sum(jnp.log(p), where=real) / jnp.count_nonzero(real))),
    },
    "most_frequent_pair": {
        "counter": lambda ids: Counter(itertools.pairwise(ids)).most_common(1)[0][0],
        "dictionary": counting_pair,
        "jax": table_pair,
        "numpy": unique_pair,
        "scipy": mode_pair,
        "list": lambda ids: max(set(itertools.pairwise(ids)), key=list(itertools.pairwise(ids)).count),
    },
    "merge": {
        "looking ahead": looking_ahead,
        "looking back": looking_back,
        "in place": in_place_merge,
        "characters": replacing_characters,
        "numpy": array_merge,
        "jax": scan_merge,
    },
    "bits_per_character": {
        "where": lambda p, characters: -jnp.log2(jnp.where(characters > 0, p, 1)).sum() / characters.sum(),
        "chosen": lambda p, characters: np.log2(p[characters > 0]).sum() / -characters.sum(),
        "nats first": lambda p, characters: (
            -jnp.sum(jnp.log(p), where=characters > 0) / jnp.log(2) / jnp.sum(characters)
        ),
        "loops": loops_bits,
        "jax": jax.jit(lambda p, n: jnp.sum(jnp.where(n == 0, 0, -jnp.log(p))) / (jnp.log(2.0) * n.sum())),
    },
    "top_k": {
        "a threshold": threshold_top_k,
        "scattered": scattered_top_k,
        "cut": cut_top_k,
        "loops": loops_top_k,
        "jax": jax.jit(threshold_top_k, static_argnums=2),
        "argpartition": lambda logits, T, k: np.exp(
            np.where(np.isin(np.arange(len(logits)), np.argpartition(logits, -k)[-k:]), logits / T, -np.inf)
            - scipy.special.logsumexp(np.sort(logits)[-k:] / T)
        ),
    },
    "top_p": {
        "loops": loops_top_p,
        "scattered": scattered_top_p,
        "inverse order": inverse_top_p,
        "the smallest that is kept": smallest_top_p,
        "shifted": shifted_top_p,
        "jax": jax.jit(scattered_top_p),
    },
}


def _sorted_top_p(p, threshold):
    ranked = jnp.sort(p)[::-1]
    kept = jnp.where(jnp.cumsum(ranked) - ranked < threshold, ranked, 0)
    return kept / kept.sum()


def _unscattered_top_p(p, threshold):
    return _sorted_top_p(p, threshold)[jnp.argsort(-p)]


def _crossing_dropped(p, threshold):
    order = jnp.argsort(-p)
    kept = jnp.zeros_like(p).at[order].set(jnp.where(jnp.cumsum(p[order]) < threshold, p[order], 0))
    return kept / kept.sum()


def _from_the_tail(p, threshold):
    order = jnp.argsort(p)
    kept = jnp.zeros_like(p).at[order].set(jnp.where(jnp.cumsum(p[order]) - p[order] < threshold, p[order], 0))
    return kept / kept.sum()


def _no_skip(ids, pair, new):
    merged = []
    for i, token in enumerate(ids):
        merged.append(new if i + 1 < len(ids) and (token, ids[i + 1]) == pair else token)
    return merged


def _loses_the_last(ids, pair, new):
    merged, i = [], 0
    while i + 1 < len(ids):
        if (ids[i], ids[i + 1]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


def _from_the_right(ids, pair, new):
    i = len(ids) - 2
    while i >= 0:
        if (ids[i], ids[i + 1]) == pair:
            ids[i : i + 2] = [new]
            i -= 1
        i -= 1
    return ids


def _first_only(ids, pair, new):
    for i in range(len(ids) - 1):
        if (ids[i], ids[i + 1]) == pair:
            return [*ids[:i], new, *ids[i + 2 :]]
    return ids


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("perplexity", lambda p, real: jnp.exp(-jnp.log(p).mean()), "all places, the padded ones among them"),
    ("perplexity", lambda p, real: jnp.exp(-jnp.where(real, jnp.log(p), 0).mean()), "a division by all places"),
    (
        "perplexity",
        lambda p, real: np.exp(-(np.log(np.asarray(p)) * np.asarray(real, float)).sum() / real.sum()),
        "the mask times",
    ),
    ("perplexity", lambda p, real: jnp.exp(-jnp.log(p[real]).sum()), "of a sum instead of a mean"),
    ("perplexity", lambda p, real: jnp.exp(jnp.log(p[real]).mean()), "without the minus sign"),
    ("perplexity", lambda p, real: 2 ** -jnp.log(p[real]).mean(), "2 to a power in nats"),
    ("perplexity", lambda p, real: jnp.exp(-jnp.log2(p[real]).mean()), "e to a power in bits"),
    ("perplexity", lambda p, real: -jnp.log(p[real]).mean(), "the mean surprise itself"),
    ("perplexity", lambda p, real: 1 / p[real].mean(), "one over the mean probability"),
    ("perplexity", lambda p, real: jnp.mean(1 / p[real]), "the mean of one over"),
    (
        "perplexity",
        lambda p, real: jnp.exp(-jnp.log(jnp.where(real, p, 1)).sum(1) / real.sum(1)),
        "a perplexity for each text",
    ),
    (
        "perplexity",
        lambda p, real: jnp.exp(-jnp.log(jnp.where(real, p, 1)).sum(1) / real.sum(1)).mean(),
        "the mean of the perplexities",
    ),
    (
        "perplexity",
        lambda p, real: jnp.exp(jnp.mean(-jnp.log(jnp.where(real, p, 1)).sum(1) / real.sum(1))),
        "the texts' own means",
    ),
    (
        "perplexity",
        lambda p, real: jnp.exp(-jnp.log(jnp.where(real, p, 1)).sum() / len(p)),
        "the surprise of a whole text",
    ),
    ("perplexity", lambda p, real: jnp.prod(p[real]) ** (-1 / real.sum()), "a root of the product"),
    ("most_frequent_pair", lambda ids: max(Counter(itertools.pairwise(ids))), "the largest pair"),
    (
        "most_frequent_pair",
        lambda ids: Counter((ids[i], ids[i + 1]) for i in range(len(ids) - 2)).most_common(1)[0][0],
        "the last pair left out",
    ),
    (
        "most_frequent_pair",
        lambda ids: [int(i) for i in np.argsort(-np.bincount(ids), kind="stable")[:2]],
        "the two most frequent tokens",
    ),
    (
        "most_frequent_pair",
        lambda ids: Counter(tuple(ids[i : i + 2]) for i in range(0, len(ids) - 1, 2)).most_common(1)[0][0],
        "cut into twos",
    ),
    (
        "most_frequent_pair",
        lambda ids: Counter((b, a) for a, b in itertools.pairwise(ids)).most_common(1)[0][0],
        "turned round",
    ),
    ("most_frequent_pair", lambda ids: Counter(itertools.pairwise(ids)).most_common(1)[0][1], "how often the pair"),
    ("merge", _no_skip, "with the second of the pair kept"),
    ("merge", _loses_the_last, "a last token that is lost"),
    ("merge", _from_the_right, "from right to left"),
    ("merge", _first_only, "only the first pair"),
    ("merge", lambda ids, pair, new: [new if i in pair else i for i in ids], "each of the two tokens replaced"),
    (
        "merge",
        lambda ids, pair, new: list(
            map(int, " ".join(map(str, ids)).replace(" ".join(map(str, pair)), str(new)).split())
        ),
        "among the digits",
    ),
    ("bits_per_character", lambda p, n: -jnp.log(p[n > 0]).sum() / n.sum(), "an answer in nats"),
    ("bits_per_character", lambda p, n: -jnp.log(p[n > 0]).sum() * jnp.log(2) / n.sum(), "nats times log 2"),
    ("bits_per_character", lambda p, n: -jnp.log2(p[n > 0]).mean(), "bits per token"),
    ("bits_per_character", lambda p, n: -(jnp.log2(p[n > 0]) / n[n > 0]).mean(), "the mean of each token's"),
    ("bits_per_character", lambda p, n: -jnp.log2(p).sum() / n.sum(), "a sum over all places"),
    ("bits_per_character", lambda p, n: jnp.log2(p[n > 0]).sum() / n.sum(), "without its minus sign"),
    ("bits_per_character", lambda p, n: -jnp.sum(n[n > 0] * jnp.log2(p[n > 0])) / n.sum(), "times its length"),
    ("bits_per_character", lambda p, n: -jnp.log2(p[n > 0]).sum(), "all bits of the text"),
    (
        "bits_per_character",
        lambda p, n: -jnp.log2(jnp.where(n > 0, p, 1)).sum(1) / n.sum(1),
        "a number for each text",
    ),
    (
        "bits_per_character",
        lambda p, n: (-jnp.log2(jnp.where(n > 0, p, 1)).sum(1) / n.sum(1)).mean(),
        "the mean over texts",
    ),
    ("bits_per_character", lambda p, n: -jnp.log2(jnp.prod(p[n > 0])) / n.sum(), "the logarithm of a product"),
    ("top_k", lambda logits, T, k: scattered_top_k(logits, 1 / T, k), "logits times T"),
    ("top_k", lambda logits, T, k: jax.nn.softmax(logits / T), "k left out"),
    ("top_k", lambda logits, T, k: threshold_top_k(jax.nn.softmax(logits), T, k), "a softmax of probabilities"),
    (
        "top_k",
        lambda logits, T, k: jax.nn.softmax(jnp.where(logits >= jnp.sort(logits)[-k], logits, 0) / T),
        "set to 0 instead of −∞",
    ),
    (
        "top_k",
        lambda logits, T, k: jnp.where(logits >= jnp.sort(logits)[-k], jax.nn.softmax(logits / T), 0),
        "not made to add up to 1",
    ),
    (
        "top_k",
        lambda logits, T, k: jax.nn.softmax(jnp.where(logits <= jnp.sort(logits)[k - 1], logits / T, -jnp.inf)),
        "the k smallest",
    ),
    (
        "top_k",
        lambda logits, T, k: jax.nn.softmax(jnp.where(logits > jnp.sort(logits)[-k], logits / T, -jnp.inf)),
        "one token too few",
    ),
    ("top_k", lambda logits, T, k: jax.nn.softmax(jax.lax.top_k(logits, k)[0] / T), "of the k alone"),
    (
        "top_k",
        lambda logits, T, k: (lambda w: w / w.sum())(jnp.where(logits >= jnp.sort(logits)[-k], jnp.exp(logits / T), 0)),
        "exponentials of the logits as they stand",
    ),
    ("top_p", _crossing_dropped, "that reaches the threshold dropped"),
    ("top_p", _from_the_tail, "the least probable kept"),
    ("top_p", _sorted_top_p, "in the order of its probability"),
    ("top_p", _unscattered_top_p, "applied once more"),
    ("top_p", lambda p, t: jnp.where(p > t, p, 0) / jnp.where(p > t, p, 0).sum(), "each by itself"),
    (
        "top_p",
        lambda p, t: scattered_top_p(p, t) * jnp.sort(p)[::-1][: (scattered_top_p(p, t) > 0).sum()].sum(),
        "not made to",
    ),
    ("top_p", lambda p, t: scattered_top_p(p, 1e-9), "the most probable token alone"),
    (
        "top_p",
        lambda p, t: (lambda w: w / w.sum())(jnp.where(jnp.cumsum(p) - p < t, p, 0)),
        "in the order of the vocabulary",
    ),
]
