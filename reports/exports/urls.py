"""Where are the pages of the exports?"""

from django.urls import path

from reports.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.exports, name="list"),
    path("<uuid:pk>/file/", views.download, name="file"),
    path("<uuid:pk>/cancellation/", views.cancel, name="cancellation"),
    path("<uuid:pk>/removal/", views.remove, name="removal"),
]
