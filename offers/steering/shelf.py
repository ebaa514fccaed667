"""Where the reports on paper are kept: VAR_DIR/berichte/, made by a job that says how far it is.

A file is called after its days and the digest of its words and figures: what says the same is the same file.
"""

import hashlib
import json
import os
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from offers.models import ReportOrder
from offers.steering.paper import paper_words
from offers.steering.report import Report
from offers.typesetting import typeset

KEPT_DAYS = 92


def make(order: ReportOrder) -> Path:
    """Make the report of an order and put it on the shelf; each finished part is written down for who waits."""
    row = ReportOrder.objects.filter(pk=order.pk)
    try:
        report = Report(order.first, order.last, tell=lambda done, parts: row.update(parts_done=done, parts=parts))
        path, digest = keep(report)
    except Exception:
        row.update(failed_at=timezone.now())
        raise
    row.update(made_at=timezone.now(), digest=digest)
    return path


def keep(report: Report) -> tuple[Path, str]:
    """Typeset a report unless just this one is on the shelf; whoever reads it meanwhile has it whole."""
    words = paper_words(report)
    digest = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
    path = _path(report.first, report.last, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.new")
        draft.write_bytes(typeset("report", words))
        draft.replace(path)
    return path, digest


def path_of(order: ReportOrder) -> Path | None:
    """The file of an order; None while there is none, or no more."""
    path = _path(order.first, order.last, order.digest)
    return path if order.made_at and path.exists() else None


def kept_papers(first: date, last: date) -> list[ReportOrder]:
    """One order for each different paper of these days that is still there, the newest first."""
    found = {
        order.digest: order for order in reversed(ReportOrder.objects.between(first, last).made()) if path_of(order)
    }
    return sorted(found.values(), key=lambda order: order.ordered_at, reverse=True)


def clear() -> int:
    """Forget orders of more than 92 days ago, and files that no order names any more; how many orders."""
    old = ReportOrder.objects.filter(ordered_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    count: int = old.delete()[0]
    named = {path_of(order) for order in ReportOrder.objects.made()}
    an_hour_ago = timezone.now().timestamp() - 3600  # what is just being made has no order that names it
    for path in (Path(settings.VAR_DIR) / "berichte").glob("bericht-*"):
        if path not in named and path.stat().st_mtime < an_hour_ago:
            path.unlink(missing_ok=True)
    return count


def _path(first: date, last: date, digest: str) -> Path:
    return Path(settings.VAR_DIR) / "berichte" / f"bericht-{first.isoformat()}-{last.isoformat()}-{digest[:12]}.pdf"
