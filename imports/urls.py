"""Where are the pages of imports?"""

from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("", views.jobs, name="list"),
    path("runs/", views.run, name="runs"),
    path("<uuid:pk>/", views.job, name="job"),
    path("<uuid:pk>/progress/", views.progress, name="progress"),
]
