"""Where each page lives."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from debtflow import health, metrics, preferences, start
from payments.views import paid

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "DebtFlow administration"

urlpatterns = [
    path("", start.lead, name="home"),
    path("", include("worklist.urls")),
    path("team/", include("worklist.team.urls")),
    path("imports/", include("imports.urls")),
    path("payments/", include("payments.urls")),
    path("payments/processors/", include("payments.processor_urls")),
    path("reports/schedules/", include("reports.scheduled.urls")),
    path("", include("reports.urls")),
    path("paid/", paid.show, name="paid"),
    path("exports/", include("reports.exports.urls")),
    path("api/v1/payments/webhook/", include("payments.webhook_urls")),
    path("auth/preferences/", preferences.change, name="account_preferences"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/", login_not_required(health.live), name="health"),
    path("ready/", login_not_required(health.ready), name="ready"),
    path("metrics", metrics.show, name="metrics"),
]

if settings.DEBUG or settings.TESTING:
    from debtflow import styleguide

    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
