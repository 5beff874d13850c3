"""Where are the pages of the reports?"""

from typing import Any

app_name = "reports"

urlpatterns: list[Any] = []
