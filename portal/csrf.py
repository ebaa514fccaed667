"""The answer to a form that came without its protection."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Only signed-in staff meet this: public forms carry a signed time stamp instead of a cookie."""
    message = _("Die Seite war zu lange offen oder Ihr Browser lehnt Cookies ab. Bitte laden Sie die Seite neu.")
    return render(request, "403.html", {"message": message}, status=403)
