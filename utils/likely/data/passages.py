"""The Factbook cut into passages for a retriever, and questions about it with the words that answer them."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass

from likely.data.factbook import Factbook, load_factbook
from likely.data.stored import read

QUESTION_KINDS = ("fact", "background", "nowhere", "unsaid", "premise")
TOLERANCE = 0.02  # how far a number may be from the gold one, as a share of it

# after these a full stop never ends a sentence
_TITLES = re.compile("[DM]r|Mrs|Ms|St|Gen|Col|Lt|Maj|Capt|Sgt|Adm|Gov|Sen|Rep|Rev|Prof|Mt|Ft|ca|cf|vs|approx|r|e.g|i.e")
_ERAS = re.compile(r"A\.D|B\.C|B\.C\.E|C\.E|D\.C|a\.m|p\.m")  # after these it does before a capital letter
_LETTERS = re.compile(r"[A-Z](\.[A-Z])+")  # "U.S", "J.R.R": after these it does before a word that opens sentences
_OPENERS = re.compile(
    "An?|After|Although|And|As|At|Before|Between|But|By|During|For|From|Her?|His|However|In|Its?|On|Since|She|The|Their|"
    "These|They|This|Those|Under|Until|When|While|With"
)
_INITIAL = re.compile("[A-HJ-UWYZ]")  # I, V and X more often number a king or a war
_STOP = re.compile(r"""(?P<word>\S*?)[.?!]+(?P<close>["'”’)\]]*)\s+(?P<next>["'“‘(\[]*\S+)""")
_ARTICLE = re.compile(
    "^(Democratic|Republic of|United|Federated|Holy See|Isle of|West Bank)|"
    "(?<!McDonald )(Islands|Republic|Territory|Maldives|Netherlands|Philippines|Strip|Lands)$"
)
_NUMBER = re.compile(r"(?<![\w.,])(\d+(?:,\d{3})*(?:\.\d+)?)(?:[\s-]+(thousand|million|billion))?(?!\w)")
_TIMES = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}


@dataclass(frozen=True)
class Passage:
    """A piece of the Factbook, short enough to stand in a prompt."""

    id: str  # "peru-facts", "peru-1", "peru-2", …
    country: str  # as in Factbook.country
    heading: str  # "Facts" or "Background"
    text: str

    def whole(self, titled: bool = True) -> str:
        """The text for a retriever. `titled` puts country and heading first: few chunks of a history name both."""
        return f"{self.country}, {self.heading}: {self.text}" if titled else self.text


@dataclass(frozen=True)
class Quote:
    """Words that stand in one passage of a country."""

    country: str
    text: str


@dataclass(frozen=True)
class FactQuestion:
    """A question about the Factbook with what answers it, or with the reason why nothing does."""

    id: str
    kind: str  # one of QUESTION_KINDS
    question: str
    country: str | None = None  # which country's passages answer it, or fail to; None for kind "nowhere"
    answers: tuple[str, ...] = ()  # each alone is right; all of them stand in the passages of the country
    number: float | None = None  # where a number answers, with TOLERANCE
    quote: str | None = None  # the words of one passage of the country that answer
    also: tuple[Quote, ...] = ()  # other words that answer it as well, in this country's passages or in others
    paraphrased: bool = False  # whether the question avoids the words of the quote
    correction: str | None = None  # kind "premise": what is true, by the quote
    invented: str | None = None  # kind "nowhere": the name that does not exist
    absent: tuple[str, ...] = ()  # kind "unsaid": what no passage of the country has, in any letter case

    @property
    def answerable(self) -> bool:
        """Whether the passages answer what is asked. They correct a false premise, but answer no question on it."""
        return self.kind in ("fact", "background")

    def accepts(self, reply: str) -> bool:
        """Whether a reply has one of the answers as whole words, or a number within TOLERANCE of the gold one.

        Letter case, accents, hyphens and a genitive's s do not count. Other words may stand around the answer, even
        wrong ones.
        """
        told = f" {_plain(reply)} "
        if any(f" {_plain(answer)} " in told for answer in self.answers):
            return True
        return self.number is not None and any(
            abs(number - self.number) <= TOLERANCE * self.number for number in numbers(reply)
        )


def load_passages(words: int = 80) -> tuple[Passage, ...]:
    """The Factbook in passages, in its order: of each country the facts in sentences, then its background in chunks.

    The facts of a country are one passage, whatever `words` is. A chunk is as many whole sentences of one paragraph as
    fit into `words` words, and verbatim: the chunks of a paragraph, joined with spaces, are the paragraph. A sentence
    that is longer is a chunk of its own. Raises ValueError for `words` below 1.
    """
    if words < 1:
        raise ValueError(f"a chunk needs room for at least 1 word, not {words}")
    facts, passages = load_factbook(), []
    for place, country in enumerate(facts.country):
        name = _slug(country)
        passages.append(Passage(f"{name}-facts", country, "Facts", _facts(facts, place)))
        chunks = [c for paragraph in facts.background[place].split("\n\n") for c in _chunks(paragraph, words)]
        passages += [Passage(f"{name}-{i}", country, "Background", chunk) for i, chunk in enumerate(chunks, 1)]
    return tuple(passages)


def load_factbook_questions() -> tuple[FactQuestion, ...]:
    """160 questions: 50 on facts, 50 on backgrounds, 25 on what does not exist, 25 on what is not said, 10 misled.

    Those of kind "fact" are answered by a passage with the heading "Facts", those of kind "background" by one with
    that heading; every quote stands inside one sentence, so that one passage has it however long the passages are.
    "nowhere" asks about places that were invented, "unsaid" for what neither facts nor background of a real country
    say, "premise" takes something for granted that a passage contradicts.

    Source: written for this course, CC BY 4.0; the quotes are from the CIA World Factbook (2025), public domain.
    """
    return tuple(_question(**entry) for entry in json.loads(read("factbook_questions.json")))


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; joined with spaces they are the paragraph, if its words are parted by single ones.

    A stop ends a sentence unless a small letter follows, or the word before it is a title ("Dr."), an initial, or an
    abbreviation that goes on ("A.D. 500", "No. 10", "the U.S. Navy"). Decimals have no space after their point.
    """
    found, start, at = [], 0, 0
    while match := _STOP.search(text, at):
        at = match.start("next")
        if _ends(match["word"], match["close"], match["next"]):
            found.append(text[start : match.end("close")])
            start = at
    return [*found, text[start:].strip()] if text[start:].strip() else found


def numbers(text: str) -> list[float]:
    """The numbers in a text: "34,352,719", "34.4 million", "3"."""
    return [float(digits.replace(",", "")) * _TIMES[times] for digits, times in _NUMBER.findall(text)]


def _ends(word: str, close: str, following: str) -> bool:
    """Whether the stop after a word ends a sentence."""
    word, following = word.lstrip("\"'“‘(["), following.strip("\"'“‘([,;")
    first = following[:1]
    if first.islower() or _TITLES.fullmatch(word) or (word == "No" and first.isdigit()):
        return False
    if _ERAS.fullmatch(word):
        return first.isupper() and ")" not in close  # "(until 1500 B.C.) Kush" goes on
    if _LETTERS.fullmatch(word):
        return bool(_OPENERS.fullmatch(following))
    return not _INITIAL.fullmatch(word)


def _chunks(paragraph: str, words: int) -> list[str]:
    """Whole sentences, as many in each chunk as fit into `words` words, and at least one."""
    chunks: list[list[str]] = []
    room = 0
    for sentence in sentences(paragraph):
        length = len(sentence.split())
        if not chunks or length > room:
            chunks.append([])
            room = words
        chunks[-1].append(sentence)
        room -= length
    return [" ".join(chunk) for chunk in chunks]


def _facts(facts: Factbook, place: int) -> str:
    """The columns of one country as sentences; a fact that is absent has none."""
    row, said = facts.row(facts.country[place]), []
    country, region = row["country"], row["region"]
    where = {"Middle East": "the Middle East", "Australia and Oceania": "the region Australia and Oceania"}
    if region == country:
        said.append(f"{country} is a region")
    else:
        said.append(f"{'The ' if _ARTICLE.search(country) else ''}{country} is in {where.get(region, region)}")
    if row["capital"]:
        said.append(f"Its capital is {row['capital']}")
    if row["population"] == 0:
        said.append("Nobody lives there permanently")
    elif not math.isnan(row["population"]):
        said.append(f"Its population is {row['population']:,.0f} people")
    if not math.isnan(row["area"]):
        said.append(f"Its area is {row['area']:,.0f} square kilometres")
    if row["currency"]:
        code = f" ({row['currency_code']})" if row["currency_code"] else ""
        said.append(f"Its currency is counted in {row['currency']}{code}")
    if languages := row["official_languages"]:
        many = f"s are {', '.join(languages[:-1])} and" if len(languages) > 1 else " is"
        said.append(f"Its official language{many} {languages[-1]}")
    return " ".join(sentence if sentence.endswith(".") else f"{sentence}." for sentence in said)


def _slug(country: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _unaccented(country).lower().replace("'", "")).strip("-")


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _plain(text: str) -> str:
    """Words in small letters without accents, with single spaces between them; "Peru's" is "peru"."""
    text = re.sub("['’](s\\b)?", "", _unaccented(text))
    return " ".join(re.findall(r"\w+", text.casefold()))


def _question(also: list | tuple = (), answers: list | tuple = (), absent: list | tuple = (), **rest) -> FactQuestion:
    return FactQuestion(
        answers=tuple(answers), also=tuple(Quote(**quote) for quote in also), absent=tuple(absent), **rest
    )
