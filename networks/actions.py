"""Letters of a network: invitations, reminders, what changed about a meeting, and questions about overdue decisions."""

from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from networks.models import Decision, Meeting, Membership
from portal.mail import queue_mail


def send_what_is_due() -> int:
    """Invite, remind and chase; each meeting and decision in a transaction of its own. How many letters were queued."""
    letters = sum(invite(meeting=meeting) for meeting in Meeting.objects.to_invite())
    letters += sum(remind(meeting=meeting) for meeting in Meeting.objects.to_remind())
    return letters + sum(chase(decision=decision) for decision in Decision.objects.to_chase())


@transaction.atomic
def invite(*, meeting: Meeting) -> int:
    """Invite every member organisation once; how many letters."""
    locked = Meeting.objects.to_invite().select_for_update(of=("self",)).filter(pk=meeting.pk).first()
    if locked is None:
        return 0
    Meeting.objects.filter(pk=locked.pk).update(invited_at=timezone.now())
    return _write(locked, template="meeting_invitation", subject=_("Einladung: %(title)s am %(day)s"))


@transaction.atomic
def remind(*, meeting: Meeting) -> int:
    """Remind every member organisation once; how many letters."""
    locked = Meeting.objects.to_remind().select_for_update(of=("self",)).filter(pk=meeting.pk).first()
    if locked is None:
        return 0
    Meeting.objects.filter(pk=locked.pk).update(reminded_at=timezone.now())
    return _write(locked, template="meeting_reminder", subject=_("Erinnerung: %(title)s am %(day)s"))


@transaction.atomic
def tell_of_change(*, meeting: Meeting) -> int:
    """Tell those who were invited that day, time or place have changed, and remind them anew; how many letters."""
    if meeting.invited_at is None or meeting.is_over:
        return 0
    Meeting.objects.filter(pk=meeting.pk).update(reminded_at=None)
    return _write(meeting, template="meeting_changed", subject=_("Geändert: %(title)s am %(day)s"))


@transaction.atomic
def cancel(*, meeting: Meeting) -> int:
    """Take a coming meeting out of all calendars and tell those who were invited; how many letters."""
    locked = Meeting.objects.to_cancel().select_for_update(of=("self",)).get(pk=meeting.pk)
    letters = 0
    if locked.invited_at:
        letters = _write(locked, template="meeting_cancelled", subject=_("Abgesagt: %(title)s am %(day)s"))
    locked.delete()
    return letters


@transaction.atomic
def chase(*, decision: Decision) -> int:
    """Ask whoever does it, else the network's coordination, what became of an overdue decision; 1 or 0 letters."""
    locked = Decision.objects.to_chase().select_for_update(of=("self",)).filter(pk=decision.pk).first()
    if locked is None:
        return 0
    network = locked.meeting.network
    address = (locked.owner.email if locked.owner else "") or network.email
    if not address:
        return 0
    Decision.objects.filter(pk=locked.pk).update(chased_at=timezone.now())
    queue_mail(
        to=address,
        subject=_("Noch offen: Beschluss von %(network)s") % {"network": network.name},
        template="mail/networks/decision_overdue.txt",
        context={"decision": locked, "network": network},
    )
    return 1


def _write(meeting: Meeting, *, template: str, subject: str) -> int:
    words = {"title": meeting.title, "day": date_format(meeting.held_on)}
    letters = 0
    for address in dict.fromkeys(_addresses(meeting)):
        queue_mail(
            to=address,
            subject=subject % words,
            template=f"mail/networks/{template}.txt",
            context={
                "meeting": meeting,
                "network": meeting.network,
                "path": reverse("networks:detail", args=[meeting.network.slug]) if meeting.network.is_public else "",
            },
        )
        letters += 1
    return letters


def _addresses(meeting: Meeting) -> Iterator[str]:
    for membership in Membership.objects.current().filter(network=meeting.network).select_related("partner"):
        address = membership.email or membership.partner.email
        if address:
            yield address
