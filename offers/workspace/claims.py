"""From a confirmed submission to an account: whoever holds the mailed link has shown that the address is theirs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from offers.models import Proposal
from partners.accounts.actions import claim
from partners.models import Claim


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_account(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, as mail scanners open links, too; the Büro decides."""
    proposal = Proposal.objects.filter(confirm_token=token, confirmed_at__isnull=False).first()
    if proposal is None:
        raise Http404(_("Diese Seite gibt es nicht."))
    if request.method == "POST":
        claim(
            email=proposal.sender_email,
            name=proposal.sender_name,
            organisation=proposal.sender_organisation or str(proposal.partner or ""),
            partner=proposal.partner,
            reference=proposal.reference,
        )
    made = Claim.objects.filter(reference=proposal.reference).first()
    return render(request, "offers/workspace/claim.html", {"proposal": proposal, "claim": made})
