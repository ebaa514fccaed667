"""Vier Augen: who made a proposal, whatever address it carries."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from offers.models import Proposal
from portal.history import event_models


def is_own(proposal: Proposal, person: User) -> bool:
    """Whether the person made the proposal: sent it from an own address, or typed it in while signed in.

    The history knows who was signed in when a proposal was stored, also when it carries somebody else's address.
    """
    sender = proposal.sender_email.casefold()
    if sender and sender in {person.email.casefold(), *_addresses(person)}:
        return True
    stored = event_models()[Proposal].objects.filter(pgh_obj=proposal.pk, pgh_label="insert")
    return bool(stored.filter(pgh_context__metadata__user=person.pk).exists())


def _addresses(person: User) -> list[str]:
    """All addresses the person signs in with."""
    return [email.casefold() for email in EmailAddress.objects.filter(user=person).values_list("email", flat=True)]
