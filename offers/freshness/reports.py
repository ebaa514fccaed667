"""What becomes of a visitor's hint: taken over as a change, passed on to the provider, or done."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.enums import Lifecycle
from offers.freshness.enums import Answer, ReportField
from offers.freshness.links import link
from offers.freshness.reminders import mailbox
from offers.models import ErrorReport, Offer
from offers.proposals import Payload, Wording, apply_payload, snapshot
from portal.mail import queue_mail

PLAIN = {  # fields whose right value a visitor can write down as it will stand there
    ReportField.TITLE, ReportField.SUMMARY, ReportField.PHONE, ReportField.EMAIL, ReportField.WEBSITE,
    ReportField.COST, ReportField.REGISTRATION, ReportField.ACCESSIBILITY,
}  # fmt: skip


class AlreadyHandledError(Exception):
    """Somebody dealt with the report before."""


class ChangedMeanwhileError(Exception):
    """The field no longer says what the decider saw."""


class NoMailboxError(Exception):
    """The organisation cannot be reached by mail."""


def proposed(report: ErrorReport) -> Payload:
    """The report as a change to the offer; empty when a person has to work it out."""
    if report.field == ReportField.ENDED:
        return {"lifecycle": Lifecycle.ENDED.value}
    if report.field in PLAIN and report.correction:
        return {report.field: report.correction}
    return {}


def present(report: ErrorReport) -> str:
    """What the offer says now about the field of the report, in words."""
    return Wording().text(report.field, snapshot(report.offer)[report.field]) if report.field else ""


@transaction.atomic
def adopt_report(*, report: ErrorReport, by: User, seen: str) -> Offer:
    """Change the offer as the visitor proposes. It is not thereby confirmed: the provider has said nothing.

    `seen` is what the field said to the decider. Raises PermissionDenied, AlreadyHandledError, ChangedMeanwhileError,
    or ValidationError when the value does not fit the field.
    """
    if not by.has_perm("offers.change_offer"):
        raise PermissionDenied
    locked = ErrorReport.objects.select_for_update().get(pk=report.pk)
    if locked.handled_at is not None:
        raise AlreadyHandledError
    offer = Offer.objects.select_for_update().get(pk=locked.offer_id)
    locked.offer = offer
    payload = proposed(locked)
    if not payload:
        raise ValidationError(_("Diese Meldung lässt sich nicht von selbst übernehmen."))
    if present(locked) != seen:
        raise ChangedMeanwhileError
    apply_payload(offer, payload)
    locked.adopted, locked.handled_at, locked.handled_by = True, timezone.now(), by
    locked.save(update_fields=["adopted", "handled_at", "handled_by"])
    return offer


@transaction.atomic
def pass_on_report(*, report: ErrorReport, by: User) -> str:
    """Mail the hint to the provider with a link that proposes a change; returns the mailbox.

    Raises PermissionDenied or NoMailboxError.
    """
    if not by.has_perm("offers.change_errorreport"):
        raise PermissionDenied
    offer = report.offer
    address = mailbox(offer.provider, [offer])
    if not address:
        raise NoMailboxError
    queue_mail(
        to=address,
        subject=_("Hinweis zu Ihrem Angebot: %(title)s") % {"title": offer.title},
        template="mail/offers/report_passed_on.txt",
        context={
            "report": report,
            "change_path": link(offer, Answer.CHANGED),
            "confirm_path": link(offer, Answer.CONFIRMED),
        },
    )
    return address
