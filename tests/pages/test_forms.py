"""A form is rendered once for all pages: label, error, control and hint, tied together for screen readers."""

from django import forms


class Promise(forms.Form):
    amount = forms.DecimalField(help_text="Up to the balance.")
    method = forms.ChoiceField(choices=[("check", "Check")], widget=forms.RadioSelect)


def test_a_field_ties_its_hint_to_the_control() -> None:
    html = str(Promise())
    assert '<label for="id_amount">Amount</label>' in html
    assert 'aria-describedby="id_amount_helptext"' in html
    assert 'id="id_amount_helptext">Up to the balance.' in html
    assert "There is a problem" not in html


def test_a_refused_form_names_each_problem_above_and_at_the_field() -> None:
    html = str(Promise({"amount": "much", "method": "check"}))
    assert "There is a problem" in html
    assert '<a href="#id_amount">Amount: Enter a number.</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_amount_error"' in html
    assert 'value="much"' in html


def test_radio_buttons_stand_in_a_fieldset_with_a_legend() -> None:
    html = str(Promise())
    assert "<fieldset" in html
    assert "<legend>Method</legend>" in html
