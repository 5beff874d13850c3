"""The door for Stripe's events."""

from django.urls import path

from payments.views import webhook

app_name = "payments_webhook"
urlpatterns = [
    path("stripe/", webhook.receive, name="stripe"),
    path("stripe/<uuid:processor>/", webhook.receive, name="stripe_of"),
]
