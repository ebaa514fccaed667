"""What happens to an uploaded table: stored, checked by a job, sent as proposals. Each whole or not at all."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.actions import ParallelAnswered, submit_change
from offers.freshness.enums import Answer
from offers.models import Offer, Proposal, UploadedSheet
from offers.sheets.archive import UnreadableError
from offers.sheets.check import Check, Waiting
from offers.sheets.read import read_table
from offers.workspace.actions import keep_answer, sender_of
from partners.models import Affiliation, Partner
from portal.city import city
from portal.mail import queue_mail

TELL_EVERY = 20  # rows


@transaction.atomic
def upload(*, own: Affiliation, name: str, content: bytes, submission_id: uuid.UUID) -> UploadedSheet:
    """Store the file and queue its check. The same submission_id is stored once."""
    from offers.sheets.tasks import check_sheet  # it calls run_check below

    sheet, created = UploadedSheet.objects.get_or_create(
        person=own.person,
        submission_id=submission_id,
        defaults={"partner": own.partner, "name": name[-120:], "content": content},
    )
    if created:
        check_sheet.defer(sheet=sheet.pk)
    return sheet


def run_check(pk: int) -> None:
    """The dry run, outside a transaction, so that its progress is seen. Done twice it says the same."""
    sheet = UploadedSheet.objects.select_related("partner").filter(pk=pk, checked_at=None).first()
    if sheet is None:
        return
    own = UploadedSheet.objects.filter(pk=pk)
    try:
        table = read_table(bytes(sheet.content))
        own.update(rows=len(table.lines), done=0)

        def progress(done: int) -> None:
            if done % TELL_EVERY == 0:
                own.update(done=done)

        result = Check(table, sheet.partner).run(progress)
        own.update(done=len(table.lines))
    except UnreadableError as error:
        result = {"problem": str(error)}
    own.update(result=result, checked_at=timezone.now(), content=b"")


def give_up(pk: int) -> None:
    """After the last try: the person is told instead of waiting for ever."""
    problem = _("Das hat leider nicht geklappt, und es liegt an uns. Das Büro sieht den Fehler und kümmert sich.")
    UploadedSheet.objects.filter(pk=pk, checked_at=None).update(
        result={"problem": problem}, checked_at=timezone.now(), content=b""
    )


@transaction.atomic
def send(
    *,
    sheet: UploadedSheet,
    own: Affiliation,
    keep: Mapping[int, Sequence[str]],
    parallels: Mapping[int, Sequence[ParallelAnswered]],
    message: str = "",
) -> list[str]:
    """Turn every changed row into a proposal, with one mail to the Büro; returns their references.

    `keep` names by line the fields that stay as they are in the portal, `parallels` answers about new offers. Sent
    twice is stored once.
    """
    partner = Partner.objects.select_for_update().get(pk=own.partner.pk)  # nobody else sends a table meanwhile
    locked = UploadedSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.sent_at:
        return list(locked.result.get("sent", []))
    sender, waiting = sender_of(own), Waiting(partner)
    sent: list[str] = []
    offers = {offer.pk: offer for offer in Offer.objects.filter(provider=partner)}
    for row in locked.result.get("rows", []):
        offer = offers.get(row["offer"])
        payload = {name: value for name, value in row["payload"].items() if name not in keep.get(row["line"], ())}
        gone = row["offer"] is not None and offer is None
        if gone or not payload or waiting.reference(row["offer"], payload):
            continue
        proposal = submit_change(
            offer=offer,
            by=sender,
            payload=payload,
            base=row["base"] if offer else {},
            base_version=row["version"],
            submission_id=uuid.uuid5(locked.public_id, str(row["line"])),
            message=message,
            parallels=parallels.get(row["line"], ()),
            tell=False,
        )
        if offer:
            keep_answer(offer, own, Answer.CHANGED, proposal)
        sent.append(proposal.reference)
    locked.result = {**locked.result, "sent": sent}
    locked.sent_at = timezone.now()
    locked.save(update_fields=["result", "sent_at"])
    if sent:
        _tell_office(partner, sent)
    return sent


def _tell_office(partner: Partner, sent: list[str]) -> None:
    subject = ngettext(
        "%(count)d Vorschlag aus einer Tabelle: %(partner)s", "%(count)d Vorschläge aus einer Tabelle: %(partner)s",
        len(sent),
    ) % {"count": len(sent), "partner": partner.name}  # fmt: skip
    context: dict[str, Any] = {
        "organisation": partner.name,
        "references": ", ".join(sent),
        "path": reverse("admin:offers_proposal_changelist"),
    }
    queue_mail(to=city()["office_email"], subject=subject, template="mail/offers/sheet_sent.txt", context=context)


def proposals_of(sheet: UploadedSheet) -> list[Proposal]:
    """What a table was sent as, in the order of its rows."""
    references = sheet.result.get("sent", [])
    found = Proposal.objects.filter(reference__in=references, partner=sheet.partner).select_related("offer")
    return sorted(found, key=lambda proposal: references.index(proposal.reference))
