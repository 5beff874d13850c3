"""How does a verb refuse? By the field whose fact is wrong, or because somebody else was faster."""


class FieldRefused(ValueError):
    """Nothing was changed; an empty `field` is about the whole form."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ChangedMeanwhile(ValueError):
    """It is not as the user saw it any more; nothing was changed, and `str()` tells who did what, and when."""
