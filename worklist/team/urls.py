"""Where are the pages of the team?"""

from django.urls import path

from worklist.views import absence, distribution, outcomes, team

app_name = "team"

urlpatterns = [
    path("", team.show_list, name="list"),
    path("distribution/", distribution.show, name="distribution"),
    path("distribution/assignments/", distribution.carry_out, name="distribution_assignments"),
    path("distribution/rule/", distribution.switch, name="distribution_rule"),
    path("outcomes/", outcomes.show_list, name="outcomes"),
    path("outcomes/new/", outcomes.create, name="outcome_new"),
    path("outcomes/<uuid:pk>/", outcomes.show, name="outcome"),
    path("outcomes/<uuid:pk>/meaning/", outcomes.change, name="outcome_meaning"),
    path("outcomes/<uuid:pk>/place/", outcomes.move, name="outcome_place"),
    path("outcomes/<uuid:pk>/activation/", outcomes.activate, name="outcome_activation"),
    path("outcomes/<uuid:pk>/deactivation/", outcomes.deactivate, name="outcome_deactivation"),
    path("<uuid:pk>/", team.show, name="member"),
    path("<uuid:pk>/terms/", team.change_terms, name="terms"),
    path("<uuid:pk>/activation/", team.activate, name="activation"),
    path("<uuid:pk>/deactivation/", team.deactivate, name="deactivation"),
    path("<uuid:pk>/reassignment/", absence.clear, name="reassignment"),
]
