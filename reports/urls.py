"""Where are the pages of the reports?"""

from django.urls import path

from reports.lists.accounts import Accounts
from reports.lists.collected import Collected
from reports.lists.contacts import Contacts
from reports.lists.promises import Promises
from reports.views import lists

app_name = "reports"

urlpatterns = [
    path("reports/accounts/", lists.show, {"listing": Accounts}, name="accounts"),
    path("reports/collected/", lists.show, {"listing": Collected}, name="collected"),
    path("reports/contacts/", lists.show, {"listing": Contacts}, name="contacts"),
    path("reports/promises/", lists.show, {"listing": Promises}, name="promises"),
]
