"""Where are the collector's pages?"""

from django.urls import path

from worklist.views import account, assignment, listing, notes, social_security, status

app_name = "worklist"

urlpatterns = [
    path("worklist/", listing.show, name="list"),
    path("worklist/find/", listing.find, name="find"),
    path("worklist/assignments/", assignment.assign_many, name="bulk_assignment"),
    path("accounts/<uuid:pk>/", account.show, name="account"),
    path("accounts/<uuid:pk>/notes/", notes.create, name="notes"),
    path("accounts/<uuid:pk>/status/", status.change, name="status"),
    path("accounts/<uuid:pk>/assignment/", assignment.assign_one, name="assignment"),
    path("accounts/<uuid:pk>/social-security/", social_security.reveal, name="social_security"),
]
