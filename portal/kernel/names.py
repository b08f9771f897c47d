"""Names as they are compared: “GTX Pro”, “GTXPro” and “gtx-pro” are the same, “Gtx Pro Ltd” is near them."""

import unicodedata


def key(words: str) -> str:
    """Letters and digits alone, in lower case, without accents; of what has neither, the words themselves. At most 120 characters."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return ("".join(c for c in plain if c.isalnum()) or words.strip().casefold())[:120]
