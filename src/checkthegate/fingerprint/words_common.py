"""What everybody writes: notices of rights and confidence, addresses and headings on title pages.

Such passages are the same in texts that have nothing else in common, so they tell nothing.
"""

from __future__ import annotations

import re

_NOTICE = re.compile(
    r"\b(?:"
    r"copyright\w*|©|rights?|reserved|permission|permitted|consent|confidential\w*|proprietary|"
    r"property|propriété|intended|recipient|disclos\w+|distribut\w+|reproduc\w+|perform(?:ed|ance)|"
    r"publish\w*|publication|transmit\w*|transmitted|retransmi\w+|quoted|copied|copy|copies|"
    r"prohibited|unauthori[sz]ed|forbidden|penalt\w+|trademarks?|registered|registration|wga|"
    r"guild|licen[cs]\w+|warrant\w+|liab\w+|purposes?|educational|commercial|prior|written|"
    r"expressed?|author(?:s|ed)?|writers?|draft|revis\w+|revision|contact|agent|agency|phone|tel|"
    r"fax|e?mail|www|http\w*|com|org|productions?|pictures|studios?|entertainment|films?|inc|llc|"
    r"ltd|gmbh|street|st|avenue|ave|drive|dr|road|suite|floor|ca|ny|fictional|fictitious|"
    r"coincidental|resemblance|persons|living|dead|screenplay|script|teleplay|episode|title|"
    r"credits?|gutenberg|ebook|isbn|publisher|lorem|ipsum|dolor|amet"
    r")\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_SHARE = 0.28


def is_boilerplate(passage: str) -> bool:
    """Whether a passage is mostly a notice of rights, an address, or a title page's form."""
    words = len(_WORD.findall(passage))
    return bool(words) and len(_NOTICE.findall(passage)) / words >= _SHARE
