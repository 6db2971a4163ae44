import copy

from notion_sync_assets.core.render.overlay import overlay, overlay_document
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import (
    block,
    comment,
    database,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    mention,
    page,
    paragraph,
    partial_user,
    person,
)

LINKED = identifier("Linked page")


def renamed(name: str) -> dict:
    return {**person(name), "name": f"{name} the Second"}


def test_a_mention_shows_the_title_its_target_has_now(known):
    item = mention("page", {"id": LINKED}, "Old title", "https://www.notion.so/" + LINKED.replace("-", ""))

    assert overlay(item, known(entry(LINKED, "New title"))) == {**item, "plain_text": "New title"}


def test_a_mention_of_a_page_that_lost_its_title_reads_untitled(known):
    assert (
        overlay(mention("page", {"id": LINKED}, "Old"), known(entry(LINKED, "")))["plain_text"] == "Untitled"
    )


def test_mentions_of_databases_and_data_sources_follow_their_titles(known):
    for kind in ("database", "data_source"):
        assert (
            overlay(mention(kind, {"id": LINKED}, "Old"), known(entry(LINKED, "New", kind)))["plain_text"]
            == "New"
        )


def test_a_mention_of_what_the_export_does_not_hold_keeps_its_text(known):
    item = mention("page", {"id": LINKED}, "Seen once")

    assert overlay(item, known()) is item


def test_a_link_that_spells_the_old_title_becomes_the_url_of_the_target(known):
    href = f"https://app.notion.com/p/Old-title-{LINKED.replace('-', '')}"
    url = f"https://app.notion.com/p/New-title-{LINKED.replace('-', '')}"
    item = mention("page", {"id": LINKED}, "Old title", href)

    assert overlay(item, known(entry(LINKED, "New title", url=url)))["href"] == url


def test_a_mention_of_a_user_shows_the_user_as_listed_now(known):
    links = known(users=[renamed("Cleo"), renamed("Dan")])

    told = overlay(mention("user", person("Cleo"), "@Cleo"), links)
    partial = overlay(mention("user", partial_user("Dan"), "@Anonymous"), links)

    assert (told["plain_text"], told["mention"]["user"]) == ("@Cleo the Second", renamed("Cleo"))
    assert (partial["plain_text"], partial["mention"]["user"]) == ("@Dan the Second", renamed("Dan"))


def test_users_in_property_values_are_shown_as_listed_now(known):
    links = known(users=[renamed(name) for name in ("Ada", "Bob", "Cleo", "Dan", "Fay")])

    values = overlay(every_property_page().page, links)["properties"]

    assert [user["name"] for user in values["People"]["people"]] == [
        "Cleo the Second",
        "Dan the Second",
        "Editors",
    ]
    assert values["Creator"]["created_by"] == renamed("Ada")
    assert values["Editor"]["last_edited_by"] == renamed("Bob")
    assert values["Verified"]["verification"]["verified_by"] == renamed("Ada")
    assert values["Rollup array"]["rollup"]["array"][2]["people"] == [renamed("Fay")]


def test_authors_told_by_id_only_stay_so(known):
    value = paragraph("text")

    assert overlay(value, known(users=[person("Ada"), person("Bob")])) is value


def test_a_comment_shows_its_author_as_listed_now(known):
    said = comment("one", {"type": "page_id", "page_id": LINKED}, [])

    shown = overlay(said, known(users=[renamed("Ada")]))

    assert shown["display_name"] == {"type": "user", "resolved_name": "Ada the Second"}
    assert shown["created_by"] == renamed("Ada")


def test_a_comment_by_an_integration_keeps_the_name_it_was_shown_under(known):
    said = {**comment("one", {}, []), "display_name": {"type": "custom", "resolved_name": "Robot"}}

    assert overlay(said, known(users=[renamed("Ada")]))["display_name"]["resolved_name"] == "Robot"


def test_child_pages_and_databases_show_their_titles_of_now(known):
    links = known(entry(identifier("Child page"), "P"), entry(identifier("Child database"), "D", "database"))
    blocks = {item["id"]: item for item, _ in overlay_document(every_block_document(), links).walk()}

    assert blocks[identifier("Child page")]["child_page"]["title"] == "P"
    assert blocks[identifier("Child database")]["child_database"]["title"] == "D"
    assert blocks[identifier("Linked database")]["child_database"]["title"] == "Untitled"


def test_references_are_found_at_any_depth(known):
    deep = paragraph(mention("page", {"id": LINKED}, "Old"))
    for level in range(30):
        deep = block("toggle", {"rich_text": [], "color": "default"}, [deep], name=f"level {level}")

    shown = overlay_document(document(page("Deep"), [deep]), known(entry(LINKED, "New")))

    assert [
        item["paragraph"]["rich_text"][0]["plain_text"]
        for item, _ in shown.walk()
        if item["type"] == "paragraph"
    ] == ["New"]


def test_a_database_names_its_data_sources_as_they_are_called_now(known):
    value = database("Tasks database", sources=("Tasks", "Sibling source"))

    shown = overlay(value, known(entry(identifier("Sibling source"), "Renamed", "data_source")))

    assert [source["name"] for source in shown["data_sources"]] == ["Tasks", "Renamed"]


def test_names_that_people_gave_to_properties_have_no_meaning(known):
    people = {"id": "p", "type": "people", "people": [person("Cleo")]}
    values = dict.fromkeys(
        ("parent", "text", "file", "annotations", "object", "created_by", "plain_text"), people
    )

    shown = overlay({"object": "page", "properties": values}, known(users=[renamed("Cleo")]))

    assert all(value["people"] == [renamed("Cleo")] for value in shown["properties"].values())


def test_nothing_known_changes_nothing(known):
    for value in (every_block_document(), every_mention_document(), every_property_page()):
        assert overlay_document(value, known()) == value
    assert overlay(every_property_head(), known()) == every_property_head()


def test_the_document_itself_is_never_changed(known):
    original = every_mention_document()
    kept = copy.deepcopy(original)

    shown = overlay_document(original, known(entry(LINKED, "New"), users=[renamed("Cleo")]))

    assert shown != original
    assert original == kept
