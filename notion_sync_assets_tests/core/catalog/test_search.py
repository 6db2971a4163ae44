"""`search_blocks`: words in any case, with or without accents, in any script; the index follows the scopes."""

from notion_sync_assets_tests.corpus import document, make_scope, page, paragraph, text


def wiki(catalog, *texts, title="Wiki"):
    blocks = [paragraph(text(each), name=f"{title} {each}") for each in texts]
    return make_scope(catalog.storage, [document(page(f"Page of {title}"), blocks)], title=title)


def found(catalog, words):
    return [said for (said,) in catalog.ask(f"SELECT plain_text FROM search_blocks('{words}')")]


BY_WORDS = {
    "gearbox": ["The GEARBOX of the snail"],
    "gear": ["The GEARBOX of the snail"],
    "snail, gearbox!": ["The GEARBOX of the snail"],
    "uber": ["Über den Dächern"],
    "ÜBER dach": ["Über den Dächern"],
    "погода": ["Какая погода?"],
    "天気": ["今日の天気"],
    "v2.0": ["release v2.0 is out"],
    "absent": [],
    "": [],
    "!?": [],
}


def test_a_block_is_found_by_its_words(catalog):
    wiki(catalog, "The GEARBOX of the snail", "Über den Dächern", "Какая погода?", "今日の天気")
    wiki(catalog, "release v2.0 is out", "nothing", title="Other")
    catalog.build()
    assert {words: found(catalog, words) for words in BY_WORDS} == BY_WORDS


def test_all_words_have_to_be_in_one_block(catalog):
    wiki(catalog, "snail alone", "gears alone", "snail gears")
    catalog.build()
    assert found(catalog, "snail gears") == ["snail gears"]


def test_the_block_that_says_little_else_comes_first(catalog):
    wiki(catalog, "a snail among very many other animals of the garden", "snail")
    catalog.build()
    assert found(catalog, "snail")[0] == "snail"


def test_the_index_follows_what_changed(catalog):
    wiki(catalog, "old words")
    wiki(catalog, "kept words", title="Kept")
    catalog.build()
    wiki(catalog, "new words")
    catalog.build()
    assert found(catalog, "old") == []
    assert sorted(found(catalog, "words")) == ["kept words", "new words"]
    increment = catalog.content()
    catalog.build(anew=True)
    assert catalog.content() == increment
