"""Mails that came back: who can no longer be reached becomes a task for staff.

Read are delivery reports (RFC 3464), as every mail server writes them. What is not a report, only delayed, or about an
address the register does not know changes nothing: anybody can write to the mailbox.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import open_task
from offers.models import Reminder, Task
from partners.models import Partner

LARGEST = 2_000_000  # bytes


def failed_recipients(report: bytes) -> Iterator[str]:
    """Addresses a delivery report says can never be reached; lower case, each once."""
    seen = set()
    for part in message_from_bytes(report[:LARGEST], policy=policy.compat32).walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            address = _failed(block) if isinstance(block, Message) else ""
            if address and address not in seen:
                seen.add(address)
                yield address


def _failed(block: Message) -> str:
    """The recipient of one block when its delivery has failed for good, else ""."""
    if str(block.get("Action", "")).strip().lower() != "failed":
        return ""
    if not str(block.get("Status", "5")).strip().startswith("5"):
        return ""
    kind, _semicolon, address = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").partition(
        ";"
    )
    address = address.strip().strip("<>").lower()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if kind.strip().lower() == "rfc822" else ""


@transaction.atomic
def take_bounce(report: bytes) -> list[Task]:
    """Open a task for every organisation that has no other way to be reminded; returns the tasks."""
    tasks = []
    for address in failed_recipients(report):
        for partner in _who_reads(address):
            subject = _("E-Mail an %(name)s kam zurück: %(address)s gibt es nicht mehr.")
            values = {"name": partner.name, "address": address}
            tasks.append(open_task(kind=TaskKind.BOUNCED, partner=partner, concerns=address, subject=subject % values))
    return tasks


def _who_reads(address: str) -> list[Partner]:
    """Organisations the portal writes to at this address, or has reminded there."""
    reminded = Reminder.objects.filter(address__iexact=address).values("offer__provider")
    found = Partner.objects.filter(email__iexact=address) | Partner.objects.filter(pk__in=reminded)
    found |= Partner.objects.filter(contacts__email__iexact=address)
    found |= Partner.objects.filter(offers__email__iexact=address)
    return list(found.distinct().order_by("pk"))
