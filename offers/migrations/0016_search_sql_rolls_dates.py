"""Dates move on as the days go by; see `offers/search/install.py`."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0015_search_sql")]

    operations = [install_search("8b5064b623c2")]
