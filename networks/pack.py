"""The pack files of the networks' floor."""

from portal.packs.columns import Ages, Kept, PackFile, Reference, References, Value

YEAR = (1800, 2100)
SOURCE = (Value("source"), Value("source_year", within=YEAR))

FILES = [
    PackFile(
        name="networks.csv",
        model="networks.Network",
        key=("slug",),
        natural=("slug",),
        content=(
            Value("slug"),
            Value("name"),
            Value("purpose"),
            Value("description"),
            Value("mandate"),
            Value("founded_year", within=YEAR),
            Value("ended_year", within=YEAR),
            Reference("coordinator", "partners.Partner"),
            Value("rhythm"),
            Ages(),
            References("districts", "portal.District"),
            References("predecessors", "networks.Network"),
            Value("for_families"),
            *SOURCE,
            Value("note"),
            Kept("fact_ids"),
        ),
    ),
    PackFile(
        name="memberships.csv",
        model="networks.Membership",
        key=("network", "partner"),
        natural=("network", "partner"),
        content=(
            Reference("network", "networks.Network"),
            Reference("partner", "partners.Partner"),
            Value("role"),
            Value("function"),
            Value("since_year", within=YEAR),
            *SOURCE,
        ),
    ),
    PackFile(
        name="meetings.csv",
        model="networks.Meeting",
        key=("network", "held_on", "title"),
        natural=("network", "held_on", "title"),
        content=(
            Reference("network", "networks.Network"),
            Value("held_on"),
            Value("title"),
            Value("place"),
            Value("note"),
        ),
        optional=True,
    ),
]
