"""What the Büro does with many offers at once."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.enums import Lifecycle, Status
from offers.freshness.actions import confirm_on_behalf
from offers.models import Offer, Topic
from offers.models.offer import REVIEW_RHYTHMS
from portal.bulk import BulkChange


def _save(offer: Offer, **values: Any) -> None:
    """Write columns; a rule of the database that is against it becomes its sentence."""
    for name, value in values.items():
        setattr(offer, name, value)
    offer.validate_constraints()
    Offer.objects.filter(pk=offer.pk).update(**values)


class Confirm(BulkChange):
    name = "confirm"
    label = gettext_lazy("Für den Träger bestätigen")
    explanation = gettext_lazy("Der Träger hat Ihnen gesagt, dass alles noch stimmt. Im Verlauf steht, dass Sie es "
                               "eingetragen haben.")  # fmt: skip

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        try:
            confirm_on_behalf(offer=row, by=by)
        except ValueError as refused:
            raise ValidationError(_("Es ist nicht veröffentlicht oder beendet.")) from refused


class Verify(BulkChange):
    name = "verify"
    label = gettext_lazy("Als geprüft bestätigen")
    explanation = gettext_lazy("Sie haben die Angaben selbst geprüft. Der Träger hat sie damit noch nicht bestätigt.")

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        _save(row, verified_at=timezone.now())


class Publish(BulkChange):
    name = "publish"
    label = gettext_lazy("Veröffentlichen")

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        if not row.topics.exists() or not row.catchment.exists():
            raise ValidationError(_("Es fehlt ein Thema oder das Einzugsgebiet. So findet es niemand."))
        _save(row, status=Status.PUBLISHED)


class Withdraw(BulkChange):
    name = "withdraw"
    label = gettext_lazy("Zurückziehen")
    explanation = gettext_lazy("Zurückgezogene Angebote sind sofort von allen Seiten verschwunden.")

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        _save(row, status=Status.WITHDRAWN)


class RhythmForm(forms.Form):
    months = forms.TypedChoiceField(
        label=gettext_lazy("Prüfrhythmus in Monaten"), choices=[(n, n) for n in REVIEW_RHYTHMS], coerce=int
    )


class SetRhythm(BulkChange):
    name = "set_rhythm"
    label = gettext_lazy("Prüfrhythmus setzen")
    form = RhythmForm

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        _save(row, review_months=values["months"])


class TopicForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=gettext_lazy("Thema"))


class AddTopic(BulkChange):
    name = "add_topic"
    label = gettext_lazy("Thema hinzufügen")
    form = TopicForm

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        if not row.topics.contains(values["topic"]):
            row.topics.add(values["topic"])
            Offer.objects.filter(pk=row.pk).mark_changed()


class RemoveTopic(BulkChange):
    name = "remove_topic"
    label = gettext_lazy("Thema entfernen")
    form = TopicForm

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        if not row.topics.contains(values["topic"]):
            return
        if row.topics.count() == 1:
            raise ValidationError(_("Es hat nur dieses eine Thema."))
        row.topics.remove(values["topic"])
        Offer.objects.filter(pk=row.pk).mark_changed()


class EndForm(forms.Form):
    last_day = forms.DateField(
        label=gettext_lazy("letzter Tag"), widget=AdminDateWidget, initial=timezone.localdate,
        help_text=gettext_lazy("Liegt er in der Vergangenheit, ist das Angebot sofort beendet."),
    )  # fmt: skip


class End(BulkChange):
    name = "end"
    label = gettext_lazy("Beenden")
    explanation = gettext_lazy("Beendete Angebote stehen in keiner Liste mehr. Ihre Seite sagt, dass es sie nicht mehr "
                               "gibt.")  # fmt: skip
    form = EndForm

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        last_day = values["last_day"]
        if row.lifecycle == Lifecycle.ENDED:
            raise ValidationError(_("Es ist schon beendet."))
        ended = {"lifecycle": Lifecycle.ENDED} if last_day < timezone.localdate() else {}
        _save(row, ends_on=last_day, **ended)


class PauseForm(forms.Form):
    first_day = forms.DateField(label=gettext_lazy("Pause ab"), widget=AdminDateWidget, initial=timezone.localdate)
    last_day = forms.DateField(label=gettext_lazy("Pause bis"), widget=AdminDateWidget)


class Pause(BulkChange):
    name = "pause"
    label = gettext_lazy("Pausieren")
    explanation = gettext_lazy("In dieser Zeit findet nichts statt. Die Angebote bleiben zu finden und sagen, wann es "
                               "weitergeht.")  # fmt: skip
    form = PauseForm

    def apply(self, row: Offer, values: dict[str, Any], by: Any) -> None:
        if row.is_ended:
            raise ValidationError(_("Es ist schon beendet."))
        _save(row, pause_from=values["first_day"], pause_until=values["last_day"])


CHANGES: tuple[BulkChange, ...] = (
    Confirm(), Verify(), SetRhythm(), AddTopic(), RemoveTopic(), Publish(), Withdraw(), Pause(), End(),
)  # fmt: skip
