"""From case to case: whoever comes from the queue goes on to the next one, and a sender to the own case."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from offers.desk.enums import Sight
from offers.models import Proposal

FROM = "eingang"  # on a case's page: the sight of the queue somebody came from
LEFT = "nach"  # for the next case: the one that was decided or skipped


def sight_of(value: str | None) -> Sight:
    """An unknown one shows everything."""
    return Sight(value) if value in Sight.values else Sight.ALL


def next_path(request: HttpRequest, kind: str, pk: int) -> str:
    """The address that leads to the case after this one."""
    query = {FROM: sight_of(request.GET.get(FROM)).value, LEFT: f"{kind}-{pk}"}
    return f"{reverse('admin:offers_queue_next')}?{urlencode(query)}"


def onward(request: HttpRequest, kind: str, pk: Any) -> HttpResponseRedirect:
    """After a decision: on through the queue, or back to the page for who came from elsewhere."""
    return HttpResponseRedirect(next_path(request, kind, pk) if FROM in request.GET else request.path)


def back_to(request: HttpRequest) -> HttpResponseRedirect:
    """The same case again, on the same way through the queue."""
    return HttpResponseRedirect(request.get_full_path())


def way_back(proposal: Proposal, otherwise: str) -> str:
    """Where the sender goes on: with an account to the case in „Mein Bereich“."""
    partner, sender = proposal.partner, proposal.sender_email
    if partner and partner.affiliations.current().filter(person__email__iexact=sender).exists():
        return reverse("workspace:proposal", args=[partner.slug, proposal.reference])
    return otherwise
