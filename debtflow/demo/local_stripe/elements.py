"""What does a browser load instead of Stripe.js, and the fields that it puts into our page?"""

from pathlib import Path

from debtflow.demo.local_stripe import pages
from debtflow.demo.local_stripe.world import Answer

FOLDER = Path(__file__).parent / "browser"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
FILES = {"/v3/": "stripe.js", "/v3": "stripe.js"} | {
    f"/v3/fields.{kind}": f"fields.{kind}" for kind in ("html", "js", "css")
}
# The fields may stand in any page, load nothing from elsewhere, and talk to the stand-in alone.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"


def answer(path: str) -> Answer:
    """`/v3/` and the files of the iframe."""
    if path not in FILES:
        return pages.not_found()
    file = FOLDER / FILES[path]
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-cache"}
    if file.suffix == ".html":
        headers["Content-Security-Policy"] = POLICY
    else:
        headers["Access-Control-Allow-Origin"] = "*"
    return Answer(200, file.read_bytes(), f"{TYPES[file.suffix]}; charset=utf-8", headers)
