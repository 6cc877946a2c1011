"""Chapter 5, Generative adversarial networks, on faces: two networks over patches, and what they draw."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.data import FACE_ATTRIBUTES, load_faces
from likely.measures.modes import recall
from likely.measures.samples import precision
from likely.models.faces import FaceJudge
from likely.models.gan import LOSSES, latent, scores_and_slopes
from likely.models.patches import PatchDiscriminator, PatchGenerator
from likely.training import load_weights, play
from likely.training.recipes import weights

LATENT = 32  # normal numbers
BATCH = 64  # faces a step, and as many made ones for each player
GAMMA = 0.075, 0.025  # of R1 and of R2 at the first step and from 60 % of the steps on; pixels run from 0 to 1
RATES = 1e-3, 2e-3  # of the generator and of the discriminator, both with a cosine to a fiftieth
AVERAGE = 0.995  # decay of the moving average of the generator's weights, which draws
_SHOWN = 2000  # faces for precision and recall


def _pixels(split: str) -> jax.Array:
    """(face, 768) uint8."""
    faces = load_faces()
    return jnp.asarray(faces.take(faces.split == split).images.reshape(-1, 768))


@weights(seed=0, dtype="float16", within={"precision": 0.03, "recall": 0.15})  # five seeds: .745 to .758, .51 to .67
def faces(seed: int, steps: int = 6000):
    """A generator of faces, trained in pairs of a real and a made one, with R1 and R2."""
    real = _pixels("train")
    made_key, judged_key, run_key, shown_key = jax.random.split(jax.random.key(seed), 4)
    graph_g, g = nnx.split(PatchGenerator(LATENT, rngs=nnx.Rngs(made_key)), nnx.Param)
    graph_d, d = nnx.split(PatchDiscriminator(rngs=nnx.Rngs(judged_key)), nnx.Param)
    optimizer_g, optimizer_d = (
        optax.adam(optax.cosine_decay_schedule(rate, steps, 0.02), b1=0.0, b2=0.99) for rate in RATES
    )
    players = LOSSES["relativistic"]

    def make(g, key, n=BATCH):
        return nnx.merge(graph_g, g)(latent(key, n, LATENT))

    def loss_d(d, some, made, gamma):
        scores, slopes = scores_and_slopes(nnx.merge(graph_d, d), jnp.concatenate([some, made]))
        loss = players(scores[:BATCH], scores[BATCH:])[0]
        return loss + gamma * slopes.mean(), loss  # half of R1 and half of R2, of half the batch each

    def loss_g(g, d, some, key):
        scores = nnx.merge(graph_d, d)(jnp.concatenate([some, make(g, key)]))
        return players(scores[:BATCH], scores[BATCH:])[1]

    def step(state, key, i):
        some_key, first, second = jax.random.split(key, 3)
        some = real[jax.random.randint(some_key, (BATCH,), 0, len(real))].astype(jnp.float32) / 255
        gamma = GAMMA[0] * (GAMMA[1] / GAMMA[0]) ** jnp.minimum(i / (0.6 * steps), 1)
        slope, value_d = jax.grad(loss_d, has_aux=True)(state["d"], some, make(state["g"], first), gamma)
        change, adam_d = optimizer_d.update(slope, state["adam_d"])
        d = optax.apply_updates(state["d"], change)
        value_g, slope = jax.value_and_grad(loss_g)(state["g"], d, some, second)
        change, adam_g = optimizer_g.update(slope, state["adam_g"])
        g = optax.apply_updates(state["g"], change)
        decay = jnp.minimum(AVERAGE, (i + 1) / (i + 10))
        average = jax.tree.map(lambda old, new: decay * old + (1 - decay) * new, state["average"], g)
        state = dict(g=g, d=d, average=average, adam_g=adam_g, adam_d=adam_d)
        return state, dict(discriminator=value_d, generator=value_g)

    begin = dict(g=g, d=d, average=g, adam_g=optimizer_g.init(g), adam_d=optimizer_d.init(d))
    done = play(step, begin, key=run_key, steps=steps)
    judge = load_weights("02_face_judge", FaceJudge([len(a) for a in FACE_ATTRIBUTES.values()], rngs=nnx.Rngs(0)))

    def features(pictures):
        return judge.features(pictures.reshape(-1, 16, 16, 3))

    drawn, held = features(make(done.state["average"], shown_key, _SHOWN)), features(_pixels("test")[:_SHOWN] / 255)
    numbers = {"precision": float(precision(drawn, held)), "recall": float(recall(drawn, held))}
    return nnx.merge(graph_g, done.state["average"]), numbers
