"""Places and times that can be given several times: the same fields again, numbered from the second row on.

A row keeps its number for as long as it is there, so that two tabs mean the same row; a hidden field lists the numbers
("1 3"). Rows come and go with submit buttons, so no script is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset
from django.http import QueryDict
from django.utils.html import format_html

ADD, REMOVE = "dazu", "weg"
Row = Callable[[dict[str, str]], list[Any]]


@dataclass(frozen=True)
class Rows:
    """Fields that can be repeated. `name` is the hidden field with the numbers, `word` begins buttons and anchors."""

    name: str
    word: str
    fields: dict[str, Any]
    most: int
    label: Any
    title: Any  # of a row, with %(number)s
    add: Any
    remove: Any

    def numbers(self, text: Any) -> list[int]:
        """The rows a text lists, in order; the first for a text that lists none."""
        found = {int(entry) for entry in str(text or "").split()[: self.most] if entry in self._allowed}
        return sorted(found) or [1]

    @property
    def _allowed(self) -> set[str]:
        return {str(number) for number in range(1, self.most + 1)}

    def names(self, number: int) -> dict[str, str]:
        """The names of a row's form fields by the plain ones."""
        return {name: name_in_row(name, number) for name in self.fields}

    def later_fields(self) -> dict[str, Any]:
        """The fields of all rows after the first, by the names they would have."""
        return {name_in_row(name, n): field for n in range(2, self.most + 1) for name, field in self.fields.items()}

    def press(self, values: QueryDict, button: str) -> bool:
        """Add or take out the row that a button asks for; False when it is none of ours."""
        word, _dash, wish = button.partition("-")
        if word != self.word or not wish:
            return False
        numbers = self.numbers(values.get(self.name))
        if wish == ADD:
            numbers = sorted({*numbers, self._following(numbers)})
        elif wish.removeprefix(f"{REMOVE}-") in self._allowed:
            gone = int(wish.removeprefix(f"{REMOVE}-"))
            numbers = [number for number in numbers if number != gone] or [1]
            for name in self.names(gone).values():
                values.pop(name, None)
        else:
            return False
        values[self.name] = " ".join(str(number) for number in numbers)
        return True

    def _following(self, numbers: list[int]) -> int:
        """The number of the next row; the last one when there is no room for more."""
        free = [number for number in range(1, self.most + 1) if number not in numbers]
        return next((number for number in free if number > numbers[-1]), free[0] if free else numbers[-1])

    def layout(self, numbers: list[int], row: Row) -> Div:
        """The rows with their buttons; `row` makes the parts of one from the names of its fields."""
        parts: list[Any] = [self.name]
        for place, number in enumerate(numbers, start=1):
            frame = {"css_id": f"{self.word}-{number}", "css_class": f"row-{self.word}"}
            fields = row(self.names(number))
            if len(numbers) == 1:
                parts.append(Div(*fields, **frame))
                continue
            words = self.remove % {"number": place}
            fields.append(_button(words, f"{self.word}-{REMOVE}-{number}", self.name, "tertiary"))
            parts.append(Fieldset(str(self.title % {"number": place}), *fields, **frame))
        if len(numbers) < self.most:
            anchor = f"{self.word}-{self._following(numbers)}"
            parts.append(_button(self.add, f"{self.word}-{ADD}", anchor, "secondary"))
        return Div(*parts, css_id=self.name)


def name_in_row(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def plain_name(name: str) -> str:
    """The name of a field without its row."""
    return name.partition("-")[0]


def _button(words: Any, value: str, anchor: str, kind: str) -> HTML:
    """A submit button that comes back to the row in question."""
    return HTML(
        format_html(
            '<p><button class="kern-btn kern-btn--{}" type="submit" name="aktion" value="{}" formaction="#{}">'
            '<span class="kern-label">{}</span></button></p>',
            kind, value, anchor, words,
        )
    )  # fmt: skip
