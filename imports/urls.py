"""Where are the pages of the imports?"""

from django.urls import path

from imports.views import feeds, job_files, jobs, mappings, uploads

app_name = "imports"

urlpatterns = [
    path("", jobs.show_list, name="list"),
    path("runs/", jobs.run_now, name="runs"),
    path("feeds/", feeds.show_list, name="feeds"),
    path("feeds/new/", feeds.create, name="feed_new"),
    path("feeds/<uuid:pk>/", feeds.show, name="feed"),
    path("feeds/<uuid:pk>/pause/", feeds.pause, name="feed_pause"),
    path("feeds/<uuid:pk>/resumption/", feeds.resume, name="feed_resumption"),
    path("feeds/<uuid:pk>/runs/", feeds.run, name="feed_run"),
    path("feeds/<uuid:pk>/mapping/", mappings.edit, name="feed_mapping"),
    path("mappings/<uuid:pk>/", mappings.show, name="mapping"),
    path("uploads/", uploads.bring, name="upload_new"),
    path("uploads/<uuid:pk>/", uploads.show, name="upload"),
    path("uploads/<uuid:pk>/trial/", uploads.try_out, name="upload_trial"),
    path("uploads/<uuid:pk>/job/", uploads.import_it, name="upload_job"),
    path("uploads/<uuid:pk>/removal/", uploads.discard, name="upload_removal"),
    path("uploads/<uuid:pk>/feed-mapping/", uploads.keep_for_feed, name="upload_feed_mapping"),
    path("<uuid:pk>/", jobs.show_job, name="job"),
    path("<uuid:pk>/progress/", jobs.show_progress, name="progress"),
    path("<uuid:pk>/retries/", jobs.retry, name="retries"),
    path("<uuid:pk>/cancellation/", jobs.cancel, name="cancellation"),
    path("<uuid:pk>/acknowledgment/", job_files.download_acknowledgment, name="acknowledgment"),
    path("<uuid:pk>/rejected/", job_files.download_rejected_rows, name="rejected"),
    path("<uuid:pk>/original/", job_files.download_original, name="original"),
]
