"""What a report is made of: sections with a sentence, a table and perhaps a chart."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Table:
    """Rows of words and figures under a head; `name` is the name of its file."""

    name: str
    caption: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Bar:
    """Two numbers of one kind: the outlined bar and the filled one."""

    label: str
    before: int
    after: int


@dataclass(frozen=True)
class Chart:
    """Pairs of bars; `series` says what the outlined and the filled bars are."""

    title: str
    series: tuple[str, str]
    bars: list[Bar]

    @property
    def words(self) -> str:
        """The chart for whoever does not see it."""
        pairs = (
            _("%(label)s %(before)d und %(after)d") % {"label": bar.label, "before": bar.before, "after": bar.after}
            for bar in self.bars
        )
        return f"{self.title} ({self.series[0]}, {self.series[1]}): {', '.join(pairs)}"


def chart_of(title: str, series: tuple[str, str], bars: list[Bar]) -> Chart | None:
    """None when there is nothing to see."""
    return Chart(title, series, bars) if any(bar.before or bar.after for bar in bars) else None


@dataclass(frozen=True)
class Section:
    """A heading, what it says in a sentence, and its table when it has rows."""

    title: str
    text: str
    table: Table
    chart: Chart | None = field(default=None)


def day(value: date) -> str:
    return date_format(value, "j. F Y")


def part(number: int, whole: int) -> str:
    """A number with its share of the whole."""
    return f"{number} ({round(number * 100 / whole)} %)" if whole else _("keine Angebote")
