"""Filters of the admin's lists that people keep under a name, each for themselves or for the whole Büro."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.models import SavedFilter

PASSING = {"p", "seite", "e", "all", "_popup", "_to_field"}  # where somebody was in the list, not what they looked for
LISTS = ("_changelist", "offers_queue")  # ends of the names of pages that can be kept


class KeepForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type argument when running
    class Meta:
        model = SavedFilter
        fields = ["name", "path", "query", "is_shared"]
        widgets = {"path": forms.HiddenInput, "query": forms.HiddenInput}

    def clean_path(self) -> str:
        """Only lists of the admin: the address is followed later."""
        address = str(self.cleaned_data["path"])
        try:
            match = resolve(address)
        except Resolver404:
            raise forms.ValidationError(_("Diese Liste gibt es nicht.")) from None
        if match.namespace != "admin" or not str(match.url_name).endswith(LISTS):
            raise forms.ValidationError(_("Diese Liste gibt es nicht."))
        return address

    def clean_query(self) -> str:
        return wanted(str(self.cleaned_data["query"]))


def wanted(query: str) -> str:
    """What is looked for, without the page somebody was on."""
    return urlencode([(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in PASSING])


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the present filter; the same name again takes the new one."""
    form, person = KeepForm(request.POST), _person(request)
    if not form.is_valid():
        messages.error(request, " ".join(str(words) for found in form.errors.values() for words in found))
        return HttpResponseRedirect(_back(form))
    values = form.cleaned_data
    SavedFilter.objects.update_or_create(
        owner=person,
        path=values["path"],
        name=values["name"],
        defaults={"query": values["query"], "is_shared": values["is_shared"]},
    )
    messages.success(request, _("Der Filter „%(name)s“ ist gemerkt.") % {"name": values["name"]})
    return HttpResponseRedirect(_back(form))


def _back(form: KeepForm) -> str:
    """The list somebody came from, when it is one."""
    values = form.cleaned_data
    if not values.get("path"):
        return reverse("admin:index")
    return f"{values['path']}?{values['query']}" if values.get("query") else str(values["path"])


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an own filter; somebody else's does not exist."""
    kept = SavedFilter.objects.filter(owner=_person(request), pk=pk).first()
    if kept is None:
        raise Http404(_("Diesen Filter gibt es nicht."))
    kept.delete()
    messages.success(request, _("Der Filter „%(name)s“ ist vergessen.") % {"name": kept.name})
    return HttpResponseRedirect(kept.path)


def urls(site: Any) -> list[URLPattern]:
    return [
        path("filter/merken/", site.admin_view(keep), name="keep_filter"),
        path("filter/<int:pk>/vergessen/", site.admin_view(drop), name="drop_filter"),
    ]


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
