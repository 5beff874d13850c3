"""Where are the pages of the imports?"""

from django.urls import path

from imports.views import jobs

app_name = "imports"

urlpatterns = [
    path("", jobs.show_list, name="list"),
    path("runs/", jobs.run_now, name="runs"),
    path("<uuid:pk>/", jobs.show_job, name="job"),
    path("<uuid:pk>/progress/", jobs.show_progress, name="progress"),
]
