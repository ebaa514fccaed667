"""Texts that nobody has asked for yet: words, pairs and threes of them, whole questions, and typing errors.

Each round of the measurement asks for others, so every request meets a text that its process has not seen.
"""

import random
from collections.abc import Iterator, Sequence
from urllib.parse import quote_plus

COMMON = ("Kinder", "Eltern", "Gruppe", "Beratung", "Musik", "Sport", "Deutsch", "Schule")  # in a fifth of all and more
QUESTIONS = ("Wo gibt es {}?", "Ich suche {} und {}", "{} für {}", "Wer hilft bei {}?")
SHORTEST_TYPO = 8  # letters; shorter words are hardly guessed


NAME = "Ergebnisse, Text, neu"
PER_ROUND = 3_000  # more than a server answers in a round


def fresh_texts(known: Sequence[str], count: int) -> list[str]:
    """Different addresses; `known` are words of the offers. One in ten holds a typing error, a third a common word."""
    rng = random.Random(2)
    makers = (_pair, _pair, _pair, _with_common, _with_common, _with_common, _three, _question, _question, _typo)
    texts: dict[str, None] = dict.fromkeys(known[: count // 20])
    while len(texts) < count:
        texts[rng.choice(makers)(rng, known)] = None
    listed = list(texts)
    rng.shuffle(listed)
    return [f"/angebote/?q={quote_plus(text)}" for text in listed]


def rounds(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts that have no path in common."""
    for first in range(0, len(paths), PER_ROUND):
        yield paths[first : first + PER_ROUND]


def _pair(rng: random.Random, known: Sequence[str]) -> str:
    return " ".join(rng.sample(known, 2))


def _three(rng: random.Random, known: Sequence[str]) -> str:
    return " ".join(rng.sample(known, 3))


def _with_common(rng: random.Random, known: Sequence[str]) -> str:
    return f"{rng.choice(COMMON)} {rng.choice(known)}"


def _question(rng: random.Random, known: Sequence[str]) -> str:
    return rng.choice(QUESTIONS).format(*rng.sample(known, 2))


def _typo(rng: random.Random, known: Sequence[str]) -> str:
    word = rng.choice([word for word in known if len(word) >= SHORTEST_TYPO])
    place = rng.randrange(2, len(word) - 1)
    wrong = word[:place] + word[place + 1 :]
    return f"{wrong} {rng.choice(known)}" if rng.random() < 0.5 else wrong
