"""One hundred and fifty small programs, by family: what figures are made of, and ten that cannot run in the page.

Each family is a table: name -> (function, *inputs). The inputs are drawn once, from seed 1.
"""

import flax.nnx as nnx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

generator = np.random.default_rng(1)


def normal(*shape):
    return generator.standard_normal(shape).astype(np.float32)


def positive(*shape):
    """Uniform in [0.3, 1.3)."""
    return (generator.random(shape) + 0.3).astype(np.float32)


def integers(*values):
    return np.array(values, np.int32)


def scalar(value):
    return np.float32(value) if isinstance(value, float) else np.int32(value)


MATRIX = normal(5, 5)
DEFINITE = (MATRIX @ MATRIX.T + 5 * np.eye(5)).astype(np.float32)  # symmetric, positive definite
KEY = np.array([0, 42], np.uint32)
key = jax.random.wrap_key_data

ON_ANY_FLOAT = [
    "sin", "cos", "tan", "tanh", "exp", "expm1", "abs", "sign", "floor", "ceil", "round", "erf", "erfc", "logistic",
    "square", "cbrt", "atan", "sinh", "cosh", "asinh", "is_finite", "exp2",
]  # fmt: skip
ON_SMALL_POSITIVE = ["log1p", "sqrt", "rsqrt", "lgamma", "digamma", "asin", "erf_inv", "log"]  # in [0.18, 0.78)

