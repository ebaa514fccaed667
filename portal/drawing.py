"""Templates drawn once and filled in many times.

`draw(template, **values)` gives what Django's `render_to_string` gives, some twenty times as fast: for each shape of
its values the template is drawn once by Django, with a mark in place of every text, and kept as the pieces between
the marks. The shape is which values are empty, true or false; texts may differ. So such a template may ask *whether*
there is something (`{% if lead %}`), but not what it is: no loops, no comparisons and no filters over its values
(include a fragment per row instead). "card.title" is the value of `{{ card.title }}`. Tests hold `draw` against Django
for every template drawn here.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache, wraps
from html import escape
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.template import loader
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.city import city

_MARK = re.compile("\ue000([a-z_.]+)\ue001")
_ONLY_LANGUAGE = settings.LANGUAGE_CODE if len(settings.LANGUAGES) == 1 else ""
Value = str | int | Promise | None
P = ParamSpec("P")
R = TypeVar("R")


class Hollow:
    """A template of one shape: the pieces between its open values."""

    __slots__ = ("_names", "_pieces")

    def __init__(self, html: str) -> None:
        self._pieces = _MARK.split(html)
        self._names = self._pieces[1::2]

    def fill(self, values: Mapping[str, Value]) -> SafeString:
        pieces = self._pieces.copy()
        pieces[1::2] = [
            value if type(value) is SafeString else escape(str(value)) for value in map(values.__getitem__, self._names)
        ]
        return SafeString("".join(pieces))


class _Mark(SafeString):
    """Stands for a value while the template is drawn: as true or false as the value."""

    present = True

    def __bool__(self) -> bool:
        return self.present


def draw(template: str, path: str = "", /, **values: Value) -> SafeString:
    """The template as HTML; texts are escaped unless they are HTML already. A page says at which `path` it is."""
    empty = tuple([not value for value in values.values()])
    make = _hollow.__wrapped__ if settings.DEBUG else _hollow
    return make(template, path, _language(), tuple(values), empty).fill(values)


def draw_each(template: str, rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The template once for each row, one after the other."""
    return SafeString("".join([draw(template, **row) for row in rows]))


def around(template: str, name: str, /, **values: Value) -> tuple[str, str]:
    """What stands before and after the one place of `name`: for what is drawn often with another number only."""
    before, after = between(template, name, **values)
    return before, after


def between(template: str, *names: str, **values: Value) -> list[str]:
    """What stands before, between and after the places of some names, which come once each and in this order."""
    places = {name: SafeString(f"\ue002{name}\ue002") for name in names}
    texts = draw(template, **values, **places).split("\ue002")
    if texts[1::2] != list(names):
        raise ValueError(f"{template} has not just one place for each of {names}, in this order")
    return texts[0::2]


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Ask for the same words only once for each language; for short functions of few different arguments."""

    @lru_cache(maxsize=2_000)
    def kept(_language: Hashable, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    @wraps(function)
    def known(*args: P.args, **kwargs: P.kwargs) -> R:
        return kept(_language(), *args, **kwargs)  # type: ignore[arg-type]  # arguments are hashable

    return known


def forget() -> None:
    """Draw everything anew: templates, language files or the city's facts have changed."""
    _hollow.cache_clear()


def _language() -> str:
    """Django's answer takes longer than a small fragment; where there is one language there is no need to ask."""
    return _ONLY_LANGUAGE or get_language()


@lru_cache(maxsize=2_000)
def _hollow(template: str, path: str, language: str, names: tuple[str, ...], empty: tuple[bool, ...]) -> Hollow:
    context: dict[str, Any] = {"city": city(), "request": {"path": path, "GET": {}}}
    for name, is_empty in zip(names, empty, strict=True):
        mark = _Mark(f"\ue000{name}\ue001")
        mark.present = not is_empty
        whole, dot, part = name.partition(".")
        if dot:
            context.setdefault(whole, {})[part] = mark
        else:
            context[name] = mark
    return Hollow(loader.get_template(template).render(context))
