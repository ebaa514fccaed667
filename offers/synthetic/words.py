"""German words from which titles and texts are made; compounds on purpose, as they are what search stumbles over."""

from typing import NamedTuple

from offers.enums import Audience, Format


class Family(NamedTuple):
    """Who an offer is for: first parts of compounds, ages in months (None: open), topics it likes, audience."""

    stems: tuple[str, ...]
    ages: tuple[int | None, int | None] | None
    topics: tuple[str, ...]
    audiences: tuple[Audience, ...]
    who: str


FAMILIES = (
    Family(
        ("Schwangeren", "Geburtsvorbereitungs", "Hebammen", "Rückbildungs"),
        (-9, 3),
        ("fruehe-hilfen", "gesundheit"),
        (Audience.PREGNANT, Audience.PARENTS),
        "werdende Eltern",
    ),
    Family(
        ("Krabbel", "Baby", "Eltern-Kind-", "Still", "Babymassage", "Kleinkinder"),
        (0, 36),
        ("fruehe-hilfen", "elternbildung", "gesundheit", "bewegung"),
        (Audience.CHILDREN, Audience.PARENTS),
        "Eltern mit kleinen Kindern",
    ),
    Family(
        ("Kindergarten", "Sprachförder", "Spiel", "Kinderturn", "Vorlese", "Frühförder", "Zahngesundheits"),
        (36, 72),
        ("sprache", "bildung", "bewegung", "betreuung", "inklusion"),
        (Audience.CHILDREN,),
        "Kinder im Kindergartenalter",
    ),
    Family(
        ("Hausaufgaben", "Lern", "Schulanfänger", "Lese", "Schwimm", "Zirkus", "Forscher", "Musikschul"),
        (72, 120),
        ("bildung", "sprache", "bewegung", "freizeit-kultur", "uebergaenge"),
        (Audience.CHILDREN,),
        "Grundschulkinder",
    ),
    Family(
        ("Nachhilfe", "Medien", "Mädchen", "Jungen", "Theater", "Fußball", "Selbstbehauptungs", "Schulsozial"),
        (120, 168),
        ("bildung", "freizeit-kultur", "schutz", "bewegung", "sucht"),
        (Audience.CHILDREN, Audience.YOUTH),
        "Schülerinnen und Schüler",
    ),
    Family(
        ("Jugend", "Berufsorientierungs", "Bewerbungs", "Ausbildungs", "Skate", "Drogenpräventions"),
        (168, 324),
        ("schule-beruf", "uebergaenge", "sucht", "freizeit-kultur", "engagement"),
        (Audience.YOUTH,),
        "Jugendliche und junge Erwachsene",
    ),
    Family(
        ("Erziehungs", "Familien", "Väter", "Mütter", "Trennungs", "Schulden", "Alleinerziehenden", "Migrations"),
        None,
        ("beratung", "elternbildung", "trennung", "armut", "integration", "engagement"),
        (Audience.PARENTS, Audience.FAMILIES),
        "Eltern und Familien",
    ),
    Family(
        ("Fachkräfte", "Netzwerk", "Kinderschutz", "Ehrenamts"),
        None,
        ("schutz", "engagement", "ernaehrung"),
        (Audience.PROFESSIONALS, Audience.VOLUNTEERS),
        "Fachkräfte und Ehrenamtliche",
    ),
)

ENDINGS = (
    ("gruppe", Format.GROUP),
    ("treff", Format.OPEN_MEETING),
    ("café", Format.OPEN_MEETING),
    ("frühstück", Format.OPEN_MEETING),
    ("kurs", Format.COURSE),
    ("training", Format.COURSE),
    ("werkstatt", Format.COURSE),
    ("beratung", Format.COUNSELLING),
    ("sprechstunde", Format.OPEN_CONSULTATION),
    ("besuch", Format.HOME_VISIT),
    ("lotsendienst", Format.GUIDE),
    ("patenschaft", Format.MENTORING),
    ("ferienwoche", Format.HOLIDAYS),
    ("nachmittag", Format.EVENT),
)
ADJECTIVES = ("Offene", "Bunte", "Mehrsprachige", "Kostenlose", "Kleine", "Neue", "Interkulturelle", "Gemeinsame")
TAILS = (
    "",
    " am Vormittag",
    " am Nachmittag",
    " mit Kinderbetreuung",
    " im Familienzentrum",
    " im Stadtteilzentrum",
    " in der Nachbarschaft",
    " für Einsteiger",
)
SENTENCES = (
    "Hier treffen Sie andere {who} aus {place}.",
    "Sie können ohne Angst alle Fragen stellen.",
    "Eine erfahrene Fachkraft begleitet die {compound}.",
    "Wir spielen, singen und reden miteinander.",
    "Bei Bedarf helfen wir mit Anträgen und Formularen weiter.",
    "Die Räume liegen in der Nähe einer Haltestelle.",
    "Geschwisterkinder sind willkommen.",
    "Bitte bringen Sie bequeme Kleidung und etwas zu trinken mit.",
    "Wir arbeiten mit Kindertageseinrichtungen, Schulen und Arztpraxen zusammen.",
    "Ein Gesundheitsfrühstück gehört dazu.",
    "Auf Wunsch kommt eine Sprachmittlerin dazu.",
    "Was Sie erzählen, bleibt unter uns.",
    "Die Entwicklungsbegleitung dauert so lange, wie Ihre Familie sie braucht.",
    "Am Ende bekommt jedes Kind eine Teilnahmebescheinigung.",
    "In den Schulferien gibt es ein eigenes Ferienprogramm.",
    "Auch Großeltern und Pflegeeltern sind herzlich eingeladen.",
)
ORGANISATIONS = (
    "Familienbildungsstätte",
    "Nachbarschaftsverein",
    "Kinderschutzinitiative",
    "Jugendkunstschule",
    "Elterninitiative",
    "Stadtteilwerkstatt",
    "Beratungsstelle",
    "Sportgemeinschaft",
    "Mehrgenerationenhaus",
    "Selbsthilfegruppe",
    "Bildungswerk",
    "Kulturverein",
)
SAINTS = ("Sonnenblume", "Regenbogen", "Brückenbau", "Lindenhof", "Zeche", "Emscher", "Kastanie", "Leuchtturm", "Anker")
STREETS = ("Lindenstraße", "Schulstraße", "Bergmannsweg", "Kirchplatz", "Gartenstraße", "Hüttenweg", "Am Förderturm")
