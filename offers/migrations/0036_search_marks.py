"""A mark before each stem says whether it stands in lists, the provider or the text: an index alone tells the places."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0035_messages_of_cases")]

    operations = [install_search("0c6363c9d541")]
