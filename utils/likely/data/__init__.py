"""The data of the course: small files inside the package, each with its source, licence and hash (`provenance.json`).

>>> from likely.data import load_names
>>> load_names()[:3]
('Aaren', 'Aarika', 'Abagael')
"""

from __future__ import annotations

from likely.data.faces import FACE_ATTRIBUTES, HELD_OUT, Faces, face_caption, face_label, load_faces
from likely.data.factbook import Capitals, Factbook, load_capitals, load_factbook
from likely.data.passages import (
    QUESTION_KINDS,
    FactQuestion,
    Passage,
    Quote,
    load_factbook_questions,
    load_passages,
)
from likely.data.pictures import FASHION_CLASSES, Pictures, load_digits, load_fashion_mnist
from likely.data.stored import DamagedData
from likely.data.support import (
    DETAILS,
    DOCUMENT_KINDS,
    RUBRIC,
    TEAMS,
    TICKET_KINDS,
    UNVERIFIED,
    Criterion,
    Document,
    Fact,
    Reading,
    Support,
    Ticket,
    fingerprint,
    load_support,
    load_support_scores,
)
from likely.data.texts import letter_ids, load_names, load_shakespeare
from likely.data.words import WordVectors, load_word_vectors

__all__ = [
    "DETAILS",
    "DOCUMENT_KINDS",
    "FACE_ATTRIBUTES",
    "FASHION_CLASSES",
    "HELD_OUT",
    "QUESTION_KINDS",
    "RUBRIC",
    "TEAMS",
    "TICKET_KINDS",
    "UNVERIFIED",
    "Capitals",
    "Criterion",
    "DamagedData",
    "Document",
    "Faces",
    "Fact",
    "FactQuestion",
    "Factbook",
    "Passage",
    "Pictures",
    "Quote",
    "Reading",
    "Support",
    "Ticket",
    "WordVectors",
    "face_caption",
    "face_label",
    "fingerprint",
    "letter_ids",
    "load_capitals",
    "load_digits",
    "load_faces",
    "load_factbook",
    "load_factbook_questions",
    "load_fashion_mnist",
    "load_names",
    "load_passages",
    "load_shakespeare",
    "load_support",
    "load_support_scores",
    "load_word_vectors",
]
