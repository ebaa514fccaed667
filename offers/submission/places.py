"""Where an offer takes place: one place or several, each a known one of the organisation or typed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.layout import Div, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from offers.proposals import Payload, Wording, place_values
from offers.submission.fields import quarter_choices
from offers.submission.rows import Rows
from partners.models import Place
from portal.city import city

Known = Mapping[str, Payload]  # places to choose from, by the value of the choice


class KnownPlaceField(forms.ChoiceField):
    """Whether the place is one of the organisation is asked by `check_place`, which says where to type it."""

    def valid_value(self, value: str) -> bool:
        return True


class PlaceFields(forms.Form):
    known_place = KnownPlaceField(label=_("Einer Ihrer Orte"), required=False)
    place_name = forms.CharField(
        label=_("Name des Ortes"), required=False, max_length=200, help_text=_("Zum Beispiel: Familienzentrum Mitte")
    )
    street = forms.CharField(
        label=_("Straße und Hausnummer"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postleitzahl"),
        required=False,
        error_messages={"invalid": _("Eine Postleitzahl hat fünf Ziffern.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    quarter = forms.ChoiceField(label=_("Stadtteil"), required=False, choices=quarter_choices)
    is_confidential = forms.BooleanField(
        label=_("Die Adresse ist geheim"),
        required=False,
        help_text=_("Zum Beispiel eine Schutzwohnung. Dann speichern wir keine Adresse."),
    )


PLACES = Rows(
    name="orte",
    word="ort",
    fields=dict(PlaceFields.base_fields),
    most=8,
    label=_("Anzahl der Orte"),
    title=_("Ort %(number)s"),
    add=_("Weiteren Ort hinzufügen"),
    remove=_("Ort %(number)s entfernen"),
)


def place_row(names: dict[str, str], *, known: bool) -> list[Any]:
    """The layout of one place; the address is hidden while a known place is chosen."""
    address = Div(
        names["place_name"], Row(names["street"], names["postcode"]), names["quarter"], names["is_confidential"],
        css_class="only-new",
    )  # fmt: skip
    return [names["known_place"], address] if known else [address]


def known_places(places: Iterable[Place]) -> dict[str, Payload]:
    return {str(place.pk): place_values(place) for place in places}


def known_choices(known: Known) -> list[tuple[str, Any]]:
    wording = Wording()
    return [("", _("Adresse steht unten")), *((key, wording.text("places", [known[key]])) for key in known)]


def check_place(form: forms.Form, names: dict[str, str], known: Known) -> None:
    """A secret address is dropped at once, so that it is stored nowhere (design rule 7)."""
    cleaned = form.cleaned_data
    if cleaned.get(names["known_place"]) and cleaned[names["known_place"]] not in known:
        form.add_error(names["place_name"], _("Diesen Ort kennen wir bei Ihnen nicht. Bitte tragen Sie ihn ein."))
    elif cleaned.get(names["is_confidential"]):
        cleaned.update({names[field]: "" for field in ("street", "postcode", "quarter")})


def place_of(cleaned: Mapping[str, Any], names: dict[str, str], known: Known) -> Payload | None:
    """What a row says as part of a payload; None for an empty one."""
    value = {name: cleaned.get(field) or "" for name, field in names.items()}
    if value["known_place"] in known:
        return dict(known[value["known_place"]])
    if value["is_confidential"]:
        return {"name": value["place_name"], "is_confidential": True}
    if not (value["place_name"] or value["street"]):
        return None
    address = {"street": value["street"], "postcode": value["postcode"], "district": value["quarter"]}
    return {"name": value["place_name"] or value["street"], "city": city()["name"], **address}


def fields_of_place(entry: Payload, known: Known) -> dict[str, Any]:
    """A part of a payload as the values of a row; what the fields cannot hold is chosen from the known places."""
    if entry.get("is_confidential"):
        return {"place_name": entry["name"], "is_confidential": True}
    if entry["city"] in ("", city()["name"]):
        names = {"place_name": "name", "street": "street", "postcode": "postcode", "quarter": "district"}
        return {field: entry[name] for field, name in names.items()}
    return {"known_place": next((key for key, values in known.items() if values == entry), "")}
