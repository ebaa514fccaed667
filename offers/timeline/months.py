"""Calendar months and exact steps between them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

FIRST_YEAR, LAST_YEAR = 1900, 9000  # far enough from where Python's calendar ends


@dataclass(frozen=True, order=True)
class Month:
    """One month of one year; all that the timeline knows about a birth."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """ "2025-09"; ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
        if not match:
            raise ValueError(text)
        return cls.of_numbers(int(match[1]), int(match[2]))

    @classmethod
    def of_numbers(cls, year: int, month: int) -> "Month":
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            raise ValueError(f"{year:04d}-{month:02d}")
        return cls(year, month)

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def since(self, other: "Month") -> int:
        """Months from the other month to this one; negative when this one is earlier."""
        return (self.year - other.year) * 12 + self.month - other.month

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def value(self) -> str:
        """As in the address: "2025-09"."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        """ "September 2025"."""
        return date_format(self.first_day, "F Y")


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it has no such day (BGB § 188, 3)."""
    target = Month.of(day).plus(months)
    return target.first_day.replace(day=min(day.day, target.last_day.day))
