"""The journey of a session is no longer optional: on PostgreSQL rows and their constraint change in transactions of their own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_drafts_branches_personas_feedback")]

    operations = [
        migrations.AlterField("session", "definition", models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name="sessions", to="agents.definition")),
    ]
