"""What the project promises to whoever clones or installs it."""

import re
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).parent.parent
STARTER = "outreach/starter/"


def git_files() -> list[Path]:
    """Every file that is, or would be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    return zipfile.ZipFile(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def test_the_wheel_brings_the_starter_workspace(wheel: zipfile.ZipFile) -> None:
    ours = [file for file in git_files() if file.relative_to(ROOT).parts[0] in {"templates", "campaigns"}]
    expected = {STARTER + file.relative_to(ROOT).as_posix(): file for file in [ROOT / "outreach.toml", *ours]}
    assert len(expected) > 5
    assert {name for name in wheel.namelist() if name.startswith(STARTER)} == set(expected)
    for name, file in expected.items():
        assert wheel.read(name) == file.read_bytes()


def test_the_wheel_brings_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    package = {
        file.relative_to(ROOT).as_posix() for file in git_files() if (ROOT / "outreach") in file.parents
    }
    rest = {name for name in wheel.namelist() if not name.startswith(STARTER) and ".dist-info/" not in name}
    assert rest == package


def test_the_sdist_holds_only_files_of_the_project(tmp_path: Path) -> None:
    with tarfile.open(next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path)))) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    ours = {file.relative_to(ROOT).as_posix() for file in git_files()}
    assert packed - ours == {"PKG-INFO"}
    assert {"outreach.toml", "campaigns/prospects.csv", "templates/retail-intro.txt", "Makefile"} <= packed


def test_no_file_names_a_place_on_the_machine_it_was_made_on() -> None:
    place = re.compile(rb"(?<!\w)/(?:work|root)/")  # not "(home/work/root)", words to choose from
    found = [file.name for file in git_files() if place.search(file.read_bytes())]
    assert found == []


def test_the_version_is_the_one_the_changelog_speaks_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = [
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## "
    ]
    assert headings[0].split()[1] == project["version"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_everything_locked_has_hashes_and_no_address(lock: str) -> None:
    body = (ROOT / lock).read_text(encoding="utf-8")
    entries = [entry for entry in body.replace("\\\n", " ").splitlines() if entry[:1] not in {"", "#", " "}]
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in body
    assert "--index-url" not in body


def connect(url: str) -> Connection:
    return create_engine(url, poolclass=NullPool).connect()


def test_every_test_gets_an_empty_database_of_its_own(store_url: str) -> None:
    for _ in range(2):  # what is written is there on the next connection, and was not there before the first
        with connect(store_url) as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS visits (n INTEGER)"))
            connection.execute(text("INSERT INTO visits VALUES (1)"))
            connection.commit()
    with connect(store_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM visits")).scalar() == 2


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_postgresql_reads_names_as_unicode(store_url: str) -> None:
    """Not as C does, where only ASCII letters have a case."""
    with connect(store_url) as connection:
        database = "FROM pg_database WHERE datname = current_database()"
        provider = connection.execute(text(f"SELECT datlocprovider {database}")).scalar()
        assert provider in ("i", "b"), "neither ICU nor PostgreSQL's own Unicode rules"
        assert connection.execute(text("SHOW server_encoding")).scalar() == "UTF8"
        row = connection.execute(text("SELECT lower('ӘЛІЯ ÖZ'), 'ЁЖ' ILIKE 'ёж', upper('ß')")).one()
        assert tuple(row) == ("әлія öz", True, "SS")
        if provider == "i":  # a dictionary's order, which Python's sorted() does not give
            assert connection.execute(text("SELECT 'a' < 'B' AND 'ä' < 'z'")).scalar()
