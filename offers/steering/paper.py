"""The report as a tagged PDF, and its chart."""

from html import escape

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from offers.shortlist.handout import frame
from offers.steering.report import Bar, Report
from offers.typesetting import typeset

_LINE = 46
_LEFT = 150
_WIDE = 420


def report_pdf(report: Report) -> bytes:
    """PDF/UA-1; the same report gives the same bytes but for the time in it."""
    content = {
        **frame(title=report.title, address=settings.BASE_URL + reverse("offers:report")),
        "size": 9.5,
        "qr": None,
        "lead": report.span,
        "footer": f"{report.title} · {report.span}",
        "empty": _("Keine Einträge."),
        "chart_alt": chart_words(report),
        "sections": [
            {
                "title": section.title,
                "text": section.text,
                "chart": chart_svg(section.bars) if section.bars else "",
                "caption": section.table.caption,
                "head": section.table.head,
                "rows": section.table.rows,
            }
            for section in report.sections
        ],
    }
    return typeset("report", content)


def chart_words(report: Report) -> str:
    """The chart in words."""
    bars = [bar for section in report.sections for bar in section.bars]
    return _("Felder nach Stand, vorher und nachher: ") + ", ".join(
        _("%(label)s %(before)d und %(after)d") % {"label": bar.label, "before": bar.before, "after": bar.after}
        for bar in bars
    )


def chart_svg(bars: list[Bar]) -> str:
    """Two bars for each state, the earlier one hatched; black and white like all paper."""
    most = max((max(bar.before, bar.after) for bar in bars), default=0) or 1
    rows = []
    for number, bar in enumerate(bars):
        y = number * _LINE
        rows.append(f'<text x="0" y="{y + 24}" font-size="15">{escape(bar.label)}</text>')
        for offset, value, fill in ((4, bar.before, "none"), (22, bar.after, "currentColor")):
            width = max(round(value * _WIDE / most), 1)
            rows.append(
                f'<rect x="{_LEFT}" y="{y + offset}" width="{width}" height="14" fill="{fill}" '
                f'stroke="currentColor"></rect><text x="{_LEFT + width + 8}" y="{y + offset + 12}" '
                f'font-size="13">{value}</text>'
            )
    size = f"{_LEFT + _WIDE + 60} {len(bars) * _LINE}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" fill="currentColor" '
        f'font-family="Fira Sans">{"".join(rows)}</svg>'
    )
