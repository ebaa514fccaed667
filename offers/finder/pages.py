"""Links to the other pages of a result, each with the one address of its search."""

from dataclasses import dataclass

from offers.finder.results import Results

_AROUND = 1


@dataclass(frozen=True)
class PageLink:
    """`url` is "" for the page shown; `gap` says that pages are left out before it."""

    number: int
    url: str
    gap: bool = False


class PageLinks:
    """First, last and the pages around the one shown."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self.number, self.total = results.number, results.pages

    @property
    def previous(self) -> str:
        return self._url(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._url(self.number + 1) if self.number < self.total else ""

    @property
    def pages(self) -> list[PageLink]:
        near = range(self.number - _AROUND, self.number + _AROUND + 1)
        shown = sorted({1, self.total, *(number for number in near if 1 <= number <= self.total)})
        before = [0, *shown]
        return [
            PageLink(number, "" if number == self.number else self._url(number), gap=number - last > 1)
            for number, last in zip(shown, before, strict=False)
        ]

    def _url(self, number: int) -> str:
        return self._results.search.url(number)
