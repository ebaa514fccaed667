"""Mails that could come in floods: the first go at once, what follows within the hour is gathered into one.

An address can have another rhythm: each at once, or all of a day in one mail in the morning.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Rhythm
from portal.mail import queue_mail
from portal.models import Notice, NoticeRhythm

KEPT = timedelta(days=2)
LINES = 40  # in one mail; the rest is counted


def notify(
    *,
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    path: str,
    detail: str = "",
    at_once: int = 1,
) -> None:
    """Mail it within the present transaction; when this address got `at_once` such mails within the hour, keep it as a
    line (subject, `detail`, link to `path`) of the next gathered one.

    Two at the very same moment may both go at once: nobody waits for a lock to be told.
    """
    address = to.strip().lower()
    rhythm = rhythm_of(address)
    own = Notice.objects.filter(to=address)
    gather = rhythm == Rhythm.DAILY
    if rhythm == Rhythm.HOURLY:
        gather = own.mailed_lately().count() >= at_once or own.waiting().exists()
    if not gather:
        queue_mail(to=to, subject=subject, template=template, context=context)
    moment = None if gather else timezone.now()
    line = " ".join(subject.split())[:300]
    Notice.objects.create(to=address, subject=line, detail=detail, path=path, mailed_at=moment)


def rhythm_of(address: str) -> Rhythm:
    found = NoticeRhythm.objects.filter(to=address.strip().lower()).values_list("rhythm", flat=True).first()
    return Rhythm(found or Rhythm.HOURLY)


def set_rhythm(*, address: str, rhythm: Rhythm) -> None:
    """What waits already goes as the new rhythm says."""
    NoticeRhythm.objects.update_or_create(to=address.strip().lower(), defaults={"rhythm": rhythm})


def mail_gathered(now: datetime | None = None) -> int:
    """Queue one mail for each address whose hour or day is over, and forget what is old; returns how many."""
    Notice.objects.filter(mailed_at__lt=timezone.now() - KEPT).delete()
    addresses = set(Notice.objects.ready(now or timezone.now()).values_list("to", flat=True))
    return sum(_mail_to(address) for address in sorted(addresses))


@transaction.atomic
def _mail_to(address: str) -> bool:
    waiting = Notice.objects.waiting().filter(to=address).order_by("noted_at", "pk")
    notices = list(waiting.select_for_update(skip_locked=True))
    if not notices:
        return False
    subject = notices[0].subject
    if len(notices) > 1:
        subject = _("%(count)d Nachrichten aus dem Präventionsportal") % {"count": len(notices)}
    daily = rhythm_of(address) == Rhythm.DAILY
    more = max(0, len(notices) - LINES)
    context = {"notices": notices[:LINES], "more": more, "count": len(notices), "daily": daily}
    queue_mail(to=address, subject=subject, template="mail/portal/gathered.txt", context=context)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=timezone.now())
    return True
