"""How do we talk to a creditor's SFTP server? The only place that knows paramiko.

Every failure of the server is a `Trouble` with a sentence; nothing of the library's own errors gets out. Names on the
server are never paths of ours: they are matched, compared and sent back, no more.
"""

from imports.fetching.sftp.host_keys import fingerprint
from imports.fetching.sftp.probing import Probe, probe
from imports.fetching.sftp.remote import Remote, RemoteFile
from imports.fetching.sftp.session import Address, check_private_key, connected, host_key_of
from imports.fetching.sftp.trouble import (
    AddressRefused,
    Changed,
    HostKeyRefused,
    NotAllowed,
    NotThere,
    SignInRefused,
    Trouble,
    Unreachable,
)

__all__ = [
    "Address",
    "AddressRefused",
    "Changed",
    "HostKeyRefused",
    "NotAllowed",
    "NotThere",
    "Probe",
    "Remote",
    "RemoteFile",
    "SignInRefused",
    "Trouble",
    "Unreachable",
    "check_private_key",
    "connected",
    "fingerprint",
    "host_key_of",
    "probe",
]
