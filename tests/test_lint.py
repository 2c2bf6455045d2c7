"""The linter as a whole: what holds a letter, and that a good letter passes."""

from outreach.lint import Copy, lint


def test_a_letter_without_words_is_linted_too() -> None:
    for subject, text in ((None, ""), ("", " \n\n "), ("\ud800", "\u200b")):
        report = lint(Copy(subject, text))
        assert (report.words, report.spam < 50) == (0, True)
