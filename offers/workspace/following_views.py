"""One offer as a template for others of the organisation: what they take over, and where each goes its own way."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from offers.models import Offer, TemplateLink
from offers.proposals import label
from offers.workspace import following
from offers.workspace.actions import sender_of
from partners.accounts.rights import for_members
from partners.models import Affiliation


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def template(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """The template an offer follows, or the offers that follow it."""
    offer = get_object_or_404(Offer, provider=own.partner, slug=slug)
    if request.method == "POST":
        act = {"folgen": _follow, "abweichen": _differ, "loesen": _detach, "uebernehmen": _take_over}.get(
            request.POST.get("aktion", "")
        )
        if act:
            act(request, own, offer)
        return redirect(request.path)
    return render(request, "offers/workspace/template.html", _context(own, offer))


def _context(own: Affiliation, offer: Offer) -> dict[str, Any]:
    own_link = following.steps(TemplateLink.objects.filter(offer=offer))
    link = own_link[0].link if own_link else None
    found = following.steps(TemplateLink.objects.of(offer))
    shared = [(name, label(name), name in link.differs) for name in following.SHARED] if link else []
    return {
        "own": own,
        "offer": offer,
        "link": link,
        "step": own_link[0] if own_link else None,
        "fields": shared,
        "followers": found,
        "ready": sum(step.is_ready for step in found),
        "possible": [] if link else following.may_follow(offer),
    }


def _follow(request: HttpRequest, own: Affiliation, offer: Offer) -> None:
    wanted = Offer.objects.filter(provider=own.partner, slug__in=request.POST.getlist("angebote"))
    try:
        following.follow(offers=wanted, template=offer)
    except following.NotPossibleError:
        messages.error(request, _("Das geht nicht: Eines der Angebote folgt schon einer Vorlage oder ist selbst eine."))
    else:
        messages.success(request, _("Gespeichert. Ändert sich die Vorlage, schlagen wir es den anderen Angeboten vor."))


def _differ(request: HttpRequest, own: Affiliation, offer: Offer) -> None:
    following.set_differing(link=_link_or_404(offer), names=request.POST.getlist("felder"))
    messages.success(request, _("Gespeichert."))


def _detach(request: HttpRequest, own: Affiliation, offer: Offer) -> None:
    _link_or_404(offer).delete()
    messages.success(request, _("Gelöst. Das Angebot steht jetzt für sich."))


def _take_over(request: HttpRequest, own: Affiliation, offer: Offer) -> None:
    """For one offer, named or the page's own, or for all that follow."""
    named = request.POST.get("angebot", "")
    rows = TemplateLink.objects.filter(offer=offer) | TemplateLink.objects.filter(template=offer)
    made = following.take_over(links=rows.filter(offer__slug=named) if named else rows, by=sender_of(own))
    words = ngettext("%(count)d Änderung ist beim Büro.", "%(count)d Änderungen sind beim Büro.", len(made))
    if made:
        messages.success(request, words % {"count": len(made)})
    else:
        messages.info(request, _("Hier ist nichts mehr zu übernehmen."))


def _link_or_404(offer: Offer) -> TemplateLink:
    link = TemplateLink.objects.filter(offer=offer).first()
    if link is None:
        raise Http404(_("Diese Seite gibt es nicht."))
    return link
