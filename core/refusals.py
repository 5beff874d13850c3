"""A fact that somebody entered is refused: which field of the form, and the sentence for the user."""


class FieldRefused(ValueError):
    """Nothing was changed; an empty `field` is about the whole form."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
