"""Sending a checked table: asked for once by a person, done by a job, some rows in one transaction each.

`done` moves on in the same transaction as the proposals of those rows are stored. So a worker that is killed leaves
whole proposals behind, the next one goes on after them, and no row is sent twice or left out.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from offers.actions import ParallelAnswered
from offers.enums import ProposalStatus
from offers.freshness.enums import Answer
from offers.models import Offer, Parallel, Proposal, UploadedSheet
from offers.proposals import Payload
from offers.sheets.check import Row, Waiting
from offers.workspace.actions import keep_answers, sender_of
from offers.workspace.following import note_own_ways
from partners.models import Affiliation, Partner
from portal.city import city
from portal.mail import queue_mail

BATCH = 50  # rows
NAMED = 20  # references in the mail to the Büro


@transaction.atomic
def order(
    *,
    sheet: UploadedSheet,
    keep: Mapping[int, Sequence[str]],
    parallels: Mapping[int, Sequence[ParallelAnswered]],
    message: str = "",
) -> None:
    """Queue the sending of every changed row; asked for twice, it is queued once.

    `keep` names by line the fields that stay as they are in the portal, `parallels` answers about new offers.
    """
    locked = _locked(sheet)
    if locked.ordered_at or locked.answers is not None:
        return
    locked.answers = {
        "keep": {str(line): list(names) for line, names in keep.items() if names},
        "parallels": {str(line): [_as_json(one) for one in given] for line, given in parallels.items() if given},
        "message": message,
    }
    locked.rows, locked.done = len(locked.result.get("rows", [])), 0
    locked.save(update_fields=["answers", "rows", "done"])
    _queue(locked)


@transaction.atomic
def go_on(*, sheet: UploadedSheet) -> None:
    """Queue the rest after the sending was given up."""
    locked = _locked(sheet)
    if locked.stopped:
        _queue(locked)


def _locked(sheet: UploadedSheet) -> UploadedSheet:
    return UploadedSheet.objects.select_for_update().defer("content").get(pk=sheet.pk)


def _queue(sheet: UploadedSheet) -> None:
    from offers.sheets.tasks import send_sheet  # it calls run_sending below

    sheet.ordered_at = timezone.now()
    sheet.save(update_fields=["ordered_at"])
    send_sheet.defer(sheet=sheet.pk)


def _as_json(given: ParallelAnswered) -> dict[str, Any]:
    return {"existing": given.existing.pk, "answer": given.answer, "reason": given.reason}


def run_sending(pk: int) -> None:
    """Send what is not sent yet, outside a transaction, so that its progress is seen."""
    sheet = UploadedSheet.objects.sending().select_related("partner", "person").defer("content").filter(pk=pk).first()
    if sheet is None:
        return
    own = Affiliation.objects.current().filter(person=sheet.person, partner=sheet.partner).first()
    if own is None:  # whoever left the organisation does not speak for it any more
        give_up_sending(pk)
        return
    path = reverse("sheets:sheet", args=[sheet.partner.slug, sheet.public_id])
    with pghistory.context(user=sheet.person_id, url=path):
        sending = Sending(sheet, own)
        while sending.send_some():
            pass


def give_up_sending(pk: int) -> None:
    """After the last try: the page says how far it came and has a button that goes on."""
    UploadedSheet.objects.sending().filter(pk=pk).update(ordered_at=None)


class Sending:
    """One run over the rows of a table."""

    def __init__(self, sheet: UploadedSheet, own: Affiliation) -> None:
        self.sheet = sheet
        self.own = own
        self.sender = sender_of(own)
        self.rows: list[Row] = sheet.result.get("rows", [])
        self.waiting = Waiting(own.partner)

    @transaction.atomic
    def send_some(self) -> bool:
        """The next rows, all or none; False when there is nothing left to do."""
        Partner.objects.select_for_update(no_key=True).get(pk=self.own.partner_id)  # no other table meanwhile
        locked = UploadedSheet.objects.sending().select_for_update().only("pk", "done").filter(pk=self.sheet.pk).first()
        if locked is None:
            return False
        rows = self.rows[locked.done : locked.done + BATCH]
        if rows:
            self._store(rows)
        locked.done += len(rows)
        if locked.done < len(self.rows):
            locked.save(update_fields=["done"])
            return True
        locked.sent_at = timezone.now()
        locked.save(update_fields=["done", "sent_at"])
        self._tell_office()
        return False

    def _store(self, rows: list[Row]) -> None:
        self.waiting.look_again()
        offers = Offer.objects.filter(provider=self.own.partner).in_bulk([row["offer"] for row in rows if row["offer"]])
        made: list[tuple[Row, Proposal]] = []
        for row in rows:
            keep = self._answers("keep", row)
            payload = {name: value for name, value in row["payload"].items() if name not in keep}
            gone = row["offer"] is not None and row["offer"] not in offers
            if payload and not gone and not self.waiting.reference(row["offer"], payload):
                made.append((row, self._proposal(row, offers.get(row["offer"]), payload)))
        Proposal.objects.bulk_create(proposal for _row, proposal in made)
        self._keep_parallels(made)
        changes = [(proposal.offer, proposal) for _row, proposal in made if proposal.offer]
        keep_answers(changes, self.own, Answer.CHANGED)
        note_own_ways([(offer, proposal.payload) for offer, proposal in changes])

    def _answers(self, kind: str, row: Row) -> list[Any]:
        given: list[Any] = (self.sheet.answers or {}).get(kind, {}).get(str(row["line"]), [])
        return given

    def _proposal(self, row: Row, offer: Offer | None, payload: Payload) -> Proposal:
        return Proposal(
            submission_id=submission_of(self.sheet, row["line"]),
            offer=offer,
            base=row["base"] if offer else {},
            base_version=row["version"],
            payload=payload,
            message=(self.sheet.answers or {}).get("message", ""),
            status=ProposalStatus.WAITING,
            confirmed_at=timezone.now(),
            **self.sender.values,
        )

    def _keep_parallels(self, made: list[tuple[Row, Proposal]]) -> None:
        given = [(proposal, entry) for row, proposal in made for entry in self._answers("parallels", row)]
        there = set(
            Offer.objects.filter(pk__in={entry["existing"] for _p, entry in given}).values_list("pk", flat=True)
        )
        Parallel.objects.bulk_create(
            Parallel(proposal=proposal, existing_id=entry["existing"], answer=entry["answer"], reason=entry["reason"])
            for proposal, entry in given
            if entry["existing"] in there
        )

    def _tell_office(self) -> None:
        """One mail, whatever the number of rows."""
        references = list(proposals_of(self.sheet).values_list("reference", flat=True))
        if not references:
            return
        subject = ngettext(
            "%(count)d Vorschlag aus einer Tabelle: %(partner)s", "%(count)d Vorschläge aus einer Tabelle: %(partner)s",
            len(references),
        ) % {"count": len(references), "partner": self.own.partner.name}  # fmt: skip
        context = {
            "organisation": self.own.partner.name,
            "references": ", ".join(references[:NAMED]),
            "more": max(0, len(references) - NAMED),
            "path": reverse("admin:offers_proposal_changelist"),
        }
        queue_mail(to=city()["office_email"], subject=subject, template="mail/offers/sheet_sent.txt", context=context)


def submission_of(sheet: UploadedSheet, line: int) -> uuid.UUID:
    """What stores the proposal of a row only once."""
    return uuid.uuid5(sheet.public_id, str(line))


def proposals_of(sheet: UploadedSheet) -> QuerySet[Proposal]:
    """What has come of a table so far, in the order of its rows."""
    ids = [submission_of(sheet, row["line"]) for row in sheet.result.get("rows", [])]
    found = Proposal.objects.filter(submission_id__in=ids, partner=sheet.partner_id)
    return found.select_related("offer").order_by("pk")
