"""The words of the report's PDF, and its charts."""

from html import escape

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from offers.shortlist.handout import frame
from offers.steering.report import Report
from offers.steering.sections import Chart

_LINE = 46
_LEFT = 210
_WIDE = 380
_LONGEST = 26  # letters of a label; the whole one stands in the table


def paper_words(report: Report) -> dict[str, object]:
    """What templates/pdf/report.typ sets: all words and figures of the report, without the time."""
    return {
        **frame(title=report.title, address=settings.BASE_URL + reverse("offers:report")),
        "size": 9.5,
        "qr": None,
        "lead": report.span,
        "footer": f"{report.title} · {report.span}",
        "empty": _("Keine Einträge."),
        "sections": [
            {
                "title": section.title,
                "text": section.text,
                "chart": chart_svg(section.chart) if section.chart else "",
                "chart_alt": section.chart.words if section.chart else "",
                "caption": section.table.caption,
                "head": section.table.head,
                "rows": section.table.rows,
            }
            for section in report.sections
        ],
    }


def chart_svg(chart: Chart) -> str:
    """Two bars for each label, the first one outlined; black and white like all paper."""
    most = max((max(bar.before, bar.after) for bar in chart.bars), default=0) or 1
    rows = [_legend(chart)]
    for number, bar in enumerate(chart.bars):
        y = 30 + number * _LINE
        label = bar.label if len(bar.label) <= _LONGEST else bar.label[: _LONGEST - 1].rstrip() + "…"
        rows.append(f'<text x="0" y="{y + 24}" font-size="15">{escape(label)}</text>')
        for offset, value, fill in ((4, bar.before, "none"), (22, bar.after, "currentColor")):
            width = max(round(value * _WIDE / most), 1)
            rows.append(
                f'<rect x="{_LEFT}" y="{y + offset}" width="{width}" height="14" fill="{fill}" '
                f'stroke="currentColor"></rect><text x="{_LEFT + width + 8}" y="{y + offset + 12}" '
                f'font-size="13">{value}</text>'
            )
    size = f"{_LEFT + _WIDE + 60} {30 + len(chart.bars) * _LINE}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" fill="currentColor" '
        f'font-family="Fira Sans">{"".join(rows)}</svg>'
    )


def _legend(chart: Chart) -> str:
    words = [escape(word) for word in chart.series]
    return (
        f'<rect x="{_LEFT}" y="4" width="14" height="14" fill="none" stroke="currentColor"></rect>'
        f'<text x="{_LEFT + 22}" y="16" font-size="13">{words[0]}</text>'
        f'<rect x="{_LEFT + 190}" y="4" width="14" height="14" stroke="currentColor"></rect>'
        f'<text x="{_LEFT + 212}" y="16" font-size="13">{words[1]}</text>'
    )
