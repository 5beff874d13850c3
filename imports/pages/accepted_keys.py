"""Which host key may an admin accept? One that a server showed us; it travels in the form under our signature.

The signature binds it to agency, host and port. So a browser can neither bring a key that no server has shown, nor
carry one to another server.
"""

from django.core import signing

from core import tenancy

SALT = "imports.host_key"
VALID_SECONDS = 24 * 3600


def signed(host: str, port: int, host_key: str) -> str:
    """The key that the server showed, to be sent along in the form."""
    return signing.dumps([str(tenancy.current_agency_id()), host, port, host_key], salt=SALT)


def shown_by(token: str, host: str, port: int) -> str:
    """The key in the token; empty when it is forged, older than a day, or of another server or agency."""
    try:
        agency, of_host, of_port, host_key = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    is_ours = (agency, of_host, of_port) == (str(tenancy.current_agency_id()), host, port)
    return str(host_key) if is_ours else ""
