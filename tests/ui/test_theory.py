"""The theory page: every chapter opens, by the sidebar and by its address."""

from collections.abc import Callable
from typing import Any

import pytest

from ganplay.ui.theory.chapters import CHAPTERS

Open = Callable[..., Any]

every_chapter = pytest.mark.parametrize("name", CHAPTERS)


@every_chapter
def test_a_chapter_opens_and_has_its_question(name: str, show: Open) -> None:
    tab = show("Theory", chapter=name)
    assert not tab.problem
    chapter = CHAPTERS[name]
    assert chapter.question.endswith("?")
    words = "\n".join(text.value for text in tab.app.markdown)
    assert chapter.title in words
    assert chapter.question in words
    first = next(iter(CHAPTERS))
    chosen = {n: value for n, value in tab.address.items() if n != "run"}  # the lab's, in one
    assert chosen == ({} if name == first else {"chapter": name})


@every_chapter
def test_an_address_that_makes_no_sense_is_told_in_a_sentence(name: str, show: Open) -> None:
    fields = CHAPTERS[name].fields
    choice = next(iter(fields))
    tab = show("Theory", chapter=name, **{choice: "nonsense,"})
    assert f"{choice}: nonsense, is not allowed" in tab.problem
    for field in fields.values():  # which all take that way
        with pytest.raises(ValueError, match=r"\w"):
            field.parse("nonsense,")
    tab = show("Theory", chapter=name, colour="red")
    assert "colour: there is no such choice" in tab.problem


def test_the_sidebar_leads_to_each_chapter(show: Open) -> None:
    tab = show("Theory")
    for name, chapter in CHAPTERS.items():
        tab.app.radio(key="theory:chapter").set_value(name)
        tab.update()
        assert chapter.question in "\n".join(text.value for text in tab.app.markdown)


def test_a_chapter_keeps_its_choices_while_another_is_open(show: Open) -> None:
    tab = show("Theory", chapter="convergence", part="algorithm", by="wgan", moment="7")
    before = tab.address

    def turn_to(name: str) -> None:
        tab.app.radio(key="theory:chapter").set_value(name)
        tab.update()

    turn_to("dynamics")
    assert tab.address == {"chapter": "dynamics"}, "it has a moment of its own"
    turn_to("convergence")
    assert tab.address == before


def test_choices_have_names_of_their_own() -> None:
    assert all("chapter" not in chapter.fields for chapter in CHAPTERS.values())


@every_chapter
def test_what_a_chapter_starts_with_is_allowed(name: str) -> None:
    for field in CHAPTERS[name].fields.values():
        assert field.parse(field.text(field.default)) == field.default
