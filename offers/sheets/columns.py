"""The columns of the sheet from left to right, with what the sheet „Erklärung“ says about each."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from offers.sheets.parts import (
    AgesPart,
    ChoicePart,
    Column,
    DayPart,
    FundingsPart,
    ListPart,
    Part,
    PhonePart,
    PlacesPart,
    TextPart,
    TimesPart,
)
from offers.sheets.words import Words


def _fixed(name: str) -> Callable[[Words], list[str]]:
    return lambda words: list(words.fixed[name].labels.values())


SEVERAL = _("Mehrere trennen Sie mit einem Semikolon.")
KEY = Column(
    _("Kennung"), _("Bitte nicht ändern. Daran erkennen wir das Angebot. Neues Angebot: leer lassen."), width=11
)
TITLE = TextPart("title", Column(_("Name des Angebots"), _("Höchstens 160 Zeichen."), width=34))
PARTS: tuple[Part, ...] = (
    TITLE,
    TextPart("summary", Column(_("In ein bis zwei Sätzen"), _("Was passiert dort? Was haben Familien davon? "
                                                               "Höchstens 300 Zeichen."), width=48)),
    TextPart("description", Column(_("Mehr dazu"), _("So lang Sie möchten. Neue Zeile in der Zelle: Alt und Eingabe."),
                                   width=48)),
    ListPart("topics", Column(_("Themen"), SEVERAL, width=30, choices=lambda words: list(words.topics.labels.values()),
                              several=True)),
    ChoicePart("format", Column(_("Form"), _("Eins aus der Liste."), choices=_fixed("format"))),
    AgesPart(
        "ages",
        Column(_("Alter von"), _("In Jahren, zum Beispiel 3. Oder: 18 Monate, Schwangerschaft, alle. „Alle“ heißt: für "
                                 "jedes Alter. Beide Felder leer heißt: keine Angabe."), kind="number", width=14),
        Column(_("Alter bis"), _("„3“ heißt: bis zum 3. Geburtstag. Leer heißt: nach oben offen."), kind="number",
               width=14),
    ),
    ListPart("audiences", Column(_("Zielgruppen"), SEVERAL, choices=_fixed("audiences"), several=True)),
    ListPart("catchment", Column(_("Gebiete"), _("Wo die Familien wohnen, für die das Angebot da ist. Der Name der "
                                                 "Stadt heißt: ganze Stadt. Mehrere trennen Sie mit einem Semikolon."),
                                 width=28, choices=lambda words: list(words.areas.labels.values()), several=True)),
    ListPart("access", Column(_("Zugang"), SEVERAL, choices=_fixed("access"), several=True)),
    PlacesPart(
        "places",
        Column(_("Ort: Name"), _("Wo das Angebot stattfindet, zum Beispiel: Familienzentrum Mitte.")),
        Column(_("Ort: Straße"), _("Straße und Hausnummer."), width=26),
        Column(_("Ort: Postleitzahl"), _("Fünf Ziffern."), kind="code", width=11),
        Column(_("Ort: Stadt"), _("Leer heißt: hier in der Stadt."), width=16),
        Column(_("Ort: Stadtteil"), _("Einer aus der Liste."), choices=lambda words: words.quarters),
        Column(_("Ort: Adresse geheim"), _("„ja“ zum Beispiel bei einer Schutzwohnung. Dann speichern wir keine "
                                           "Adresse."), width=11, choices=lambda words: ["ja", "nein"]),
        Column(_("Weitere Orte"), _("Jeder Ort in einer eigenen Zeile: Name; Straße; Postleitzahl; Stadt; Stadtteil. "
                                    "Ein geheimer Ort: Name; geheim"), width=40),
    ),
    TextPart("accessibility_note", Column(_("Barrierefreiheit"), _("Zum Beispiel: stufenloser Zugang, Aufzug."),
                                          width=30)),
    TimesPart("schedules", Column(
        _("Zeiten"),
        _("Jede Zeit in einer eigenen Zeile. Zum Beispiel: Mo, Mi 9:30–11:00 · alle 2 Wochen Di 14:00–16:00; ab "
          "12.01.2027 · 1. Do im Monat 18:00–19:30 · am 12.03.2027, 19.03.2027 10:00. Dahinter kann stehen: ; ab "
          "01.02.2027 ; bis 30.06.2027 ; nicht in den Schulferien ; Hinweis: im Saal"),
        kind="times", width=40,
    )),
    TextPart("when_note", Column(_("Zeiten in Worten"), _("Zum Beispiel: nach Vereinbarung."), width=30)),
    ChoicePart("cost", Column(_("Kosten"), _("Eins aus der Liste."), choices=_fixed("cost"), width=16)),
    TextPart("cost_note", Column(_("Kosten genauer"), _("Zum Beispiel: 2 € pro Treffen."))),
    ChoicePart("registration", Column(_("Anmeldung"), _("Eins aus der Liste."), choices=_fixed("registration"),
                                      width=18)),
    TextPart("registration_note", Column(_("Anmeldung genauer"), _("Zum Beispiel: telefonisch bei …"), width=30)),
    ListPart("languages", Column(_("Sprachen"), SEVERAL, choices=_fixed("languages"), several=True)),
    PhonePart("phone", Column(_("Telefon"), _("Zum Beispiel: 0208 123456"), kind="code", width=20)),
    TextPart("email", Column(_("E-Mail"), _("Eine Adresse für Familien."), width=28)),
    TextPart("website", Column(_("Internetseite"), _("Zum Beispiel: https://www.beispiel.de"), width=34)),
    ChoicePart("lifecycle", Column(_("Laufzeit"), _("Eins aus der Liste."), choices=_fixed("lifecycle"), width=20)),
    DayPart("starts_on", Column(_("Beginnt am"), _("Zum Beispiel: 01.02.2027. Leer heißt: läuft schon."), kind="day",
                                width=13)),
    DayPart("ends_on", Column(_("Endet am"), _("Nur wenn das Angebot ein Ende hat."), kind="day", width=13)),
    DayPart("pause_from", Column(_("Pause ab"), _("Nur wenn das Angebot eine Pause macht: ab wann und bis wann."),
                                 kind="day", width=13)),
    DayPart("pause_until", Column(_("Pause bis"), _("Der letzte Tag der Pause."), kind="day", width=13)),
    FundingsPart("fundings", Column(
        _("Förderung"),
        _("Wer bezahlt es? Jede Förderung in einer eigenen Zeile, zum Beispiel: Stadt; von 01.01.2026; bis 31.12.2026; "
          "genauer: Haushaltsmittel"),
        width=34, choices=_fixed("fundings"), several=True,
    )),
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (KEY, *(column for part in PARTS for column in part.columns))
NEEDED = ("title", "summary", "topics", "format", "catchment", "access", "cost", "registration")  # of a new offer
