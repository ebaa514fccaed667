"""„Meine Angebote“: what they need, and every way to change them. What belongs to others answers 404."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offers.actions import AlreadyDecidedError, ChangedMeanwhileError
from offers.cards import pause
from offers.enums import ProposalStatus
from offers.freshness.enums import ReportField
from offers.freshness.reports import proposed
from offers.models import ErrorReport, Offer, Proposal, TemplateLink
from offers.proposals import changes, differences, facts, label, labels
from offers.submission.change import Seen
from offers.workspace import actions
from offers.workspace.drafts import draft_of
from offers.workspace.editing import Editing
from offers.workspace.forms import EndForm
from offers.workspace.newcomers import again, copy_of
from offers.workspace.page import may_confirm, overview, state_of, waiting
from offers.workspace.quality import quality
from partners.accounts.rights import for_members
from partners.models import Affiliation

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@for_members
def offers(request: HttpRequest, own: Affiliation) -> HttpResponse:
    """All offers of the organisation; those that need somebody first."""
    return render(request, "offers/workspace/offers.html", {"own": own, **overview(own)})


_UNDONE = (ProposalStatus.RETURNED, ProposalStatus.WITHDRAWN)


@require_safe
@for_members
def offer_detail(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """How good the entry is, what is missing and why it matters, and what happened to earlier changes."""
    offer = _offer_or_404(own, slug)
    link = TemplateLink.objects.filter(offer=offer).select_related("template").first()
    now = Seen.of(offer)
    context = {
        "own": own,
        "offer": offer,
        "state": state_of(offer),
        "may_confirm": may_confirm(offer),
        "seen": now.write(offer),
        "facts": facts(now.payload),
        "quality": quality(offer),
        "waiting": waiting(offer),
        "late": offer.review_due < timezone.localdate(),
        "proposals": [
            (proposal, labels(proposal.payload) if proposal.base_version else _("neues Angebot"))
            for proposal in offer.proposals.order_by("-submitted_at", "-pk")[:20]
        ],
        "draft": draft_of(own.person, offer),
        "pause": pause(offer, timezone.localdate()),
        "template": link and link.template,
        "differs": [label(name) for name in link.differs] if link else [],
    }
    return render(request, "offers/workspace/offer.html", context)


@get_and_post
@for_members
def confirm_offer(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """ "Stimmt noch": the facts and one button. Whoever saw others is shown what changed, and asked again."""
    offer = _offer_or_404(own, slug)
    if not may_confirm(offer):
        messages.error(request, _("Nur ein Angebot, das veröffentlicht ist und läuft, lässt sich bestätigen."))
        return redirect("workspace:offer", own.partner.slug, offer.slug)
    seen = Seen.read(request.POST.get("gesehen", ""), offer)
    if seen:
        try:
            actions.confirm(offer=offer, own=own, seen=seen.payload)
        except ChangedMeanwhileError:
            offer = _offer_or_404(own, slug)
        else:
            messages.success(request, _("Danke! „%(title)s“ ist bestätigt.") % {"title": offer.title})
            return _back(request, own, offer)
    now = Seen.of(offer)
    context = {
        "own": own,
        "offer": offer,
        "moved": differences(seen.payload, now.payload) if seen else [],
        "facts": facts(now.payload),
        "seen": now.write(offer),
        "back": request.POST.get("zurueck", ""),
    }
    return render(request, "offers/workspace/confirm.html", context, status=409 if seen else 200)


def _back(request: HttpRequest, own: Affiliation, offer: Offer) -> HttpResponse:
    """Where the button was pressed: in the list, or on the offer's page."""
    if request.POST.get("zurueck") == "liste":
        return redirect("workspace:offers", own.partner.slug)
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
    context = {"own": own, "offer": offer, "hidden": list(copy_of(offer, own).hidden("title"))}
    return render(request, "offers/workspace/copy.html", context)


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
        "may_rework": proposal.status in _UNDONE,
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
    if proposal.status not in _UNDONE:
        raise Http404(_("Diese Seite gibt es nicht."))
    if proposal.offer is None:
        draft = again(proposal.payload, proposal.message, own)
        context = {"own": own, "proposal": proposal, "hidden": list(draft.hidden())}
        return render(request, "offers/workspace/again.html", context)
    if not Editing(own, proposal.offer, None).take_over(proposal):
        messages.error(
            request, _("Zu diesem Angebot haben Sie schon einen Entwurf. Bitte senden oder verwerfen Sie ihn zuerst.")
        )
    return redirect("workspace:edit", own.partner.slug, proposal.offer.slug)


@require_POST
@for_members
def adopt_report(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    """Take what a visitor says is right into the form; people look at it before it is sent."""
    reports = ErrorReport.objects.open().about([own.partner]).select_related("offer")
    report = get_object_or_404(reports, public_id=key)
    at = [own.partner.slug, report.offer.slug]
    if report.field == ReportField.ENDED:
        return redirect("workspace:end", *at)
    payload = proposed(report)
    if payload:
        Editing(own, report.offer, None).fill_in(payload)
        messages.info(request, _("Der Hinweis steht schon im Formular. Bitte prüfen und senden Sie die Änderung."))
    else:
        hint = {"words": " ".join(filter(None, [report.correction, report.message]))}
        messages.info(request, _("Der Hinweis war: „%(words)s“ Bitte tragen Sie ein, was richtig ist.") % hint)
    return redirect("workspace:edit", *at)


def _offer_or_404(own: Affiliation, slug: str) -> Offer:
    return get_object_or_404(Offer.objects.filter(provider=own.partner).with_page_relations(), slug=slug)


def _proposal_or_404(own: Affiliation, reference: str) -> Proposal:
    """Of the organisation's offers, or sent in its name; a stranger's report about its offer counts, too."""
    mine = Proposal.objects.filter(partner=own.partner) | Proposal.objects.filter(offer__provider=own.partner)
    return get_object_or_404(mine.select_related("offer__provider", "partner"), reference=reference)
