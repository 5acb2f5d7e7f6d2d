"""Sessions of drafts and with other models, branches of sessions, personas, and opinions of answers."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def take_over_versions(apps, schema_editor):
    """Every session had a version; now it names its journey and its spec itself."""
    Session = apps.get_model("journeys", "Session")
    for session in Session.objects.select_related("version").iterator():
        Session.objects.filter(pk=session.pk).update(definition_id=session.version.definition_id, digest=session.version.digest)


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_draft_history"),
        ("journeys", "0003_sessions_in_other_hands"),
    ]

    operations = [
        migrations.AddField("session", "definition", models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="sessions", to="agents.definition")),
        migrations.AddField("session", "digest", models.CharField(max_length=71, default=""), preserve_default=False),
        migrations.AddField("session", "model", models.JSONField(blank=True, default=dict)),
        migrations.AddField("session", "debug", models.JSONField(blank=True, default=dict)),
        migrations.AddField("session", "branch_of", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="branches", to="journeys.session")),
        migrations.AddField("session", "branch_turn", models.PositiveIntegerField(default=0)),
        migrations.AlterField("session", "version", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="sessions", to="agents.version")),
        migrations.RunPython(take_over_versions, migrations.RunPython.noop, elidable=True),
        migrations.CreateModel(
            name="Persona",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("variables", models.JSONField(blank=True, default=dict)),
                ("context", models.JSONField(blank=True, default=dict)),
                ("created_by_label", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("definition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="personas", to="agents.definition")),
            ],
            options={"ordering": ["name"], "constraints": [models.UniqueConstraint(fields=("definition", "name"), name="persona_name_once")]},
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=60)),
                ("by_label", models.CharField(max_length=200)),
                ("good", models.BooleanField()),
                ("comment", models.TextField(blank=True)),
                ("better", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("message", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="feedback", to="journeys.message")),
            ],
            options={"ordering": ["at"], "constraints": [models.UniqueConstraint(fields=("message", "by"), name="feedback_once_a_person")]},
        ),
    ]
