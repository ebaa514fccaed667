"""Many offers are indexed in half the time; see `offers/search/install.py`."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0020_parallel_pairs")]

    operations = [install_search("fd7f3d79285c")]
