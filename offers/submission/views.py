"""Submitting an offer, confirming it, and reporting an error: public, without account, session or cookie.

The POST views are exempt from CSRF protection: nobody is signed in here, so there is no right another site could
borrow. The forms carry a signed time stamp and a honeypot instead (portal/forms.py).
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from offers.actions import TooManyUnconfirmedError, confirm_proposal, report_error, submit_change, submit_proposal
from offers.models import Offer, Proposal
from offers.proposals import Wording, label
from offers.submission.draft import PREVIEW, Draft
from offers.submission.forms import STEPS, StepForm
from offers.submission.report import ErrorReportForm
from offers.submission.send import SendForm
from partners.enums import PartnerKind
from portal.forms import parse_submission_id
from portal.rate import of_connection

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
# No cache between may keep a form with its id; the browser may, or its back button would lose what was typed.
own_copy = cache_control(private=True, max_age=0)

PARTS_OF_STEP = (  # the payload's fields by the step that asks for them
    ("title", "summary", "description", "topics", "format"),
    ("ages", "audiences", "catchment", "access", "places", "accessibility_note"),
    (
        "schedules", "when_note", "cost", "cost_note", "registration", "registration_note", "phone", "email",
        "website", "languages", "lifecycle", "ends_on", "fundings",
    ),
)  # fmt: skip


@own_copy
@csrf_exempt
@get_and_post
def submit(request: HttpRequest) -> HttpResponse:
    """Four steps and a preview at one address; the button's value says where to go."""
    if request.method != "POST":
        draft = Draft()
        return _step(request, draft, 1, draft.form(1))
    draft = Draft(request.POST)
    draft.mark_visited()
    if draft.has_other_rows and draft.step < PREVIEW:
        return _step(request, draft, draft.step, draft.form(draft.step).without_errors())
    target = draft.target()
    if target == PREVIEW:
        bad = draft.first_bad_step()
        if bad:
            return _step(request, draft, bad, draft.checked(bad))
        return _send(request, draft) if draft.values.get("aktion") == "senden" else _preview(request, draft)
    if target > draft.step and not draft.checked(draft.step).is_valid():
        return _step(request, draft, draft.step, draft.checked(draft.step))
    return _step(request, draft, target, draft.form(target).without_errors())


def _step(request: HttpRequest, draft: Draft, number: int, form: StepForm) -> HttpResponse:
    context = {
        "form": form,
        "number": number,
        "total": len(STEPS),
        "hidden": list(draft.hidden(*form.fields)),
        "can_preview": len(draft.visited) == len(STEPS),
    }
    return render(request, "offers/submission/step.html", context)


def _preview(request: HttpRequest, draft: Draft, form: SendForm | None = None) -> HttpResponse:
    form = form or SendForm(draft=draft)
    context = {
        "form": form,
        "title": draft.payload["title"],
        "is_by_member": draft.is_by_member,
        "steps": [(number, step.name, _facts(draft, number)) for number, step in enumerate(STEPS, start=1)],
        "hidden": list(draft.hidden(*form.fields)),
        "step": PREVIEW,
    }
    return render(request, "offers/submission/preview.html", context)


def _facts(draft: Draft, number: int) -> list[tuple[str, str]]:
    """What a step says, as label and words."""
    if number < len(STEPS):
        wording = Wording()
        return [(label(name), wording.text(name, draft.payload[name])) for name in PARTS_OF_STEP[number - 1]]
    sender = draft.sender
    kind = "" if sender.partner else PartnerKind(sender.organisation_kind).label
    return [
        (_("Organisation"), sender.partner.name if sender.partner else f"{sender.organisation} ({kind})"),
        (_("Ihr Name"), sender.name),
        (_("Ihre E-Mail-Adresse"), sender.email),
        (_("Nachricht an uns"), draft.cleaned["message"]),
    ]


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    given = parse_submission_id(draft.values.get("vorgang", ""))
    known = Proposal.objects.filter(submission_id=draft.content_id(given)).first() if given else None
    if known:
        return redirect("offers:submit_done", known.reference)
    form = SendForm(draft.values, draft=draft, meter=of_connection(request, "submission"))
    if not form.is_valid():
        return _preview(request, draft, form)
    try:
        proposal = _store(draft, form)
    except TooManyUnconfirmedError:
        form.add_error(
            None,
            _(
                "Zu dieser E-Mail-Adresse warten schon viele Angebote auf ihre Bestätigung. "
                "Bitte öffnen Sie zuerst die Links in unseren E-Mails, oder senden Sie morgen noch einmal."
            ),
        )
        return _preview(request, draft, form)
    return redirect("offers:submit_done", proposal.reference)


def _store(draft: Draft, form: SendForm) -> Proposal:
    """Whose address is proven already waits for the Büro at once; all others get a mail to confirm it."""
    words: dict[str, Any] = {
        "by": draft.sender,
        "payload": draft.payload,
        "submission_id": draft.content_id(form.submission_id),
        "message": draft.cleaned["message"],
        "parallels": form.answered,
    }
    if draft.is_by_member:
        return submit_change(offer=None, base={}, base_version=None, **words)
    return submit_proposal(**words)


@never_cache
@require_safe
def submit_done(request: HttpRequest, reference: str) -> HttpResponse:
    """The reference number and what comes next. Nothing about the sender: whoever has the number sees this page."""
    proposal = get_object_or_404(Proposal, reference=reference)
    return render(request, "offers/submission/done.html", {"proposal": proposal})


@never_cache
@csrf_exempt
@get_and_post
def submit_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the sender's address. Mail scanners open links by themselves, so opening shows a button only."""
    try:
        if request.method == "POST":
            confirm_proposal(token=token)
            return redirect("offers:submit_confirm", token)
        proposal = Proposal.objects.get(confirm_token=token)
    except Proposal.DoesNotExist:
        return render(request, "offers/submission/confirm_unknown.html", status=404)
    return render(request, "offers/submission/confirm.html", {"proposal": proposal})


@own_copy
@csrf_exempt
@get_and_post
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what is wrong with an offer; `?gesendet` is the thank-you after it."""
    try:
        offer = Offer.objects.published().at_slug(slug)
    except Offer.DoesNotExist:
        raise Http404(_("Dieses Angebot gibt es nicht.")) from None
    address = reverse("offers:report_error", args=[offer.slug])
    if request.method != "POST":
        if offer.slug != slug:
            return redirect(address, permanent=True)
        sent = "gesendet" in request.GET
        return render(request, "offers/report_error.html", {"offer": offer, "sent": sent, "form": ErrorReportForm()})
    form = ErrorReportForm(request.POST, meter=of_connection(request, "report"))
    if not form.is_valid():
        return render(request, "offers/report_error.html", {"offer": offer, "sent": False, "form": form})
    words = form.cleaned_data
    report_error(
        offer=offer,
        field=words["field"],
        correction=words["correction"],
        message=words["message"],
        by=words["reply_email"],
        submission_id=form.content_id(offer),
    )
    return redirect(f"{address}?gesendet=1")
