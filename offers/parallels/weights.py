"""How much each likeness counts. Changed here only; the planted set in the tests shows what a change does.

Score = age × area^AREA_POWER × subject, each from 0 to 1. They are multiplied because each of them alone can settle
that two offers are not parallel: other children, another part of the city, or another subject. The subject is the
weighted mean of topics, form, words and weekdays, less where topic, words or form speak against it.

Values were chosen by the first planted set and tried on the second (`tests/offers/parallels/`). The third is there to
measure, not to choose by: a change here needs a reason that holds without it.
"""

from typing import Final

ENOUGH: Final = 0.37
"""From here on a person is asked. Lower found pairs that share little but place and age, higher lost real ones; from
0.36 to 0.38 nearly the same is found."""

CLOSE: Final = 0.5
"""From here on two offers stand in one cluster of the overview; weaker ones would chain half the city together."""

AREA_POWER: Final = 0.2
"""An offer for a Stadtteil does stand beside one for the whole city: that shared share is small, but families go to
either. Near 0 the power lets the narrow one count almost in full, above 0 the closer neighbour still comes first."""

TOPIC: Final = 2.0
"""Topics are chosen from one list and so tell most reliably what it is about; but an offer has up to three of them."""

FORM: Final = 2.0
"""A course and a home visit on one topic complete each other; two open meetings are the classic parallel."""

WORDS: Final = 3.0
"""Within one topic only the words tell swimming from football. Heaviest, since no list is as fine as language."""

WEEKDAYS: Final = 0.5
"""The same day makes it worse, another day does not make it good: a tip of the scales only."""

RELATED_FORMS: Final = 0.7
"""Forms people mix up when they fill in the form count nearly as the same."""

UNKNOWN_FORM: Final = 0.65
"""Where a form is not given: what is to be expected. Offers that share a topic and a word have the same form or a
related one more often than another (0.57 on average in the first planted set, 0.71 in the second, counted as here)."""

WITHOUT_TOPIC: Final = 0.6
"""The same name under another topic may be a wrong tick; it needs nearly the same text to be asked about."""

WITHOUT_WORDS: Final = 0.6
"""There are few topics and many offers: without a common word the same topic says little, unless the form is one."""

OTHER_FORM: Final = 0.6
"""Known and not related: another kind of help for the same need. That is how offers complete each other."""

FORM_FAMILIES: Final = (
    ("gruppe", "offener-treff", "veranstaltung", "kurs"),
    ("sprechstunde", "beratung", "lotsendienst"),
    ("patenschaft", "hausbesuch", "lotsendienst"),
    ("einrichtung", "offener-treff"),
)
"""Forms that are taken for one another, by the value of `Format`."""

CLOSEST: Final = 400
"""Candidates whose texts are compared: those closest by age, area, topic and form. The rest would not reach ENOUGH."""

YOUNGEST, OLDEST = -9, 99 * 12  # months; open ends are taken as these
STRETCH: Final = 21
"""Months added before taking the logarithm of an age: a year counts more for a baby than for a youth."""
