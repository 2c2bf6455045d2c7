"""The only reader of package data: tables in `packs/`, and the zone table of the tzdata wheel."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """The TOML table `packs/NAME.toml`, read once."""
    text = files("outreach").joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def words(name: str) -> frozenset[str]:
    """The lines of `packs/NAME.txt` without comments and blanks, lower case, read once."""
    text = files("outreach").joinpath("packs", f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if line)


@cache
def country_zones() -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 country code -> its IANA zones, those of its own cities first (zone1970.tab of tzdata)."""
    own: dict[str, list[str]] = defaultdict(list)
    shared: dict[str, list[str]] = defaultdict(list)
    text = files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            countries, _, zone = line.split("\t")[:3]
            home, *others = countries.split(",")
            own[home].append(zone)
            for country in others:
                shared[country].append(zone)
    return MappingProxyType({code: (*own[code], *shared[code]) for code in sorted({*own, *shared})})


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name, aliases too, as the tzdata wheel lists them."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())
