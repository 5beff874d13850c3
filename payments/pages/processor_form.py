"""How does an admin connect the agency's account at Stripe? Keys are written and never read back."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.utils.text import slugify

from core.meanwhile import version_of
from payments.models import Payment, PaymentProcessor

SECRET = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
PUBLISHABLE = ("pk_test_", "pk_live_")
MODES = "Payments were taken in {} mode with this account. Add the other one as a processor of its own."


class WriteOnlyLines(forms.Textarea):
    """A text area that never gives back what was typed into it."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> Any:
        return super().render(name, "", attrs, renderer)


class ProcessorForm(forms.ModelForm):
    """An account at Stripe; `testing` judges only what asking it needs. An empty secret keeps the stored one."""

    api_key = forms.CharField(
        label="Secret key", required=False, max_length=255,
        help_text="sk_live_… or sk_test_…; a restricted key, rk_…, will do.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )  # fmt: skip
    webhook_secrets = forms.CharField(
        label="Webhook signing secrets", required=False, max_length=2_000,
        help_text="whsec_…, one a line; two while one is being replaced.",
        widget=WriteOnlyLines(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    class Meta:
        model = PaymentProcessor
        fields = ("name", "api_key", "publishable_key", "webhook_secrets", "is_active")
        labels: ClassVar = {
            "publishable_key": "Publishable key",
            "is_active": "In use: cards and bank accounts are charged through it",
        }
        help_texts: ClassVar = {"publishable_key": "pk_live_… or pk_test_…, of the same account and mode."}
        error_messages: ClassVar = {"name": {"required": "Enter a name for the processor."}}

    def __init__(self, *args: Any, testing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.testing = testing
        self.use_required_attribute = False
        self.stored_key, self.stored_secrets = self.instance.api_key, self.instance.webhook_secrets
        self.is_new = self.instance.updated_at is None
        self.stored_version = version_of(self.instance.updated_at)
        for name in ("api_key", "webhook_secrets"):
            self.initial.pop(name, None)
        self.initial["version"] = self.stored_version
        for name, field in self.fields.items():
            if name != "is_active":
                field.widget.attrs["class"] = "in"

    @property
    def is_stale(self) -> bool:
        """Did somebody else save it since this form was rendered?"""
        return not self.is_new and self.data.get("version", "") != self.stored_version

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not slugify(name):
            raise ValidationError("Use letters or digits.")
        others = PaymentProcessor.objects.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists() or others.filter(slug=slugify(name)[:50]).exists():
            raise ValidationError("The agency has a processor of this name already.")
        return name

    def clean_api_key(self) -> str:
        key = str(self.cleaned_data["api_key"]).strip() or self.stored_key
        if not key.startswith(SECRET) or not key.isascii() or not key.isprintable() or " " in key:
            raise ValidationError("Enter the account’s secret key: it begins with sk_ or rk_.")
        if self.stored_key and _is_live(key) != _is_live(self.stored_key) and self._has_taken():
            raise ValidationError(MODES.format("live" if _is_live(self.stored_key) else "test"))
        return key

    def clean_publishable_key(self) -> str:
        key = str(self.cleaned_data["publishable_key"]).strip()
        if not key.startswith(PUBLISHABLE) or not key.isascii() or " " in key:
            raise ValidationError("Enter the account’s publishable key: it begins with pk_.")
        return key

    def clean_webhook_secrets(self) -> str:
        found = str(self.cleaned_data["webhook_secrets"]).split() or self.stored_secrets.split()
        if any(not secret.startswith("whsec_") for secret in found):
            raise ValidationError("Each signing secret begins with whsec_.")
        return "\n".join(found)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if (
            "api_key" in said
            and "publishable_key" in said
            and _is_live(said["api_key"]) != _is_live(said["publishable_key"])
        ):
            self.add_error("publishable_key", "One key is of the live mode and the other of the test mode.")
        return said

    def full_clean(self) -> None:
        super().full_clean()
        if self.testing and self.is_bound:
            for name in set(self.errors) - {"api_key"}:
                del self.errors[name]

    def _has_taken(self) -> bool:
        return Payment.objects.filter(processor=self.instance.pk).exclude(processor_ref="").exists()


def _is_live(key: str) -> bool:
    return key[3:].startswith("live_")
