"""How much each likeness counts. Changed here only; the planted set in the tests shows what a change does.

Score = age × area^AREA_POWER × subject, each from 0 to 1. They are multiplied because each of them alone can settle
that two offers are not parallel: other children, another part of the city, or another subject. The subject is the
weighted mean of topics, form, text and weekdays, less where topic, text or form speak against it.

Values were chosen by the first three planted sets and half of the fifth (`tests/offers/parallels/`). The fourth and the
other half are there to measure, not to choose by: a change here needs a reason that holds without them.
"""

from typing import Final

ENOUGH: Final = 0.46
"""From here on a person is asked. Lower found pairs that share little but place and age, higher lost real ones; from
0.44 to 0.47 nearly the same is found."""

CLOSE: Final = 0.55
"""From here on two offers stand in one cluster of the overview; weaker ones would chain half the city together."""

AREA_POWER: Final = 0.2
"""An offer for a Stadtteil does stand beside one for the whole city: that shared share is small, but families go to
either. Near 0 the power lets the narrow one count almost in full, above 0 the closer neighbour still comes first."""

TOPIC: Final = 1.5
"""Topics are chosen from one list; but there are few, an offer has up to three of them, and each house ticks others."""

FORM: Final = 1.5
"""A course and a home visit on one topic complete each other; two open meetings are the classic parallel."""

TEXT: Final = 2.0
"""Within one topic only the text tells swimming from football: by common words or by what it means, whichever says
more. People who do the same for the same families seldom share a word; a name, the other way round, means nothing."""

OTHER_MEANING: Final = 0.0
SAME_MEANING: Final = 0.45
"""Share of common bits beyond chance (`embedding`) from which two texts have to do with each other, and at which they
say the same in other words. True parallels seldom stay below 0.1, offers on one topic for one age often do."""

WEEKDAYS: Final = 0.5
"""The same day makes it worse, another day does not make it good: a tip of the scales only."""

RELATED_FORMS: Final = 0.85
"""Forms people mix up when they fill in the form count nearly as the same."""

UNKNOWN_FORM: Final = 0.65
"""Where a form is not given: what is to be expected. Offers that share a topic and a word have the same form or a
related one more often than another (0.57 on average in the first planted set, 0.71 in the second, counted as here)."""

WITHOUT_TOPIC: Final = 0.7
"""The same name under another topic may be a wrong tick; it needs nearly the same text to be asked about."""

WITHOUT_TEXT: Final = 0.4
LITTLE_TEXT: Final = 0.1
"""There are few topics and many offers: if the texts have nothing in common, all else says little. Less is taken off
the more they have in common, from the second value on nothing."""

UNKNOWN_TEXT: Final = 0.2
"""What two texts without a common word are taken to have in common as long as nobody knows what they mean."""

SAME_HOUSE: Final = 0.6
"""A house knows what it does itself, and several things for the same families are what it is for. Of its own offers it
is asked only about those whose texts say nearly the same: the one that was entered twice."""

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
