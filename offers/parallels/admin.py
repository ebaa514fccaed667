"""Pairs over the whole stock for the Büro: the most alike first, why, and what was decided."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.models import Offer
from offers.parallels.actions import decide_pair
from offers.parallels.compare import Shared
from offers.parallels.enums import PairAnswer
from offers.parallels.models import PairDecision, ParallelPair
from offers.parallels.words import Reasons, in_one_sentence
from portal.admin_bases import ReadOnlyAdmin, StandFilter


class StateFilter(StandFilter):
    """Shows what nobody has decided yet unless something else is asked for."""

    unasked = gettext_lazy("noch nicht entschieden")
    stands = (
        ("wieder-offen", gettext_lazy("wieder offen, weil sich etwas geändert hat")),
        ("entschieden", gettext_lazy("entschieden")),
    )

    def rows(self, queryset: Any, stand: str) -> Any:
        if stand == "entschieden":
            return queryset.decided()
        return queryset.returned() if stand == "wieder-offen" else queryset.open()


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type arguments when running
    class Meta:
        model = PairDecision
        fields = ["answer", "reason"]
        labels = {"answer": gettext_lazy("Wie stehen die beiden zueinander?")}
        help_texts = {"reason": gettext_lazy("Nötig bei „beide werden gebraucht“.")}
        widgets = {"answer": forms.RadioSelect, "reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = PairAnswer.choices  # type: ignore[attr-defined]  # without the empty one

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == PairAnswer.ANYWAY and not cleaned.get("reason"):
            self.add_error("reason", _("Bitte schreiben Sie, warum beide gebraucht werden."))
        return cleaned


@admin.register(ParallelPair)
class ParallelPairAdmin(ReadOnlyAdmin):
    list_display = ["both", "likeness", "why", "answer"]
    list_filter = [StateFilter]
    list_per_page = 25
    search_fields = ["first__title", "second__title", "first__provider__name", "second__provider__name"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = ParallelPair.objects.public().with_answer().most_alike_first()
        return rows.select_related("first__provider", "second__provider")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self.__dict__.pop("_reasons", None)  # names may have changed since the last page
        return super().changelist_view(request, extra_context)

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons()

    @admin.display(description=gettext_lazy("Angebote"))
    def both(self, pair: ParallelPair) -> SafeString:
        return format_html("{}<br>{}", _with_provider(pair.first), _with_provider(pair.second))

    @admin.display(description=gettext_lazy("Ähnlichkeit"), ordering="score")
    def likeness(self, pair: ParallelPair) -> str:
        return f"{pair.score:.0%}".replace("%", " %")

    @admin.display(description=gettext_lazy("Warum"))
    def why(self, pair: ParallelPair) -> str:
        return in_one_sentence(self._reasons.of(Shared(**pair.shared)))

    @admin.display(description=gettext_lazy("Entscheidung"))
    def answer(self, pair: Any) -> str:
        return str(PairAnswer(pair.answer).label) if pair.answer else "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Both offers side by side, why they are alike, what was decided before, and the question."""
        pair = self.get_object(request, unquote(object_id))
        if pair is None:
            raise Http404(_("Dieses Paar gibt es nicht mehr."))
        if not self.has_view_permission(request, pair):
            raise PermissionDenied
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._decide(request, pair, form):
            return HttpResponseRedirect(reverse("admin:offers_parallelpair_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ähnliche Angebote"),
            "opts": self.opts,
            "pair": pair,
            "reasons": Reasons().of(Shared(**pair.shared)),
            "offers": Offer.objects.filter(pk__in=[pair.first_id, pair.second_id]).with_page_relations(),
            "decisions": PairDecision.objects.filter(first=pair.first_id, second=pair.second_id).select_related(
                "decided_by", "proposal"
            ),
            "form": form,
            "may_decide": request.user.has_perm("offers.add_pairdecision"),
        }
        return TemplateResponse(request, "admin/offers/parallelpair/change_form.html", context)

    def _decide(self, request: HttpRequest, pair: ParallelPair, form: DecisionForm) -> bool:
        if not isinstance(request.user, User):
            raise PermissionDenied
        try:
            decide_pair(pair=pair, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        messages.success(request, _("Gespeichert. Das Paar kommt erst wieder, wenn sich eines der beiden ändert."))
        return True


def _with_provider(offer: Offer) -> str:
    """ "Elterncafé (Caritas)"; many a house is called as its only offer is."""
    return offer.title if offer.title == offer.provider.name else f"{offer} ({offer.provider})"
