"""„Meine Angebote“: what they need, and every way to change them. What belongs to others answers 404."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offers.actions import AlreadyDecidedError
from offers.enums import ProposalStatus
from offers.models import Offer, Proposal
from offers.proposals import changes, snapshot
from offers.submission.change import known_to, values_from
from offers.submission.draft import Draft
from offers.workspace import actions
from offers.workspace.drafts import as_query, draft_of
from offers.workspace.editing import Editing
from offers.workspace.forms import EndForm
from offers.workspace.page import rows, share_confirmed, state_of
from offers.workspace.quality import quality
from partners.accounts.rights import for_members
from partners.models import Affiliation
from portal.forms import new_stamp

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@for_members
def offers(request: HttpRequest, own: Affiliation) -> HttpResponse:
    """All offers of the organisation; those that need somebody first."""
    found = list(Offer.objects.filter(provider=own.partner).with_page_relations().in_listing_order())
    proposals = list(Proposal.objects.filter(partner=own.partner).select_related("offer"))
    good, running, percent = share_confirmed(found)
    context = {
        "own": own,
        "rows": rows(found, proposals),
        "open": [proposal for proposal in proposals if proposal.status in _OPEN],
        "good": good,
        "running": running,
        "percent": percent,
    }
    return render(request, "offers/workspace/offers.html", context)


_OPEN = (ProposalStatus.WAITING, ProposalStatus.RETURNED, ProposalStatus.UNCONFIRMED)


@require_safe
@for_members
def offer_detail(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """How good the entry is, what is missing and why it matters, and what happened to earlier changes."""
    offer = _offer_or_404(own, slug)
    context = {
        "own": own,
        "offer": offer,
        "state": state_of(offer),
        "quality": quality(offer),
        "proposals": offer.proposals.order_by("-submitted_at", "-pk")[:20],
        "draft": draft_of(own.person, offer),
    }
    return render(request, "offers/workspace/offer.html", context)


@require_POST
@for_members
def confirm_offer(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    offer = _offer_or_404(own, slug)
    if offer.is_ended:
        messages.error(request, _("Ein beendetes Angebot lässt sich nicht bestätigen."))
    else:
        actions.confirm(offer=offer, own=own)
        messages.success(request, _("Danke! Das Angebot ist bestätigt."))
    return redirect("workspace:offer", own.partner.slug, offer.slug)


@get_and_post
@for_members
def edit_offer(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """The form with its draft: save, save by itself, settle what two tabs wrote, send."""
    offer = _offer_or_404(own, slug)
    editing = Editing(own, offer, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        answer = _carry_on(request, editing)
        if answer is not None:
            return answer
    return render(request, "offers/workspace/edit.html", editing.context(), status=409 if editing.conflicts else 200)


def _carry_on(request: HttpRequest, editing: Editing) -> HttpResponse | None:
    """What the pressed button leads to; None to show the form again."""
    editing.save()
    if request.headers.get("X-Draft"):  # the script that saves every few seconds
        return JsonResponse(
            {"version": editing.version, "values": editing.moved}, status=409 if editing.conflicts else 200
        )
    if editing.conflicts:
        return None
    if editing.has_other_rows:
        return redirect(request.path)  # the browser keeps the anchor of the button
    if request.POST.get("aktion") != "senden":
        messages.success(request, _("Gespeichert. Sie können später weiterschreiben. Gesendet ist noch nichts."))
        return redirect(request.path)
    proposal = editing.send()
    if proposal is None:
        return None
    messages.success(request, _("Ihre Änderung ist beim Büro. Bis zur Freigabe bleibt alles wie bisher zu sehen."))
    return redirect("workspace:proposal", editing.own.partner.slug, proposal.reference)


@require_POST
@for_members
def drop_changes(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    offer = _offer_or_404(own, slug)
    actions.drop_draft(person=own.person, offer=offer)
    messages.success(request, _("Der Entwurf ist verworfen."))
    return redirect("workspace:offer", own.partner.slug, offer.slug)


@get_and_post
@for_members
def end_offer(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    offer = _offer_or_404(own, slug)
    form = EndForm(request.POST or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        proposal = actions.propose_end(
            offer=offer,
            own=own,
            payload=form.payload,
            submission_id=uuid.uuid4(),
            message=form.cleaned_data["message"],
        )
        messages.success(request, _("Danke. Das Büro prüft die Änderung."))
        return redirect("workspace:proposal", own.partner.slug, proposal.reference)
    return render(request, "offers/workspace/end.html", {"own": own, "offer": offer, "form": form})


@require_safe
@for_members
def copy_offer(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """The values of an offer for the form of a new one; the button takes them there."""
    offer = _offer_or_404(own, slug)
    payload = snapshot(offer)
    values = values_from(payload, known_to(offer, payload)) | {
        "title": "",
        "organisation": own.partner.name,
        "sender_name": own.person.get_full_name(),
        "sender_email": own.person.email,
    }
    draft = Draft(as_query({name: _texts(value) for name, value in values.items()}))
    draft.values["stempel"], draft.values["vorgang"] = new_stamp(), str(uuid.uuid4())
    draft.values.setlist("besucht", ["1", "2", "3", "4"])
    context = {"own": own, "offer": offer, "hidden": list(draft.hidden("title"))}
    return render(request, "offers/workspace/copy.html", context)


def _texts(value: Any) -> list[str]:
    """A form value as a browser would send it."""
    if value in (None, "", False):
        return []
    return [str(entry) for entry in value] if isinstance(value, list) else ["on" if value is True else str(value)]


@require_safe
@for_members
def proposal_detail(request: HttpRequest, own: Affiliation, reference: str) -> HttpResponse:
    """What was proposed, how it was decided, and why."""
    proposal = _proposal_or_404(own, reference)
    context = {
        "own": own,
        "proposal": proposal,
        "changes": changes(proposal),
        "may_withdraw": actions.may_withdraw(proposal, own),
        "may_rework": _may_rework(proposal),
    }
    return render(request, "offers/workspace/proposal.html", context)


@require_POST
@for_members
def withdraw_proposal(request: HttpRequest, own: Affiliation, reference: str) -> HttpResponse:
    proposal = _proposal_or_404(own, reference)
    try:
        actions.withdraw(proposal=proposal, own=own)
    except PermissionDenied:
        messages.error(request, _("Das hat jemand anderes gemeldet. Darüber entscheidet das Büro."))
    except AlreadyDecidedError:
        messages.info(request, _("Darüber wurde schon entschieden."))
    else:
        messages.success(request, _("Zurückgenommen. Das Büro entscheidet darüber nicht mehr."))
    return redirect("workspace:proposal", own.partner.slug, proposal.reference)


@require_POST
@for_members
def rework_proposal(request: HttpRequest, own: Affiliation, reference: str) -> HttpResponse:
    """Take what was returned or withdrawn back into the form, to send it again."""
    proposal = _proposal_or_404(own, reference)
    if proposal.offer is None or not _may_rework(proposal):
        raise Http404(_("Diese Seite gibt es nicht."))
    if not Editing(own, proposal.offer, None).take_over(proposal):
        messages.error(
            request, _("Zu diesem Angebot haben Sie schon einen Entwurf. Bitte senden oder verwerfen Sie ihn zuerst.")
        )
    return redirect("workspace:edit", own.partner.slug, proposal.offer.slug)


def _may_rework(proposal: Proposal) -> bool:
    """What came back for a change; a new offer that came back is sent as a new one."""
    undone = {ProposalStatus.RETURNED, ProposalStatus.WITHDRAWN}
    return proposal.offer is not None and proposal.status in undone


def _offer_or_404(own: Affiliation, slug: str) -> Offer:
    return get_object_or_404(Offer.objects.filter(provider=own.partner).with_page_relations(), slug=slug)


def _proposal_or_404(own: Affiliation, reference: str) -> Proposal:
    """Of the organisation's offers, or sent in its name; a stranger's report about its offer counts, too."""
    mine = Proposal.objects.filter(partner=own.partner) | Proposal.objects.filter(offer__provider=own.partner)
    return get_object_or_404(mine.select_related("offer__provider", "partner"), reference=reference)
