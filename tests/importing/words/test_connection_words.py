"""The words for a connection: one that is missing leaves a technician without the reason of a reconnect."""

from __future__ import annotations

import re

import pytest

from ocpptui.importing.words import connection_words as words


@pytest.mark.parametrize("name", ("CONNECTION", "CONNECTED", "DISCONNECTED", "OPENED", "CLOSED", "FAILED", "REFUSED"))
def test_every_list_is_an_expression_of_words(name: str) -> None:
    """A bracket in the wrong place would make a word of two."""
    pattern = re.compile(getattr(words, name), re.IGNORECASE)
    assert pattern.groups == 0
    assert pattern.fullmatch("") is None


@pytest.mark.parametrize(
    ("languages", "pattern"),
    (
        ("connected verbunden connecté conectado connesso verbonden ligado", words.CONNECTED),
        ("disconnected getrennt déconnecté desconectado disconnesso desligado", words.DISCONNECTED),
        ("opened hergestellt établie establecida stabilita geopend estabelecida", words.OPENED),
        ("closed geschlossen fermée cerrada chiusa verbroken encerrada fechada", words.CLOSED),
        ("failed fehlgeschlagen échouée fallida fallita mislukt falhou", words.FAILED),
        ("connection Verbindung connexion conexión connessione verbinding conexão ligação", words.CONNECTION),
    ),
)
def test_seven_languages_have_each_word(languages: str, pattern: str) -> None:
    whole = re.compile(pattern, re.IGNORECASE)
    assert [word for word in languages.split() if whole.fullmatch(word) is None] == []


def words_in(pattern: str) -> list[str]:
    """The words of a list that are written out."""
    return [word for word in re.sub(r"\([^()]*\)|\[[^\]]*\]", "?", pattern).split("|") if word.isalpha()]


def test_the_parts_are_in_every_word() -> None:
    """A line without any of them is not read at all."""
    nouns, said = words_in(words.CONNECTION), [*words_in(words.CONNECTED), *words_in(words.DISCONNECTED)]
    assert [word for word in (*nouns, *said) if not any(part in f" {word} " for part in words.SUBJECT_PARTS)] == [
        "conn"
    ], "a line with this has `connected`, too"
    happened = words_in("|".join((words.OPENED, words.CLOSED, words.CLOSING, words.FAILED, words.REFUSED, words.NEW)))
    assert [word for word in (*happened, *said) if not any(part in word for part in words.EVENT_PARTS)] == []
