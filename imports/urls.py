"""Where are the pages of the imports?"""

from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("", views.show_list, name="list"),
    path("runs/", views.run_now, name="runs"),
    path("<uuid:pk>/", views.show_job, name="job"),
    path("<uuid:pk>/progress/", views.show_progress, name="progress"),
]
