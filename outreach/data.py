"""The only reader of package data: tables in `packs/`, the zone table of the tzdata wheel, plugins."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zlib import crc32

from outreach.errors import OutreachError


@cache
def table(name: str) -> Mapping[str, Any]:
    """The TOML table `packs/NAME.toml`, read once.

    JSON is read 30 times faster: `packs/ready/NAME.json` is taken where it was made of the same text.
    """
    packs = files("outreach").joinpath("packs")
    source = packs.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    ready = packs.joinpath("ready", f"{name}.json")
    if ready.is_file():
        made_of, found = json.loads(ready.read_text(encoding="utf-8"))
        if made_of == crc32(source.encode("utf-8")):
            return MappingProxyType(found)
    return MappingProxyType(tomllib.loads(source))


@cache
def plugins() -> tuple[Any, ...]:
    """What installed packages offer as `outreach.lint` entry points, loaded once, in order of their names.

    OutreachError where one cannot be loaded.
    """
    from importlib.metadata import entry_points

    found = []
    for point in sorted(entry_points(group="outreach.lint"), key=lambda point: point.name):
        try:
            found.append(point.load())
        except Exception as exc:  # whatever a plugin's import may raise
            message = f"the linter's plugin {point.name} ({point.value}) cannot be loaded: {exc}"
            raise OutreachError(message, hint="mend or uninstall the package") from exc
    return tuple(found)


@cache
def words(name: str) -> frozenset[str]:
    """The lines of `packs/NAME.txt` without comments and blanks, lower case, read once."""
    text = files("outreach").joinpath("packs", f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if line)


@cache
def phrases(language: str) -> Mapping[str, list[Mapping[str, Any]]]:
    """The phrases of a built-in pack, by rule code; nothing where the language has none.

    Only that language's part of `packs/phrases.json` is parsed: from its line to the one that closes it.
    """
    text = files("outreach").joinpath("packs", "phrases.json").read_text(encoding="utf-8")
    opening = f'\n "{language}": '
    start = text.find(opening)
    end = text.find("\n }", start)
    return MappingProxyType(json.loads(text[start + len(opening) : end + 3]) if start >= 0 else {})


@cache
def index(language: str) -> Mapping[str, Any]:
    """The index of a built-in pack, `packs/index/LANGUAGE.json`; nothing where the language has none."""
    file = files("outreach").joinpath("packs", "index", f"{language}.json")
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {})


@cache
def page(part: str) -> str:
    """The file `packs/page/PART` of the page of previews, read once."""
    return files("outreach").joinpath("packs", "page", part).read_text(encoding="utf-8")


@cache
def text(name: str) -> str:
    """The text of the file `packs/NAME`."""
    return files("outreach").joinpath("packs", *name.split("/")).read_text(encoding="utf-8")


@cache
def country_zones() -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 country code -> its IANA zones, those of its own cities first (zone1970.tab of tzdata); and XK."""
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
    for country, zones in table("zones")["more"].items():
        shared[country] += zones
    return MappingProxyType({code: (*own[code], *shared[code]) for code in sorted({*own, *shared})})


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name, aliases too, as the tzdata wheel lists them."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())
