"""Where the link in a question leads: no login, no cookie; opening the page changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from offers.desk.actions import RefusedError, answer_by_link
from offers.desk.cases import kind_of
from offers.desk.forms import AnswerForm
from offers.desk.links import Asked, Refused, asked

SENT = "gesendet"


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer_question(request: HttpRequest, token: str) -> HttpResponse:
    """The question and a field for the answer."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            answer_by_link(token=token, text=form.cleaned_data["text"])
        except RefusedError as error:
            return _refuse(request, error.asked)
        return redirect(f"{request.path}?{SENT}=1")
    found = asked(token)
    if found.refused or found.question is None:
        return _refuse(request, found)
    return render(request, "offers/desk/answer.html", {**_context(found), "form": form})


def _refuse(request: HttpRequest, found: Asked) -> HttpResponse:
    """The page of a link that opens nothing (any more); right after answering it says thank you."""
    sent = SENT in request.GET and found.refused == Refused.ANSWERED
    status = 200 if sent else 404 if found.refused == Refused.UNREADABLE else 410
    return render(
        request, "offers/desk/refused.html", {**_context(found), "refused": found.refused, "sent": sent}, status=status
    )


def _context(found: Asked) -> dict[str, object]:
    if found.question is None:
        return {"question": None, "name": ""}
    case = found.question.case
    kind = kind_of(case)
    about = {"name": kind.title(case), "reference": kind.number(case), "heading": kind.question}
    return {"question": found.question, "tells": kind.keeps_address, **about}
