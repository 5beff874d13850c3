"""What can go wrong with a creditor's server? A small set of outcomes, each with a sentence for the user."""


class Trouble(Exception):
    """The server could not be used; `str()` is the sentence, free of what a hostile server may have put into it."""

    # Worth another try soon, because it may well be over by then.
    transient = False

    def __init__(self, sentence: str) -> None:
        super().__init__(
            "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in sentence[:1000])
        )


class Unreachable(Trouble):
    """No connection, or it broke, or it is too slow."""

    transient = True


class AddressRefused(Trouble):
    """The host is within our own network, where nobody may send us."""


class HostKeyRefused(Trouble):
    """The server shows another key than the pinned one: nothing was sent, nothing was read."""


class SignInRefused(Trouble):
    """The server does not know the user, or refuses his password or key."""


class NotThere(Trouble):
    """The folder or file does not exist."""


class NotAllowed(Trouble):
    """The server refuses the operation."""


class Changed(Trouble):
    """The file is not what was listed: somebody writes it. A later visit finds it complete."""
