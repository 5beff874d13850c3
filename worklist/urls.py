"""Where are the collector's pages?"""

from django.urls import path

from worklist.views import (
    account,
    assignment,
    bulk,
    contacts,
    debtors,
    debtors_pins,
    debtors_points,
    follow_ups,
    listing,
    next_account,
    notes,
    payments,
    presence,
    printing,
    promises,
    saved_views,
    social_security,
    status,
)

app_name = "worklist"

urlpatterns = [
    path("worklist/", listing.show, name="list"),
    path("worklist/next/", next_account.go, name="next"),
    path("worklist/finished/", next_account.finished, name="finished"),
    path("worklist/find/", listing.find, name="find"),
    path("worklist/assignments/", bulk.assign, name="bulk_assignment"),
    path("worklist/priorities/", bulk.prioritise, name="bulk_priority"),
    path("worklist/matching/", bulk.matching, name="matching"),
    path("worklist/views/", saved_views.create, name="views"),
    path("worklist/views/<uuid:pk>/", saved_views.change, name="view"),
    path("worklist/views/<uuid:pk>/deletion/", saved_views.delete, name="view_deletion"),
    path("worklist/acts/<uuid:pk>/undo/", bulk.undo, name="undo"),
    path("debtors/<uuid:pk>/", debtors.show, name="debtor"),
    path("debtors/<uuid:pk>/facts/", debtors.change_facts, name="debtor_facts"),
    path("debtors/<uuid:pk>/contact-points/", debtors_points.add, name="debtor_points"),
    path("debtors/<uuid:pk>/contact-points/acts/", debtors_points.act, name="debtor_point_acts"),
    path("debtors/<uuid:pk>/pins/", debtors_pins.pin, name="debtor_pins"),
    path("debtors/<uuid:pk>/unpinnings/", debtors_pins.unpin, name="debtor_unpinnings"),
    path("accounts/<uuid:pk>/", account.show, name="account"),
    path("accounts/<uuid:pk>/contacts/", contacts.create, name="contacts"),
    path("accounts/<uuid:pk>/follow-ups/", follow_ups.create, name="follow_ups"),
    path("accounts/<uuid:pk>/promise-withdrawals/", promises.withdraw, name="promise_withdrawals"),
    path("accounts/<uuid:pk>/payments/", payments.show_or_take, name="payments"),
    path("accounts/<uuid:pk>/payments/new/", payments.new, name="payment_new"),
    path("accounts/<uuid:pk>/presence/", presence.renew, name="presence"),
    path("accounts/<uuid:pk>/print/", printing.show, name="print"),
    path("accounts/<uuid:pk>/notes/", notes.create, name="notes"),
    path("accounts/<uuid:pk>/status/", status.change, name="status"),
    path("accounts/<uuid:pk>/assignment/", assignment.assign_one, name="assignment"),
    path("accounts/<uuid:pk>/social-security/", social_security.reveal, name="social_security"),
]
