"""Where are an agency's processors set up?"""

from django.urls import path

from payments.views import processors

app_name = "processors"

urlpatterns = [
    path("", processors.show_list, name="list"),
    path("new/", processors.create, name="new"),
    path("<uuid:pk>/", processors.show, name="processor"),
]
