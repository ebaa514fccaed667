"""The sign-in pages under /konto/: allauth's views, each behind the guard, under German addresses.

Partners get a code by mail. Staff have a password and a second factor; without one they are led to set it up.
"""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import (
    ConfirmLoginCodeView,
    LoginView,
    PasswordChangeView,
    ReauthenticateView,
    RequestLoginCodeView,
)
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners.accounts import admission
from partners.accounts.forms import AdmissionForm
from partners.accounts.guard import count_failure, is_closed, remember
from partners.accounts.rights import person_of

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def for_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Second factors are the Büro's; for everybody else these pages do not exist."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded, login_url=reverse_lazy("account_login")))


class PasswordView(LoginView):  # type: ignore[misc]  # allauth has no types
    """For staff; axes counts inside `authenticate`."""


class RequestCodeView(RequestLoginCodeView):  # type: ignore[misc]  # allauth has no types
    """Answers every address alike, in words and in work."""

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        closed = is_closed(self.request, email)
        if closed:
            return closed
        if form._user is None:
            get_adapter(self.request).pretend_mail(email)
        response: HttpResponse = super().form_valid(form)
        return response


class MailCodeView(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        closed = is_closed(request, self._process.state["email"])
        response: HttpResponse = closed or super().post(request, *args, **kwargs)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        count_failure(self.request, self._process.state["email"])
        response: HttpResponse = super().form_invalid(form)
        return response


class SecondFactorView(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        closed = is_closed(request, self.stage.login.user.get_username())
        response: HttpResponse = closed or super().post(request, *args, **kwargs)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        count_failure(self.request, self.stage.login.user.get_username())
        response: HttpResponse = super().form_invalid(form)
        return response


class GuardedAgain:
    """For the pages that ask a signed-in person once more."""

    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        closed = is_closed(request, request.user.get_username())
        response: HttpResponse = closed or super().post(request, *args, **kwargs)  # type: ignore[misc]  # from the view
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        count_failure(self.request, self.request.user.get_username())
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # from the view
        return response


class PasswordAgainView(ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    """axes counts inside `authenticate`."""


class SecondFactorAgainView(GuardedAgain, CodeAgainView):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeyAgainView(GuardedAgain, ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Any) -> HttpResponse:
        """allauth leads away to the door of those who are outside, and the way to the page is lost."""
        count_failure(self.request, self.request.user.get_username())
        form.errors["credential"] = form.error_class(
            [_("Der Passkey passt nicht. Bitte versuchen Sie es noch einmal.")]
        )
        response: HttpResponse = self.render_to_response({**self.get_context_data(), "form": form})
        return response


class SecondFactorAdded:
    """A factor that was just set up was also just used: the way to the admin is free."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # from the view
        record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        messages.success(self.request, _("Der zweite Faktor ist eingerichtet."))
        return response


class SetUpAppView(SecondFactorAdded, ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    pass


class AddPasskeyView(SecondFactorAdded, AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    pass


class SecurityView(IndexView):  # type: ignore[misc]  # allauth has no types
    """What secures the account; for staff without a second factor the choice between two."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = context["authenticators"]
        codes = found.get("recovery_codes")
        context["codes_left"] = len(codes.get_unused_codes()) if codes else 0
        context["has_factor"] = bool(found.get("totp") or found.get("webauthn"))
        return context


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: Any) -> HttpResponse:
        """allauth asks the adapter for apps only; the last passkey must stay, too."""
        rules = get_factor_adapter()
        if not rules.can_delete_authenticator(self.get_object()):
            messages.error(self.request, rules.error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(reverse("mfa_list_webauthn"))
        response: HttpResponse = super().form_valid(form)
        return response


class NewPasswordView(PasswordChangeView):  # type: ignore[misc]  # allauth has no types
    """Asks for the present password, so it is a door to guess at, too."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person_of(request).has_usable_password():
            raise Http404  # the Leitung gives the first one
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_index")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        closed = is_closed(request, person_of(request).get_username())
        response: HttpResponse = closed or super().post(request, *args, **kwargs)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("oldpassword"):
            count_failure(self.request, person_of(self.request).get_username())
        response: HttpResponse = super().form_invalid(form)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Ihr Passwort ist geändert."))
        response: HttpResponse = super().form_valid(form)
        return response


@never_cache
@get_and_post
def ask_admission(request: HttpRequest) -> HttpResponse:
    """Ask for a link that lets this browser try while the name is closed; `?gesendet` is the answer to everybody."""
    form = AdmissionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        admission.ask(name=form.cleaned_data["login"], request=request)
        return redirect(f"{reverse('account_ask_admission')}?gesendet=1")
    return render(request, "account/ask_admission.html", {"form": form, "sent": "gesendet" in request.GET})


@never_cache
@get_and_post
def admit(request: HttpRequest, token: str) -> HttpResponse:
    """Opening shows a button only, as mail scanners open links, too; pressing it marks this browser as the owner's."""
    person = admission.use(token) if request.method == "POST" else admission.holder(token)
    if person is None or request.method != "POST":
        return render(request, "account/admit.html", {"usable": person is not None}, status=200 if person else 410)
    response = redirect("account_login" if person.is_staff else "account_request_login_code")
    remember(request, response, admission.names_of(person))
    messages.success(request, _("Dieser Browser ist zugelassen. Melden Sie sich jetzt wie gewohnt an."))
    return response
