"""Each language says everything that the code says, and with the same things in it."""

import re

import pytest

from models.quality import Flag, FlagCode
from service.documents.parts import flag_documents
from service.reports.flags import told
from service.texts import LANGUAGES, _, language, ngettext, preferred, speak
from service.texts.collecting import catalogue_of, said

OTHERS = list(LANGUAGES)[1:]
PLACES = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?\w+>")


def both(text) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


@pytest.fixture(params=OTHERS)
def catalogue(request):
    return catalogue_of(request.param)


@pytest.fixture
def german():
    speak("de")
    yield
    speak("en")


def test_every_message_is_translated_and_none_that_nobody_says(catalogue):
    wanted = {message.id for message in said() if message.id}
    kept = {message.id: message for message in catalogue if message.id}
    assert wanted - kept.keys() == set()  # `make texts` brings them in
    assert kept.keys() - wanted == set()
    assert [one.id for one in kept.values() if one.fuzzy or not all(both(one.string))] == []


def test_a_translation_has_the_places_of_its_message(catalogue):
    for message in catalogue:
        wanted = {frozenset(PLACES.findall(form)) for form in both(message.id)}
        for form in both(message.string) if message.id else ():
            assert frozenset(PLACES.findall(form)) in wanted, message.id


def test_what_a_browser_likes_best_is_spoken():
    assert preferred("fr, de-AT;q=0.8, en;q=0.5") == "de"
    assert preferred("fr") == "en"
    assert preferred("de;q=0, en;q=0.1") == "en"


def test_words_come_in_the_language_that_is_spoken(german):
    assert language() == "de"
    assert _("Sign out") == "Abmelden"
    assert _("said by nobody") == "said by nobody"
    assert ngettext("one", "many", 2) == "many"


def test_a_reason_to_take_a_photo_again_is_told_in_the_language_that_is_spoken(german):
    flag = Flag.of(FlagCode.TOO_SMALL, value=212.4, limit=250)
    (document,) = flag_documents([flag])
    says, remedy = told(document)
    assert (says, remedy) == (
        "Das Gesicht ist 212 px breit; zum Messen braucht es 250 px.",
        "Gehen Sie näher heran, oder nehmen Sie eine höhere Auflösung.",
    )
    speak("en")
    assert " ".join(told(document)) == flag.says
