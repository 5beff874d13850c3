"""Where are the pages of the reports?"""

from django.urls import path

from reports.lists.accounts import Accounts
from reports.lists.collected import Collected
from reports.lists.contacts import Contacts
from reports.lists.promises import Promises
from reports.lists.rejected import Rejected
from reports.views import catalogue, dashboard, lists

app_name = "reports"

urlpatterns = [
    path("dashboard/", dashboard.show, name="dashboard"),
    path("reports/", catalogue.show_index, name="index"),
    path("reports/accounts/", lists.show, {"listing": Accounts}, name="accounts"),
    path("reports/collected/", lists.show, {"listing": Collected}, name="collected"),
    path("reports/contacts/", lists.show, {"listing": Contacts}, name="contacts"),
    path("reports/promises/", lists.show, {"listing": Promises}, name="promises"),
    path("reports/rejected/", lists.show, {"listing": Rejected}, name="rejected"),
    path("reports/definitions/", catalogue.show_definitions, name="definitions"),
    # Last: a report is named like any page.
    path("reports/<slug:slug>/", catalogue.show, name="report"),
]
