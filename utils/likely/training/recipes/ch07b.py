"""Chapter 7b, a real model and grounding: the vectors of the passages, and how well passages are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import numpy as np

from likely.data import FactQuestion, Passage, load_factbook_questions, load_passages
from likely.measures.agreement import bootstrap_interval
from likely.measures.ranking import fused, ndcg, recall_at
from likely.models.minilm import embed, load_minilm, load_minilm_tokeniser
from likely.models.retrieval import nearest, words
from likely.training.recipes import record, weights

CHUNKS = 40, 80, 160  # words of a passage, at most
METHODS = "BM25", "MiniLM", "fused"
MEASURES = "nDCG@10", "recall@1", "recall@5", "recall@10"
GROUPS = "all", "fact", "background", "paraphrased"  # background is in the passage's words, paraphrased is not
K1, B = 1.2, 0.75
DEEP = 100  # passages of each list that are fused


class Bm25:
    """The search of the package bm25s over the words of likely.models.retrieval."""

    def __init__(self, texts: Sequence[str]):
        from bm25s import BM25

        self.retriever = BM25(method="lucene", k1=K1, b=B)
        self.retriever.index([words(text) for text in texts], show_progress=False)

    def __call__(self, question: str, k: int) -> list[int]:
        """The passages that share a word with the question, the best first; of equal ones the earlier."""
        known = [word for word in words(question) if word in self.retriever.vocab_dict]
        if not known:
            return []
        scores = self.retriever.get_scores(known)
        return [int(i) for i in np.argsort(-scores, kind="stable")[:k] if scores[i] > 0]


def vectors_of(texts: Sequence[str]) -> np.ndarray:
    """(n, 384), each of length 1."""
    return embed(load_minilm(), load_minilm_tokeniser(), texts)


def useful(question: FactQuestion, passages: Sequence[Passage]) -> list[int]:
    """The passages that answer: those of the question's country, or of `also`, that have the quote."""
    quotes = [(question.country, question.quote), *((quote.country, quote.text) for quote in question.also)]
    return [
        i
        for i, passage in enumerate(passages)
        if any(passage.country == country and quote in passage.text for country, quote in quotes)
    ]


def group(question: FactQuestion) -> str:
    """Which of GROUPS a question is in, beside "all"."""
    return "paraphrased" if question.paraphrased else question.kind


def ranked(texts: Sequence[str], vectors: np.ndarray) -> Callable[[str, np.ndarray], list[list[int]]]:
    """A function of a question and its vector: what each of METHODS finds, the best first."""
    search = Bm25(texts)

    def find(question: str, vector: np.ndarray) -> list[list[int]]:
        lists = [search(question, DEEP), nearest(vectors, vector, DEEP)]
        return [*lists, fused(lists)]

    return find


@weights(seed=0, dtype="int8", within={"recall@1": 0.0})
def passages(seed: int):
    """MiniLM's vectors of the 1,483 passages of 80 words with their titles. Nothing here is random."""
    there = load_passages()
    vectors = vectors_of([passage.whole() for passage in there])
    scale = np.abs(vectors).max() / 127
    stored = np.rint(vectors / scale) * scale  # as they are shipped
    questions = [question for question in load_factbook_questions() if question.answerable]
    asked = vectors_of([question.question for question in questions])
    recall, same = (
        np.mean(
            [
                recall_at(nearest(some, one, 1), of(question, one), 1)
                for question, one in zip(questions, asked, strict=True)
            ]
        )
        for some, of in (
            (stored, lambda question, one: useful(question, there)),
            (stored, lambda question, one: nearest(vectors, one, 1)),
        )
    )
    return dict(vectors=vectors), {"recall@1": recall, "same first passage as unrounded": same}


@record(seeds=[0])
def retrieval(seed: int):
    """Each of METHODS on the 100 answerable questions, by CHUNKS, and without and with titles.

    Nothing but the draws of the bootstrap is random.
    """
    questions = [question for question in load_factbook_questions() if question.answerable]
    asked = vectors_of([question.question for question in questions])
    inside = {name: np.array([name in ("all", group(question)) for question in questions]) for name in GROUPS}
    found = np.empty((len(CHUNKS), 2, len(METHODS), len(MEASURES), len(questions)))
    rank = np.empty((len(METHODS), len(questions)))  # of the first that answers, 0 if none, for 80 words with titles
    counts = []
    for i, size in enumerate(CHUNKS):
        there = load_passages(size)
        counts.append(len(there))
        for titled in (False, True):
            texts = [passage.whole(titled) for passage in there]
            find = ranked(texts, vectors_of(texts))
            for j, (question, vector) in enumerate(zip(questions, asked, strict=True)):
                right = useful(question, there)
                for m, one in enumerate(find(question.question, vector)):
                    gains = dict.fromkeys(right, 1.0)
                    found[i, int(titled), m, :, j] = [
                        ndcg(one, gains),
                        *(recall_at(one, right, k) for k in (1, 5, 10)),
                    ]
                    if size == 80 and titled:
                        rank[m, j] = next((r for r, passage in enumerate(one, 1) if passage in right), 0)
    key = jax.random.key(seed)
    chosen = found[CHUNKS.index(80), 1]  # (method, measure, question)
    return {
        "mean": np.stack([found[..., inside[name]].mean(axis=-1) for name in GROUPS]).round(4),
        "interval": [[bootstrap_interval(row, key) for row in method] for method in chosen],  # (method, measure, 2)
        "nDCG@10 of each question": chosen[:, 0].round(4),
        "rank of each question": rank,
        "passages": counts,
        "questions": [int(inside[name].sum()) for name in GROUPS],
    }
