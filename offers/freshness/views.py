"""Where the links in our mails lead: no login, no cookie, and opening a page never changes anything.

Mail scanners open every link, so each page asks, and only its button answers. The POST views are exempt from CSRF
protection: nobody is signed in here, the right lies in the link itself.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from offers.freshness import actions
from offers.freshness.enums import Answer
from offers.freshness.forms import EndForm, content_id
from offers.freshness.links import VIEWS, Question, Refused, ask, link
from offers.proposals import facts, fingerprint, snapshot
from offers.submission.change import ChangeForm, other_rows

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
SENT = "gesendet"


@never_cache
@csrf_exempt
@get_and_post
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """ "Stimmt noch": the facts and one button."""
    moved = False
    if request.method == "POST":
        try:
            actions.confirm_by_link(token=token, seen=request.POST.get("stand", ""))
        except actions.RefusedError as error:
            return _refuse(request, error.question)
        except actions.ChangedMeanwhileError:
            moved = True
        else:
            return _thanks(Answer.CONFIRMED, token)
    question = ask(token, Answer.CONFIRMED)
    if question.refused or question.offer is None:
        return _refuse(request, question)
    offer = question.offer
    context = {
        "offer": offer,
        "facts": facts(snapshot(offer)),
        "stand": fingerprint(offer),
        "moved": moved,
        "change_path": link(offer, Answer.CHANGED),
        "end_path": link(offer, Answer.ENDED),
    }
    return render(request, "offers/freshness/confirm.html", context)


@never_cache
@csrf_exempt
@get_and_post
def change(request: HttpRequest, token: str) -> HttpResponse:
    """ "Ändern": all facts as a form; what was changed becomes a proposal."""
    question = ask(token, Answer.CHANGED)
    if question.refused or question.offer is None:
        return _refuse(request, question)
    offer = question.offer
    posted = request.POST.copy() if request.method == "POST" else None
    more_or_fewer_rows = posted is not None and other_rows(posted)
    form = ChangeForm(posted, offer=offer)
    if more_or_fewer_rows:
        form.without_errors()
    elif form.is_bound and form.is_valid():
        payload, message = form.changed, form.cleaned_data["message"]
        if payload or message:
            try:
                actions.change_by_link(
                    token=token,
                    payload=payload,
                    seen=form.seen,
                    submission_id=content_id(form.submission_id, payload, message),
                    message=message,
                )
            except actions.RefusedError as error:
                return _refuse(request, error.question)
            return _thanks(Answer.CHANGED, token)
        form.add_error(None, _("Sie haben noch nichts geändert. Stimmt alles? Dann wählen Sie unten „Stimmt noch“."))
    context = {"offer": offer, "form": form, "confirm_path": link(offer, Answer.CONFIRMED)}
    return render(request, "offers/freshness/change.html", context)


@never_cache
@csrf_exempt
@get_and_post
def end(request: HttpRequest, token: str) -> HttpResponse:
    """ "Gibt es nicht mehr": since when, and what families should know."""
    question = ask(token, Answer.ENDED)
    if question.refused or question.offer is None:
        return _refuse(request, question)
    form = EndForm(request.POST if request.method == "POST" else None, offer=question.offer)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            actions.end_by_link(
                token=token,
                last_day=values["last_day"],
                submission_id=content_id(form.submission_id, values["last_day"], values["message"]),
                message=values["message"],
            )
        except actions.RefusedError as error:
            return _refuse(request, error.question)
        return _thanks(Answer.ENDED, token)
    return render(request, "offers/freshness/end.html", {"offer": question.offer, "form": form})


def _thanks(purpose: Answer, token: str) -> HttpResponse:
    return redirect(f"{reverse(VIEWS[purpose], args=[token])}?{SENT}=1")


def _refuse(request: HttpRequest, question: Question) -> HttpResponse:
    """The page of a link that opens nothing (any more); right after answering it says thank you."""
    sent = SENT in request.GET and question.refused == Refused.ANSWERED
    context = {"question": question, "offer": question.offer, "sent": sent}
    status = 200 if sent else 404 if question.refused == Refused.UNREADABLE else 410
    return render(
        request, "offers/freshness/answered.html" if sent else "offers/freshness/refused.html", context, status=status
    )
