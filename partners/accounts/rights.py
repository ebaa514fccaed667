"""Who may open a page of „Mein Bereich“: whatever is not one's own answers 404, as if it did not exist."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from partners.models import Affiliation

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
MemberView = Callable[Concatenate[HttpRequest, Affiliation, P], HttpResponse]


def for_signed_in(view: View[P]) -> View[P]:
    """The person must be signed in; no browser or proxy keeps the page."""
    return never_cache(login_required(view))


def for_members(view: MemberView[P], *, managing: bool = False) -> Callable[..., HttpResponse]:
    """Give the view the person's affiliation with the organisation whose slug is in the address."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, partner: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, affiliation_or_404(request, partner, managing=managing), *args, **kwargs)

    return never_cache(login_required(guarded))


def for_managers(view: MemberView[P]) -> Callable[..., HttpResponse]:
    """As `for_members`, for those with the role Verwaltung."""
    return for_members(view, managing=True)


def affiliation_or_404(request: HttpRequest, partner: str, *, managing: bool = False) -> Affiliation:
    own = Affiliation.objects.current().of(request.user).select_related("partner", "person")
    found = (own.managing() if managing else own).filter(partner__slug=partner).first()
    if found is None:
        raise Http404(_("Diese Seite gibt es nicht."))
    return found


def person_of(request: HttpRequest) -> User:
    """The signed-in person; call it behind one of the guards above."""
    assert isinstance(request.user, User)  # noqa: S101  # said by the guards
    return request.user
