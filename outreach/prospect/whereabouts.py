"""Where somebody is, of a text that says city and country in one: "Berlin, Germany"."""

from functools import lru_cache
from typing import Final

from outreach import data
from outreach.prospect.columns import fold
from outreach.prospect.places import country_code

_SHORTEST: Final = (
    4  # letters from A to Z of a name: "Wilmington, DE" is in Delaware, "Denver, Col" in Colorado
)
_LONGEST: Final = 4  # parts, as in "Berlin, Mitte, Berlin, Germany"


@lru_cache(maxsize=4096)
def whereabouts(text: str) -> tuple[str, str, str]:
    """City, region and ISO code of the country, "" for what is not told for sure.

    ("", "", "") for a text that names no country: it may be a city's name alone. "Greater Munich Area" is no city.
    """
    words = data.table("places")["locations"]
    parts = [part.strip() for part in text.split(",")]
    last = parts[-1]
    if not all(parts) or len(parts) > _LONGEST or last.casefold() in words["also_states"]:
        return "", "", ""
    short = last.isascii() and len(fold(last)) < _SHORTEST and fold(last) not in words["short"]
    country = "" if short else country_code(last)
    if not country:
        return "", "", ""
    if len(parts) == 1:
        return (last if country in words["city_states"] else ""), "", country
    city = "" if any(word in words["areas"] for word in parts[0].casefold().split()) else parts[0]
    return city, parts[-2] if len(parts) > 2 else "", country
