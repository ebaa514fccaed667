"""Once a night the parallels are counted, because pairs come and go with the offers."""

from datetime import date, timedelta

from django.utils import timezone

from offers.models import ParallelCount, ParallelPair


def count_parallels(day: date | None = None) -> ParallelCount:
    """Write down how many parallels there are, as those at the end of a day (yesterday)."""
    day = day or timezone.localdate() - timedelta(days=1)
    undecided = ParallelPair.objects.public().open()
    values = {
        "clusters": undecided.clusters().count(),
        "undecided": undecided.count(),
        "found": ParallelPair.objects.filter(found_at__date=day).count(),
    }
    count, _made = ParallelCount.objects.update_or_create(day=day, defaults=values)
    return count