ELEMENTWISE = {
    **{f"lax.{name}": (getattr(lax, name), normal(4, 3)) for name in ON_ANY_FLOAT},
    **{f"lax.{name}": (getattr(lax, name), positive(4, 3) * np.float32(0.6)) for name in ON_SMALL_POSITIVE},
    "atan2": (jnp.arctan2, normal(4), normal(4)),
    "power": (lambda x, y: x**y, positive(4), normal(4)),
    "integer power": (lambda x: (x**-2, x**3), positive(4)),
    "float division": (lambda x, y: (x % y, jnp.remainder(x, y), x // y, jnp.fmod(x, y)), normal(6), positive(6)),
    "integer division": (
        lambda x, y: (x // y, x % y, lax.div(x, y), lax.rem(x, y)),
        integers(7, -7, 9),
        integers(3, 3, -4),
    ),
    "maximum, clip, where": (
        lambda x, y: (jnp.maximum(x, y), jnp.clip(x, -0.5, 0.5), jnp.where(x > y, x, y)),
        normal(6),
        normal(6),
    ),
    "logic": (lambda x, y: (((x > 0) & (y > 0)) | ~(x < y), (x > 0) ^ (y > 0)), normal(6), normal(6)),
    "bits of int32": (
        lambda x, y: (x & y, x | y, x ^ y, ~x, x << 2, x >> 1),
        integers(7, -7, 9),
        integers(3, 3, 4),
    ),
    "NaN": (lambda x: (jnp.nan_to_num(jnp.log(x)), jnp.isnan(jnp.log(x))), normal(5)),
    "conversions": (lambda x: (x.astype(jnp.int32), (x > 0).astype(jnp.float32)), normal(5) * 3),
}

REDUCTIONS = {
    "sum, mean, var, prod, any, all": (
        lambda x: (x.sum(0), x.mean(), x.var(1), x.prod(0), (x > 0).any(1), (x > 0).all(0)),
        normal(4, 3),
    ),
    "argmax, argmin": (lambda x: (x.argmax(-1), x.argmin(0), jnp.argmax(x)), normal(4, 5)),
    "cumsum, cumprod, cummax": (lambda x: (jnp.cumsum(x, 0), jnp.cumprod(x, 1), lax.cummax(x, 0)), normal(4, 3)),
    "cumsum reversed": (lambda x: lax.cumsum(x, 0, reverse=True), normal(4, 3)),
    "cumlogsumexp": (lambda x: lax.cumlogsumexp(x, 0), normal(4, 3)),
    "sort, argsort": (lambda x: (jnp.sort(x, -1), jnp.argsort(x, -1)), normal(4, 6)),
    "top_k": (lambda x: lax.top_k(x, 3), normal(4, 6)),
    "sort two arrays": (lambda x, y: lax.sort((x, y), num_keys=1), normal(8), normal(8)),
    "median, quantile": (lambda x: (jnp.median(x), jnp.quantile(x, 0.3)), normal(9)),
    "argsort as index": (lambda x: x[jnp.argsort(x)], normal(6)),
    "associative_scan": (lambda x: lax.associative_scan(jnp.add, x), normal(8, 2)),
    "normal cdf, logsumexp": (
        lambda x: (jax.scipy.stats.norm.logcdf(x), jax.scipy.stats.norm.cdf(x), jax.scipy.special.logsumexp(x)),
        normal(6),
    ),
}

INDEXING = {
    "x[i]": (lambda x, i: x[i], normal(6, 3), integers(4, 0, 2)),
    "take_along_axis": (lambda x, i: jnp.take_along_axis(x, i[:, None], 1), normal(4, 6), integers(1, 5, 0, 2)),
    "x[i], one i": (lambda x, i: x[i], normal(6, 3), scalar(2)),
    "x[[-1, 0]]": (lambda x: x[jnp.array([-1, 0])], normal(6, 3)),
    "x[i, j]": (lambda x, i, j: x[i, j], normal(6, 4), integers(1, 2), integers(3, 0)),
    "dynamic_slice": (lambda x, i: lax.dynamic_slice(x, (i, 0), (2, 3)), normal(6, 3), scalar(2)),
    "dynamic_update_slice": (
        lambda x, y, i: lax.dynamic_update_slice(x, y, (i, 0)),
        normal(6, 3),
        normal(2, 3),
        scalar(2),
    ),
    "at.set": (lambda x, i: x.at[i].set(9.0), normal(6), integers(1, 4)),
    "at.add": (lambda x, i: x.at[i].add(1.0), normal(6), integers(1, 4, 1)),
    "at.set of a row": (lambda x, i: x.at[i].set(0.0), normal(6, 3), scalar(2)),
    "segment_sum": (lambda x, i: jax.ops.segment_sum(x, i, 4), normal(6, 2), integers(0, 1, 1, 3, 3, 0)),
    "histogram": (lambda x: jnp.histogram(x, bins=8, range=(-3.0, 3.0))[0], normal(50)),
    "searchsorted": (jnp.searchsorted, np.sort(normal(10)), normal(4)),
    "interp": (lambda v: jnp.interp(v, jnp.arange(5.0), jnp.array([0.0, 1.0, 4.0, 9.0, 16.0])), positive(6) * 3),
    "one_hot": (lambda i: jax.nn.one_hot(i, 5), integers(1, 3)),
    "one_hot of one": (lambda i: jax.nn.one_hot(i, 5), scalar(3)),
}

SHAPES = {
    "pad, concatenate, stack, roll, flip, repeat, tile": (
        lambda x: (
            jnp.pad(x, 1),
            jnp.pad(x, 1, mode="edge"),
            jnp.concatenate([x, x]),
            jnp.stack([x, x], 1),
            jnp.roll(x, 1, 0),
            jnp.flip(x, 1),
            jnp.repeat(x, 2, 0),
            jnp.tile(x, (2, 1)),
        ),
        normal(3, 4),
    ),
    "pad with gaps and negative edges": (lambda x: lax.pad(x, 0.0, ((-1, 2, 0), (0, 0, 1))), normal(4, 3)),
    "roll by k": (lambda x, k: jnp.roll(x, k), normal(6), scalar(2)),
    "strides": (lambda x: (x[::2, 1:], x[::-1]), normal(6, 3)),
    "meshgrid, eye, tril": (
        lambda a: (
            jnp.stack(jnp.meshgrid(jnp.linspace(0, a, 5), jnp.arange(3.0))),
            jnp.eye(3) * a,
            jnp.tril(jnp.ones((3, 3))) * a,
        ),
        scalar(2.0),
    ),
    "constant output": (lambda x: (jnp.ones(3), x), normal(2)),
    "an input as two outputs": (lambda x: (x, x, x + 1), normal(2)),
    "an input that is not used": (lambda x, y: x + 1, normal(2), normal(2)),
    "no elements": (lambda x: jnp.concatenate([x, jnp.zeros((0, 2))]), normal(2, 2)),
    "density on a grid": (
        lambda x: jnp.exp(
            -((jnp.stack(jnp.meshgrid(jnp.linspace(-3, 3, 64), jnp.linspace(-3, 3, 64)), -1)[:, :, None] - x) ** 2).sum(
                -1
            )
            / 0.1
        ).mean(-1),
        normal(32, 2),
    ),
}

PRODUCTS = {
    "einsum": (
        lambda a, b: (jnp.einsum("ij,kj->ik", a, b), jnp.einsum("ij,kj->jik", a, b), jnp.einsum("ii->i", a @ a.T)),
        normal(4, 3),
        normal(5, 3),
    ),
    "vectors": (lambda a, b: (a @ b, jnp.outer(a, b)), normal(4), normal(4)),
    "vmap of a matrix": (lambda w, x: jax.vmap(lambda v: w @ v)(x), normal(4, 3), normal(6, 3)),
    "batched": (lambda a, b: jnp.einsum("bij,bkj->bik", a, b), normal(2, 4, 3), normal(2, 5, 3)),
    "cholesky": (jnp.linalg.cholesky, DEFINITE),
    "inverse of 2x2": (
        lambda a: jnp.array([[a[1, 1], -a[0, 1]], [-a[1, 0], a[0, 0]]]) / (a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]),
        DEFINITE[:2, :2],
    ),
}


@jax.custom_vjp
def straight_through_sign(x):
    return jnp.sign(x)


straight_through_sign.defvjp(lambda x: (jnp.sign(x), None), lambda _, cotangent: (cotangent,))


def mixture_log_density(v):
    return jnp.log(jnp.exp(-jnp.sum((v - 1) ** 2)) + jnp.exp(-jnp.sum((v + 1) ** 2)))


def all_activations(x):
    return (jax.nn.relu(x) + jax.nn.gelu(x) + jax.nn.silu(x) + jax.nn.leaky_relu(x) + jax.nn.softplus(x)).sum()


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


DERIVATIVES = {
    "grad of a layer": (
        lambda w, x: jax.grad(lambda w: jnp.sum(jnp.tanh(x @ w) ** 2))(w),
        normal(3, 4),
        normal(6, 3),
    ),
    "jacfwd": (jax.jacfwd(lambda x: jnp.sin(x) * x.sum()), normal(4)),
    "hessian": (jax.hessian(lambda x: jnp.sum(jnp.sin(x) * x**2)), normal(4)),
    "vmap of a score": (jax.vmap(jax.grad(mixture_log_density)), normal(6, 2)),
    "jvp": (lambda x, t: jax.jvp(lambda x: jnp.sin(x) * x, (x,), (t,)), normal(4), normal(4)),
    "grad of a cross-entropy": (jax.grad(cross_entropy), normal(4, 6), integers(1, 5, 0, 2)),
    "grad of a layer norm": (jax.grad(lambda x: (jax.nn.standardize(x) ** 3).sum()), normal(4, 6)),
    "grad of activations": (jax.grad(all_activations), normal(6)),
    "grad of an embedding": (
        lambda w, i: jax.grad(lambda w: (w[i] ** 2).sum())(w),
        normal(6, 3),
        integers(1, 4, 1),
    ),
    "grad of max": (jax.grad(lambda x: x.max(1).sum()), normal(4, 5)),
    "grad of sort": (jax.grad(lambda x: (jnp.sort(x) * jnp.arange(6.0)).sum()), normal(6)),
    "grad of cumsum": (jax.grad(lambda x: (jnp.cumsum(x) ** 2).sum()), normal(6)),
    "grad through scan": (
        jax.grad(lambda x: lax.scan(lambda c, _: (jnp.sin(c) * 1.1, c), x, None, length=5)[0].sum()),
        normal(4),
    ),
    "custom_vjp": (jax.grad(lambda x: straight_through_sign(x).sum()), normal(4)),
    "checkpoint": (jax.grad(lambda x: jax.checkpoint(lambda y: jnp.sin(jnp.sin(y)))(x).sum()), normal(4)),
    "stop_gradient": (jax.grad(lambda x: (lax.stop_gradient(x) * x).sum()), normal(4)),
}


def convolve(x, w, strides=(1, 1), **options):
    return lax.conv_general_dilated(x, w, strides, "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"), **options)


def convolve_transposed(x, w):
    return lax.conv_transpose(x, w, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


IMAGES = {
    "conv": (convolve, normal(2, 8, 8, 3), normal(3, 3, 3, 4)),
    "grads of conv": (
        jax.grad(lambda x, w: (convolve(x, w, (2, 2)) ** 2).sum(), (0, 1)),
        normal(2, 8, 8, 3),
        normal(3, 3, 3, 4),
    ),
    "causal dilated conv": (
        lambda x, w: lax.conv_general_dilated(
            x, w, (1,), [(4, 0)], rhs_dilation=(2,), dimension_numbers=("NWC", "WIO", "NWC")
        ),
        normal(2, 12, 3),
        normal(3, 3, 4),
    ),
    "depthwise conv": (
        lambda x, w: convolve(x, w, feature_group_count=3),
        normal(2, 8, 8, 3),
        normal(3, 3, 1, 3),
    ),
    "grads of transposed conv": (
        jax.grad(lambda x, w: (convolve_transposed(x, w) ** 2).sum(), (0, 1)),
        normal(2, 4, 4, 3),
        normal(4, 4, 3, 4),
    ),
    "max_pool, avg_pool": (
        lambda x: (nnx.max_pool(x, (2, 2), (2, 2)), nnx.avg_pool(x, (2, 2), (2, 2))),
        normal(2, 8, 8, 3),
    ),
    "grad of max_pool": (jax.grad(lambda x: (nnx.max_pool(x, (2, 2), (2, 2)) ** 2).sum()), normal(2, 8, 8, 3)),
    "grad of avg_pool": (jax.grad(lambda x: (nnx.avg_pool(x, (2, 2), (2, 2)) ** 2).sum()), normal(2, 8, 8, 3)),
    "resize bilinear": (lambda x: jax.image.resize(x, (1, 16, 16, 3), "bilinear"), normal(1, 8, 8, 3)),
    "resize nearest": (lambda x: jax.image.resize(x, (1, 16, 16, 3), "nearest"), normal(1, 8, 8, 3)),
}


def add_one(x):
    return x + 1


def double(x):
    return x * 2


def running_pair(carry, x):
    return carry + x, carry * x


CONTROL_FLOW = {
    "fori_loop": (lambda x: lax.fori_loop(0, 5, lambda i, x: x * 0.9 + i, x), normal(4)),
    "fori_loop to n": (
        lambda x, n: lax.fori_loop(0, n, lambda i, x: x * 0.9 + i.astype(jnp.float32), x),
        normal(4),
        scalar(5),
    ),
    "while_loop": (lambda x: lax.while_loop(lambda x: jnp.sum(x) < 100, lambda x: x * 1.5, x), positive(4)),
    "scan": (lambda x: lax.scan(running_pair, jnp.zeros(3), x), normal(6, 3)),
    "scan reversed": (lambda x: lax.scan(running_pair, jnp.zeros(3), x, reverse=True), normal(6, 3)),
    "scan of numbers": (lambda x: lax.scan(running_pair, 0.0, x), normal(6)),
    "scan with an int carry": (
        lambda x: lax.scan(lambda c, a: ((c[0] + 1, c[1] + a), c[1]), (0, 0.0), x),
        normal(6),
    ),
    "scan in scan": (
        lambda x: lax.scan(lambda c, a: (lax.scan(lambda d, _: (d * 0.9 + a, None), c, None, length=3)[0], c), 0.0, x),
        normal(6),
    ),
    "vmap of scan": (
        jax.vmap(lambda row: lax.scan(lambda c, a: (c * 0.5 + a, c), 0.0, row)[1]),
        normal(3, 6),
    ),
    "vmap of while": (jax.vmap(lambda r: lax.while_loop(lambda s: s < 10, lambda s: s * 1.7, r)), positive(5)),
    "cond": (lambda x, b: lax.cond(b > 0, add_one, double, x), normal(4), scalar(1.0)),
    "switch": (lambda x, i: lax.switch(i, [add_one, double, jnp.negative], x), normal(4), scalar(2)),
    "map": (lambda x: lax.map(lambda row: row @ row, x), normal(5, 3)),
    "switch in a loop": (
        lambda x: lax.fori_loop(0, 6, lambda i, x: lax.switch(i % 3, [add_one, double, jnp.negative], x), x),
        normal(4),
    ),
}


def draw_in_scan(key_data):
    def step(key, _):
        key, subkey = jax.random.split(key)
        return key, jax.random.normal(subkey, (3,))

    return lax.scan(step, key(key_data), None, length=4)[1]


RANDOM = {
    "normal": (lambda k: jax.random.normal(key(k), (64,)), KEY),
    "uniform": (lambda k: jax.random.uniform(key(k), (64,)), KEY),
    "randint": (lambda k: jax.random.randint(key(k), (64,), 0, 10), KEY),
    "bernoulli": (lambda k: jax.random.bernoulli(key(k), 0.3, (64,)), KEY),
    "categorical": (lambda k, logits: jax.random.categorical(key(k), logits), KEY, normal(8, 5)),
    "permutation": (lambda k: jax.random.permutation(key(k), 16), KEY),
    "choice": (lambda k: jax.random.choice(key(k), 10, (6,)), KEY),
    "split in scan": (draw_in_scan, KEY),
    "vmap over keys": (
        lambda k: jax.vmap(lambda k: jax.random.normal(k, (3,)))(jax.random.split(key(k), 4)),
        KEY,
    ),
    "fold_in": (lambda k, i: jax.random.normal(jax.random.fold_in(key(k), i), (3,)), KEY, scalar(5)),
    "dropout": (lambda k, x: jnp.where(jax.random.bernoulli(key(k), 0.8, x.shape), x / 0.8, 0), KEY, normal(16)),
}

attention = nnx.MultiHeadAttention(4, 16, decode=False, rngs=nnx.Rngs(0))
batch_norm = nnx.BatchNorm(6, use_running_average=True, rngs=nnx.Rngs(0))
group_norm = nnx.GroupNorm(8, 4, rngs=nnx.Rngs(0))
recurrent = nnx.GRUCell(6, 8, rngs=nnx.Rngs(0))
optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(optax.cosine_decay_schedule(1e-3, 100)))

MODELS = {
    "optax adamw, clipped, scheduled": (
        lambda w, g: jax.tree.leaves(optimizer.update(g, optimizer.init(w), w))[0],
        normal(4),
        normal(4),
    ),
    "MultiHeadAttention": (lambda x: attention(x), normal(1, 6, 16)),
    "BatchNorm": (lambda x: batch_norm(x), normal(4, 6)),
    "GRUCell": (lambda x, h: recurrent(h, x)[0], normal(2, 6), normal(2, 8)),
    "GroupNorm": (lambda x: group_norm(x), normal(2, 4, 4, 8)),
    "dot_product_attention": (lambda q: jax.nn.dot_product_attention(q, q, q, is_causal=True), normal(1, 6, 2, 8)),
}

FAMILIES = {
    "elementwise": ELEMENTWISE,
    "reductions": REDUCTIONS,
    "indexing": INDEXING,
    "shapes": SHAPES,
    "products": PRODUCTS,
    "derivatives": DERIVATIVES,
    "images": IMAGES,
    "control flow": CONTROL_FLOW,
    "random": RANDOM,
    "models": MODELS,
}

# name -> (the primitive or the dtype that the message names, function, *inputs)
REFUSED = {
    "bessel_i0e": ("bessel_i0e", lax.bessel_i0e, normal(4, 3)),
    "solve": ("lu", jnp.linalg.solve, DEFINITE, normal(5)),
    "inv, det": ("lu", lambda a: (jnp.linalg.inv(a), jnp.linalg.det(a)), DEFINITE),
    "eigh": ("eigh", lambda a: jnp.linalg.eigh(a)[0], DEFINITE),
    "svd": ("svd", lambda a: jnp.linalg.svd(a, compute_uv=False), MATRIX),
    "rfft": ("fft", lambda x: jnp.abs(jnp.fft.rfft(x)), normal(16)),
    "complex": ("complex64", lambda x: jnp.abs(x + 1j * x), normal(4)),
    "multivariate normal": (
        "triangular_solve",
        lambda x: jax.scipy.stats.multivariate_normal.logpdf(x, jnp.zeros(2), jnp.array([[1.0, 0.3], [0.3, 1.0]])),
        normal(7, 2),
    ),
    "gamma": ("random_gamma", lambda k: jax.random.gamma(key(k), 2.0, (8,)), KEY),
    "bfloat16": ("bfloat16", lambda x: x.astype(jnp.bfloat16).astype(jnp.float32), normal(5) * 3),
}
