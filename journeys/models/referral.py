"""Doctors and appointments of the healthcare-referral sample: data of the gallery, per organization."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Doctor(models.Model):
    """A sample doctor. ``hours`` maps a weekday (``"0"`` is Monday) to starting times such as ``"09:00"``, local time."""

    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="doctors")
    name = models.CharField(max_length=100)
    specialty = models.CharField(max_length=60)
    treats = models.JSONField(default=list)
    gender = models.CharField(max_length=10)
    telehealth = models.BooleanField(default=False)
    rating = models.FloatField()
    location = models.CharField(max_length=100)
    hours = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="doctor_name_once"),
            models.CheckConstraint(condition=models.Q(rating__gte=0, rating__lte=5), name="doctor_rating_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.specialty}"


class Appointment(models.Model):
    """A booked time. ``run`` is the turn that booked it; its number is made from its primary key, so it exists once."""

    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="appointments")
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="appointments")
    slot = models.CharField(max_length=16)
    reason = models.CharField(max_length=300, blank=True)
    confirmation_number = models.CharField(max_length=30, blank=True)
    run = models.ForeignKey("agents.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="appointments")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["doctor", "slot"], name="appointment_time_once"),
            models.UniqueConstraint(
                fields=["confirmation_number"],
                condition=~models.Q(confirmation_number=""),
                name="appointment_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirmation_number} {self.doctor} {self.slot}"
