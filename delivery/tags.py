"""Tags for AWS resources."""

from typing import Annotated

from delivery.rules import Text
from delivery.texts import Texts

MOST_TAGS = 50
_CHARACTERS = r"[\p{L}\p{N} _.:/=+@-]"
_WORDS = "letters, digits, spaces and _ . : / = + - @"

TagKey = Annotated[
    str,
    Text(
        words=f"{_WORDS}, and not aws: first, which is AWS's own",
        longest=128,
        pattern=f"^{_CHARACTERS}+$",
        never="^[aA][wW][sS]:",
    ),
]
TagValue = Annotated[str, Text(words=_WORDS, shortest=0, longest=256, pattern=f"^{_CHARACTERS}*$")]


class Tags(Texts):
    """The tags of AWS resources.

    At most 50, keys of 1 to 128 characters, values of 0 to 256 ("Tagging AWS Resources: tag
    naming limits and requirements").
    """

    KEY, VALUE, MOST = TagKey, TagValue, MOST_TAGS

    __slots__ = ()
