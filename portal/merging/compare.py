"""The rows side by side, field by field, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.history_words import Names, in_words
from portal.merging.actions import ALL, choosable, fixed_values


@dataclass(frozen=True)
class Option:
    """What one row says; `pk` is ALL for everything together."""

    pk: int
    title: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Question:
    """One field in which the rows differ."""

    name: str
    label: str
    options: list[Option]

    @property
    def answer(self) -> int:
        return next((option.pk for option in self.options if option.chosen), ALL)


@dataclass(frozen=True)
class Comparison:
    """`same` are label and value of what all rows share, `fixed` the labels of what nobody chooses."""

    questions: list[Question]
    same: list[tuple[str, str]]
    fixed: list[str]

    @property
    def choice(self) -> dict[str, int]:
        return {question.name: question.answer for question in self.questions}


def compare(
    rows: Sequence[Any], kept: Any, chosen: Collection[type[models.Model]], asked: Mapping[str, str]
) -> Comparison:
    """`asked` holds the answers so far by field name; without one the row that stays counts, unless it says nothing."""
    found = Comparison([], [], [])
    fixed = fixed_values(rows)
    for name, label, texts, together in _facts(rows, chosen):
        if name in fixed:
            found.fixed.append(label)
        elif len(set(texts.values())) == 1:
            if text := texts[kept.pk]:
                found.same.append((label, text))
        else:
            answer = _answer(asked.get(name, ""), texts, kept.pk, together)
            titles = {row.pk: _("Eintrag %(number)d") % {"number": n} for n, row in enumerate(rows, 1)}
            options = [Option(pk, titles[pk], text, pk == answer) for pk, text in texts.items()]
            if together:
                options.append(Option(ALL, _("alles zusammen"), "", answer == ALL))
            found.questions.append(Question(name, label, options))
    return found


def _facts(rows: Sequence[Any], chosen: Collection[type[models.Model]]) -> Any:
    """Name, label, what each row says by its number, and whether all can hold together."""
    model = type(rows[0])
    fields = choosable(model)
    names = Names((f.related_model, getattr(row, f.attname)) for f in fields if f.is_relation for row in rows)
    for f in fields:
        texts = {row.pk: in_words(names, f, getattr(row, f.attname)) for row in rows}
        yield f.name, capfirst(str(f.verbose_name)), texts, False
    for link in model._meta.local_many_to_many:
        texts = {row.pk: ", ".join(sorted(str(item) for item in getattr(row, link.name).all())) for row in rows}
        yield link.name, capfirst(str(link.verbose_name)), texts, True
    for child in chosen:
        owner = next(f for f in child._meta.concrete_fields if f.related_model is model)
        texts = {
            row.pk: "; ".join(_inner(item) for item in child._base_manager.filter(**{owner.name: row}).order_by("pk"))
            for row in rows
        }
        yield child.__name__, capfirst(str(child._meta.verbose_name_plural)), texts, True


def _inner(row: Any) -> str:
    """A row inside, by all that it says."""
    fields = [f for f in row._meta.concrete_fields if not f.primary_key and not f.is_relation]
    words = [in_words(Names([]), f, getattr(row, f.attname)) for f in fields if not isinstance(f, models.BooleanField)]
    return ", ".join(word for word in words if word)


def _answer(asked: str, texts: dict[int, str], kept: int, together: bool) -> int:
    if asked.isdecimal() and (int(asked) in texts or (together and int(asked) == ALL)):
        return int(asked)
    return kept if texts[kept] else next((pk for pk, text in texts.items() if text), kept)
