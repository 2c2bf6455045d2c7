"""Several rows of one address: what the first leaves empty comes from the others; two people stay two."""

from pathlib import Path

from outreach.engine import imports
from outreach.report.imports import Import
from outreach.store import Store, prospects
from outreach.workspace.prospects import open_table
from tests.cli import MONDAY, Shell
from tests.people import fields, shown


def test_what_the_first_row_leaves_empty_comes_from_the_others(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "list.csv",
        "email,first_name,company,phone,tags\n"
        "bob@acme.example,,,,\n"
        "Bob@Acme.example,,Acme GmbH,+49 30 1,fair\n"
        "bob@acme.example,Bob,Acme GmbH,+49 30 2,\n",
    )
    out = shell.ok("prospects", "import", "list.csv")
    assert "LEFT OUT  2 duplicates in the file (line 3: bob@acme.example)" in out
    assert "2 filled in what the row before left empty" in out
    assert "1 has another value, not taken (line 4: phone)" in out
    assert fields(shell, "bob@acme.example") == {
        "first_name": "Bob",
        "company": "Acme GmbH",
        "phone": "+49 30 1",
    }
    person = shown(shell, "prospects", "show", "bob@acme.example")
    assert (person["tags"], person["company_key"]) == (["fair"], "acme gmbh")
    again = shown(shell, "prospects", "import", "list.csv")
    assert (again["changed"], again["duplicates"], again["duplicates_differing"]) == (0, 2, 1)


def test_two_people_behind_one_address_do_not_become_a_third_one(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "list.csv", "email,first_name,last_name,phone\nx@acme.example,Anna,,\nx@acme.example,Bernd,Meyer,1\n"
    )
    out = shell.ok("prospects", "import", "list.csv")
    assert "1 has another value, not taken (line 3: first_name)" in out
    assert "filled in" not in out
    assert fields(shell, "x@acme.example") == {"first_name": "Anna"}


def test_who_is_without_consent_in_any_row_is_without_it(shell: Shell) -> None:
    shell.fill()
    shell.write("list.csv", "email,first_name,consent\nx@acme.example,Anna,yes\nx@acme.example,Bernd,no\n")
    assert "held in every plan, without consent" in " ".join(
        shell.ok("prospects", "import", "list.csv").split()
    )
    assert fields(shell, "x@acme.example")["consent"] is False


def test_rows_of_different_batches_fill_each_other_too(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    others = "".join(f"p{number}@acme.example,,\n" for number in range(6))
    head = "email,city,phone\n"
    path.write_text(
        f"{head}a@x.example,Leeds,\n{others}a@x.example,,1\na@x.example,York,2\n{others}", encoding="utf-8"
    )
    with Store(store_url, state=tmp_path) as store:

        def bring(on_existing: str = "fill") -> Import:
            prepared = imports.prepare(store, open_table(path), imports.Options(on_existing=on_existing))
            *_, done = imports.run(store, prepared, clock=lambda: MONDAY, batch=3)
            return done

        done = bring()
        assert (done.added, done.duplicates, done.filled) == (7, 8, 1)
        assert done.unlike > 0
        person = store.read(prospects.get, "a@x.example")
        assert person is not None
        assert person.fields == {"city": "Leeds", "phone": "1"}
        path.write_text(f"{head}a@x.example,,\n{others}a@x.example,,9\n", encoding="utf-8")
        for how in ("skip", "fill"):
            bring(how)
            assert store.read(prospects.get, "a@x.example") == person


def test_a_later_file_does_not_make_one_person_of_two(shell: Shell) -> None:
    shell.fill()
    shell.write("a.csv", "email,first_name,full_name\nann@lee.example,Anna,Anna\njo@lee.example,,Jo Lee\n")
    shell.ok("prospects", "import", "a.csv")
    shell.write(
        "b.csv",
        "email,first_name,last_name,gender,source,Opt-in\n"
        "ann@lee.example,Bernd,Meyer,m,fair,no\njo@lee.example,Jo,Lee,,fair,\n",
    )
    done = shown(shell, "prospects", "import", "b.csv")
    assert (done["differing"], done["changed"]) == (1, 2)
    assert fields(shell, "ann@lee.example") == {
        "first_name": "Anna",
        "full_name": "Anna",
        "consent": False,  # whoever of the two has said so
    }
    shell.write("c.csv", 'email,full_name,city\njo@lee.example,"Lee, Jo",Leeds\n')
    shell.ok("prospects", "import", "c.csv")
    assert fields(shell, "jo@lee.example")["city"] == "Leeds"


def test_an_update_by_somebody_else_leaves_nothing_of_how_the_earlier_one_was_called(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "a.csv", "email,Name,city\nann@lee.example,Frau Anna Berg,Leeds\njo@lee.example,Frau Jo Lee,York\n"
    )
    shell.ok("prospects", "import", "a.csv")
    shell.write(
        "b.csv", "email,first_name,last_name\nann@lee.example,Bernd,Meyer\njo@lee.example,Joanna,Lee\n"
    )
    shell.ok("prospects", "import", "b.csv", "--on-existing", "update")
    assert fields(shell, "ann@lee.example") == {"first_name": "Bernd", "last_name": "Meyer", "city": "Leeds"}
    assert fields(shell, "jo@lee.example")["honorific"] == "ms"


def test_a_consent_that_is_taken_back_is_neither_left_nor_called_filled_in(shell: Shell) -> None:
    shell.fill()
    shell.write("list.csv", "email,city,consent\nx@acme.example,Bonn,yes\nx@acme.example,Bonn,no\n")
    done = shown(shell, "prospects", "import", "list.csv")
    assert (done["duplicates_filled"], done["duplicates_differing"]) == (0, 0)
    shell.write("more.csv", "email,consent\nx@acme.example,no\ny@acme.example,yes\n")
    assert shown(shell, "prospects", "import", "more.csv")["differing"] == 0
    shell.write("last.csv", "email,city,consent\ny@acme.example,York,no\n")
    done = shown(shell, "prospects", "import", "last.csv", "--on-existing", "skip")
    assert (done["changed"], done["differing"]) == (1, 0)
    assert fields(shell, "y@acme.example") == {"consent": False}  # and no city: the rest is skipped


def test_where_others_are_skipped_a_no_counts_in_every_batch_and_our_own_are_filled(
    store_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    others = "".join(f"p{number}@acme.example,,\n" for number in range(6))
    with Store(store_url, state=tmp_path) as store:

        def bring(rows: str) -> Import:
            path.write_text(f"email,city,consent\n{rows}", encoding="utf-8")
            prepared = imports.prepare(store, open_table(path), imports.Options(on_existing="skip"))
            *_, done = imports.run(store, prepared, clock=lambda: MONDAY, batch=3)
            return done

        def found(email: str) -> dict[str, object]:
            person = store.read(prospects.get, email)
            assert person is not None
            return dict(person.fields)

        bring("old@x.example,,yes\n")
        done = bring(
            f"a@x.example,,yes\nold@x.example,,\n{others}a@x.example,Leeds,no\nold@x.example,York,no\n"
        )
        assert found("a@x.example") == {"city": "Leeds", "consent": False}
        assert found("old@x.example") == {"consent": False}
        assert (done.filled, done.unlike) == (1, 0)
