"""Where are the pages of the payments?"""

from django.urls import path

from payments.views import attention, commission, events, listing, payment, refunds, settlements, terms

app_name = "payments"

urlpatterns = [
    path("", listing.show, name="list"),
    path("attention/", attention.show, name="attention"),
    path("comparisons/<uuid:pk>/renewals/", attention.compare_again, name="comparison_renewals"),
    path("commission/", commission.show_month, name="commission"),
    path("commission/<uuid:pk>/", commission.show_collector, name="commission_of"),
    path("events/", events.show_list, name="events"),
    path("events/<uuid:pk>/", events.show, name="event"),
    path("events/<uuid:pk>/replays/", events.replay, name="event_replays"),
    path("settlements/", settlements.show, name="settlements"),
    path("settlements/<uuid:pk>/decisions/", settlements.decide, name="decisions"),
    path("terms/", terms.show, name="terms"),
    path("terms/limits/", terms.limit, name="limits"),
    path("terms/creditors/<uuid:pk>/", terms.set_floor, name="floor"),
    path("<uuid:pk>/", payment.show, name="payment"),
    path("<uuid:pk>/lookups/", payment.look_up, name="lookups"),
    path("<uuid:pk>/refunds/", refunds.create, name="refunds"),
    path("<uuid:pk>/refunds/new/", refunds.new, name="refund_new"),
]
