"""How much a gap weighs: by the poverty risk of the Stadtteile it is in, and by how often families searched in vain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from offers.models import SocialIndex
from offers.steering.enums import SocialRisk
from offers.steering.past import as_of
from offers.steering.stock import Question
from portal.enums import DistrictKind
from portal.models import District

_POINTS = {SocialRisk.HIGH.value: 1.0, SocialRisk.BORDERLINE.value: 0.5, SocialRisk.LOW.value: 0.0}


@dataclass(frozen=True)
class Risk:
    """Of a district's Stadtteile so many have a high risk; `share` (0 to 1) also counts half of those at the border."""

    share: float = 0.0
    at_risk: int = 0
    quarters: int = 0


def risks_of(districts: Iterable[District], tree: Sequence[District], question: Question) -> dict[int, Risk]:
    """By district id, as known on the question's day; a Stadtteil without a group counts as without risk."""
    moment = question.moment
    rows: QuerySet[Any] = SocialIndex.objects.all() if moment is None else as_of(SocialIndex, moment)
    groups = dict(rows.values_list("district_id", "risk"))
    found = {}
    for district in districts:
        inside = [one.pk for one in tree if one.kind == DistrictKind.QUARTER and district.pk in one.lineage]
        points = sum(_POINTS.get(groups.get(pk, ""), 0.0) for pk in inside)
        at_risk = sum(groups.get(pk) == SocialRisk.HIGH for pk in inside)
        found[district.pk] = Risk(points / max(len(inside), 1), at_risk, len(inside))
    return found


def weight(risk: Risk, unmet: int) -> float:
    """(1 + share at risk) x (1 + searches in vain): what children at risk lack and what is missed comes first."""
    return (1 + risk.share) * (1 + unmet)
