"""Where are the pages of the payments?"""

from django.urls import path

from payments.views import commission, listing, payment, refunds

app_name = "payments"

urlpatterns = [
    path("", listing.show, name="list"),
    path("commission/", commission.show_month, name="commission"),
    path("commission/<uuid:pk>/", commission.show_collector, name="commission_of"),
    path("<uuid:pk>/", payment.show, name="payment"),
    path("<uuid:pk>/lookups/", payment.look_up, name="lookups"),
    path("<uuid:pk>/refunds/", refunds.create, name="refunds"),
    path("<uuid:pk>/refunds/new/", refunds.new, name="refund_new"),
]
