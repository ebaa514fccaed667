"""Rule 1: ages are whole months in half-open ranges."""

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange

from portal.ages import age_label, parse_age


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("14", 14, 15),
        ("14m", 14, 15),
        (" 14 Monate ", 14, 15),
        ("1 Monat", 1, 2),
        ("0", 0, 1),
        ("2j", 24, 36),
        ("2 Jahre", 24, 36),
        ("0j", 0, 12),
        ("99j", 1188, 1200),
        ("schwanger", -9, 0),
        ("Schwangerschaft", -9, 0),
    ],
)
def test_age_is_read_as_months(text: str, lower: int, upper: int) -> None:
    assert parse_age(text) == NumericRange(lower, upper)


@pytest.mark.parametrize("text", ["", "-1", "1e9", "100j", "1189", "zwei", "2,5", "\x00", "٣", "14x", "j", "99999"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_age(text)


@pytest.mark.parametrize(
    ("lower", "upper", "label"),
    [
        (0, 36, "bis 3 Jahre"),
        (12, 36, "1 bis 3 Jahre"),
        (36, 72, "3 bis 6 Jahre"),
        (24, 36, "2 Jahre"),
        (144, None, "ab 12 Jahre"),
        (None, 216, "bis 18 Jahre"),
        (None, None, "alle Altersgruppen"),
        (-9, 0, "Schwangerschaft"),
        (-9, 3, "Schwangerschaft bis 3 Monate"),
        (6, 18, "6 Monate bis 18 Monate"),
        (0, 12, "bis 1 Jahr"),
    ],
)
def test_age_range_in_words(lower: int | None, upper: int | None, label: str) -> None:
    assert age_label(NumericRange(lower, upper)) == label


def test_unknown_age_has_no_words() -> None:
    assert age_label(None) == ""
