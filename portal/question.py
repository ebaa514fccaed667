"""A question that people answer easily and programs do not expect: a number in words."""

import secrets

from django.core.signing import BadSignature, Signer

_signer = Signer(salt="portal.question")
_ONES = ["", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
_TENS = {20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 60: "sechzig", 70: "siebzig", 80: "achtzig"}


def new_question() -> str:
    """A signed number between 21 and 89 that is no full ten, to travel in the form."""
    number = secrets.choice([number for number in range(21, 90) if number % 10])
    return _signer.sign(f"{number}-{secrets.token_hex(6)}")


def number_of(question: str) -> int | None:
    """The number that is asked for; None when the question is not ours."""
    try:
        return int(_signer.unsign(question).partition("-")[0])
    except (BadSignature, ValueError):
        return None


def in_words(number: int) -> str:
    """ "siebenundvierzig"; German, like everything the portal asks."""
    return f"{_ONES[number % 10]}und{_TENS[number // 10 * 10]}"
