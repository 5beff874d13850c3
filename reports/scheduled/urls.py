"""Where are the pages of the scheduled reports?"""

from django.urls import path

from reports.scheduled import views

app_name = "schedules"

urlpatterns = [
    path("", views.show_list, name="list"),
    path("new/", views.create, name="new"),
    path("<uuid:pk>/", views.show, name="schedule"),
    path("<uuid:pk>/pause/", views.pause, name="pause"),
    path("<uuid:pk>/resumption/", views.resume, name="resumption"),
    path("<uuid:pk>/sendings/", views.send_now, name="sendings"),
    path("<uuid:pk>/removal/", views.remove, name="removal"),
]
