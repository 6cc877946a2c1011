"""The page takes typed text apart as Python does."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from itertools import pairwise

from likely.cli import node
from likely.explorable.tokeniser import Tokeniser

SIGNS = ("+", "-")
VOCABULARY = (
    "king queen man x-ray paris Berlin \u00e9t\u00e9 i\u0307stanbul istanbul \u0131 ss \u03bf\u03b4\u03cc\u03c2 "
    "\u03bf\u03b4\u03cc\u03c3 \u03c3 \u0434\u043e\u043c \U0001f44b\U0001f3fd \U00010428 e\u0301clair king a=b $( "
    "cafe\u0301 \ufeff \u1e9b\u0323 \uac00 + -"
)
LETTERS = "ae i\u0130o+-\u2212$(.\t\n\u00a0kKinN\u00df\u1e9e\u00e9\u0301\u0307\u0323\u03a3\u03c3\u03c2\u039f\u03941"
SPACES = " \t\n\x0b\x1c\x1f\x85\u00a0\u1680\u2003\u200b\u2028\u202f\u205f\u2060\u3000\ufeff\u180e"
TRICKY = (
    "| |king - man + queen|king-man+queen|king\u2212man|\u2212|-|--king|king-|+-+|x-ray|x\u2212ray-king|X-RAY|King|"
    "king+-x-ray--x-X-ray|KING-MAN|PARIS|berlin|BERLIN|Berlin|e\u0301te\u0301|"
    "\u00c9T\u00c9|E\u0301te\u0301|\u0130stanbul|ISTANBUL|I|\u0130|"
    "\u0131|SS|\u00df|\u1e9e|\u039f\u0394\u038c\u03a3|\u039f\u0394\u038c\u03a3-king|\u03a3|\u039f\u03a3\u0301|"
    "A\u03a3 \u03a3A|\u0414\u041e\u041c|\U0001f44b\U0001f3fd|\U0001f44b|\U00010400|\U00010428+\U00010400|\ufb01|"
    "\u00e9clair|cafe\u0301|CAF\u00c9|a=b|$(|a.*b|k\u0301ing|\ud83d|king\udc4b|\u212bngstr|"
    "\u1e9b\u0323|\u1100\u1161|\u200dking|king\u0000|quee|\u0301|\u01c5"
)
TOKENS = VOCABULARY.split(" ")
TYPED = [*TRICKY.split("|"), "q" * 5000, "king " * 5000, *(f"king{space}man" for space in SPACES)]
SCRIPT = """
const { load } = await import('./test/load.mjs');
const { Tokeniser } = await load('tokeniser.ts');
let input = '';
for await (const part of process.stdin) input += part;
console.log(JSON.stringify(JSON.parse(input).map(({ tokens, texts, ...spec }) => {
  const tokeniser = new Tokeniser(spec, tokens);
  const row = (read) => [read.parts, read.ids, tokeniser.refuse(read)];
  return texts.map((text) => row(tokeniser.read(text)));
})));
"""


def texts() -> list[str]:
    rng = random.Random(0)
    drawn = ["".join(rng.choices(LETTERS, k=rng.randrange(12))) for _ in range(3000)]
    anywhere = [c for c in map(chr, range(0x20, 0x2FA20)) if not "\ud800" <= c <= "\udfff" and ord(c) % 7 == 0]
    return TYPED + drawn + ["".join(rng.choices(anywhere, k=3)) for _ in range(2000)]


def pairs_of(text: str, merges: int) -> list[str]:
    """A table of byte pairs: the characters of `text`, then as many merged tokens, the most frequent pair at a time."""
    parts = list(unicodedata.normalize("NFC", text))
    tokens = sorted(set(parts))
    for _ in range(merges):
        (pair, _), *_ = Counter(pairwise(parts)).most_common(1)
        tokens += [one for one in ["".join(pair)] if one not in tokens]
        at = 0
        while at < len(parts) - 1:
            if (parts[at], parts[at + 1]) == pair:
                parts[at : at + 2] = ["".join(pair)]
            at += 1
    return tokens


def byte_pair_tables() -> list[list[str]]:
    """One that was trained on words, one on letters at random, and one of pairs that no training would leave so."""
    rng = random.Random(1)
    words = " ".join(rng.choices(VOCABULARY.split(" "), k=400))
    letters = "".join(rng.choices(LETTERS, k=400))
    few = {"".join(rng.choices("a\u0301i\u0307 \U0001f44b", k=rng.randint(2, 6))) for _ in range(99)}
    shuffled = [*"a\u0301i\u0307 \U0001f44b", "", *sorted(few), "a", "king"]
    rng.shuffle(shuffled)
    return [pairs_of(words, 120), pairs_of(letters, 60), shuffled]


def byte_pair_texts(tokens: list[str]) -> list[str]:
    rng = random.Random(2)
    return texts() + ["".join(rng.choices(tokens, k=rng.randrange(20))) for _ in range(1000)]


def test_both_tokenisers_read_the_same():
    tries = [
        dict(
            tokeniser=kind,
            separators=separators,
            length=8,
            empty=False,
            tokens=tokens,
            texts=byte_pair_texts(tokens) if kind == "bpe" else texts(),
        )
        for kind, separators, tokens in [
            ("words", SIGNS, TOKENS),
            ("words", (), TOKENS),
            ("chars", (), sorted({*"king -+\u00e9\u03c3\u03c2\u0131\u0307\u00df", "\U0001f44b", "\U00010428"})),
            *(("bpe", (), tokens) for tokens in byte_pair_tables()),
        ]
    ]
    command = ["node", "--input-type=module", "-e", SCRIPT]
    done = node.run(command, input=json.dumps(tries), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for one, found in zip(tries, json.loads(done.stdout), strict=True):
        tokeniser = Tokeniser(one["tokeniser"], one["tokens"], one["separators"])
        known = 0
        for text, (parts, ids, problem) in zip(one["texts"], found, strict=True):
            read = tokeniser.read(text)
            known += -1 not in read[1]
            assert (*read, tokeniser.refuse(*read, 8, False)) == (parts, ids, problem), ascii(text)
        assert known > 20
