"""Where are the pages of the reports?"""

from django.urls import path

from reports.lists.collected import Collected
from reports.views import lists

app_name = "reports"

urlpatterns = [
    path("reports/collected/", lists.show, {"listing": Collected}, name="collected"),
]
