"""How do the stand-in's own pages look?"""

from html import escape
from http import HTTPStatus

from debtflow.demo.local_stripe.world import Answer

STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:60rem;padding:1.5rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.35rem .5rem;text-align:left;
vertical-align:top}
td.sum{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
form.pay{display:grid;gap:1rem;max-width:26rem}form.act{display:inline}
label{display:grid;gap:.25rem}fieldset{display:grid;gap:.75rem}
input{font:inherit;padding:.5rem}button{font:inherit;padding:.5rem 1rem;cursor:pointer}
td button{font-size:.85rem;padding:.2rem .5rem;margin:.1rem}
.wrong{border-left:4px solid #c62828;padding:.5rem 1rem}.test{opacity:.75;font-size:.9rem}
form:has([value=card]:checked) .bank,form:has([value=us_bank_account]:checked) .card{display:none}
.scroll{overflow-x:auto}
"""


def page(title: str, body: str, status: int = 200) -> Answer:
    """A whole page; `body` is HTML already."""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers)


def sent_on(url: str) -> Answer:
    return Answer(HTTPStatus.SEE_OTHER, b"", "text/plain", {"Location": url})


def not_found() -> Answer:
    return page("Page not found", "<p>Nothing is here. The link may have been cut short.</p>", 404)


def dollars(cents: int, currency: str = "usd") -> str:
    return f"${cents / 100:,.2f}" if currency == "usd" else f"{cents / 100:,.2f} {currency.upper()}"


def wrong(message: str) -> str:
    return f'<p class="wrong" role="alert">{escape(message)}</p>' if message else ""
