"""Opening and closing tasks: each stands once, and closes by itself when the reason is gone."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from offers.models import Offer, Task
from partners.models import Partner

DAYS_TO_DO = 14


def open_task(
    *, kind: str, subject: str, partner: Partner | None, concerns: str = "", offer: Offer | None = None
) -> Task:
    """The open task of this kind about this partner and address; made when there is none."""
    task, _created = Task.objects.open().get_or_create(
        kind=kind,
        partner=partner,
        concerns=concerns,
        defaults={
            "subject": subject[:300],
            "offer": offer,
            "due": timezone.localdate() + timedelta(days=DAYS_TO_DO),
            "done_at": None,
        },
    )
    return task


def close_tasks(kind: str, *, partner: Partner | None = None, concerns: str | None = None) -> int:
    """Close what is no longer to do, without anybody's name; returns how many there were."""
    tasks = Task.objects.open().filter(kind=kind)
    if partner is not None:
        tasks = tasks.filter(partner=partner)
    if concerns is not None:
        tasks = tasks.filter(concerns=concerns)
    return tasks.update(done_at=timezone.now())


def finish_tasks(*, tasks: Iterable[Task], by: User) -> int:
    """Mark open tasks as done; returns how many still were open."""
    pks = [task.pk for task in tasks]
    return Task.objects.open().filter(pk__in=pks).update(done_at=timezone.now(), done_by=by)
