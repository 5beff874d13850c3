"""Where are the pages of the imports?"""

from django.urls import path

from imports.views import job_files, jobs

app_name = "imports"

urlpatterns = [
    path("", jobs.show_list, name="list"),
    path("runs/", jobs.run_now, name="runs"),
    path("<uuid:pk>/", jobs.show_job, name="job"),
    path("<uuid:pk>/progress/", jobs.show_progress, name="progress"),
    path("<uuid:pk>/retries/", jobs.retry, name="retries"),
    path("<uuid:pk>/cancellation/", jobs.cancel, name="cancellation"),
    path("<uuid:pk>/acknowledgment/", job_files.download_acknowledgment, name="acknowledgment"),
    path("<uuid:pk>/rejected/", job_files.download_rejected_rows, name="rejected"),
    path("<uuid:pk>/original/", job_files.download_original, name="original"),
]
