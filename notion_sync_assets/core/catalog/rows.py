"""The rows of a commit's tables: one typed tuple per table, its columns described where they are declared.

Here: the declarations, from which the Parquet schemas and the catalog's DDL are derived (``schema``). Not here:
how rows are made (``extract``, ``head``).
Ids are Notion's dashed ids. Times are the API's own text here and UTC timestamps in the catalog. A row whose
``page_id`` is null belongs to the head of a data source.
"""

from typing import Annotated, NamedTuple

from notion_sync_assets.core.catalog.columns import JSON, TIME, Column

PageId = Annotated[str, Column("The page")]
Carrier = Annotated[str | None, Column("The page; null for the head of a data source")]
Created = Annotated[str | None, Column("When it was created", TIME)]
Edited = Annotated[str | None, Column("When it was last edited, as Notion tells it", TIME)]
CreatedBy = Annotated[str | None, Column("Id of the user who created it")]
EditedBy = Annotated[str | None, Column("Id of the user who edited it last")]
InTrash = Annotated[bool | None, Column("Whether it is in the trash")]
Url = Annotated[str | None, Column("Its address in Notion")]
PublicUrl = Annotated[str | None, Column("Its public address, when published")]
ParentType = Annotated[str | None, Column("Kind of the parent: page_id, block_id, data_source_id, …")]
ParentId = Annotated[str | None, Column("Id of the parent; null for the workspace")]


class PageRow(NamedTuple):
    """What a page's object says beside its properties."""

    page_id: PageId
    public_url: PublicUrl
    created_by: CreatedBy
    last_edited_by: EditedBy
    in_trash: InTrash
    is_archived: Annotated[bool | None, Column("Whether it is archived, which is not the trash")]
    is_locked: Annotated[bool | None, Column("Whether editing is locked")]
    icon: Annotated[str | None, Column("The icon object", JSON)]
    cover: Annotated[str | None, Column("The cover object", JSON)]
    raw: Annotated[str, Column("The page object without its properties", JSON)]


class BlockRow(NamedTuple):
    """One block of a page."""

    block_id: Annotated[str, Column("The block")]
    page_id: PageId
    parent_id: Annotated[str, Column("The block or page it stands in")]
    position: Annotated[int, Column("Ordinal in the page, in document order, from 0")]
    depth: Annotated[int, Column("How many blocks stand above it")]
    path: Annotated[str, Column("Ids of the blocks above it, outermost first, joined by '/'")]
    type: Annotated[str, Column("Notion's block type")]
    plain_text: Annotated[str, Column("All text a reader sees in the block itself")]
    has_children: Annotated[bool, Column("Whether blocks stand in it")]
    created_time: Created
    last_edited_time: Edited
    created_by: CreatedBy
    last_edited_by: EditedBy
    raw: Annotated[str, Column("The block object without its children", JSON)]


class PropertyRow(NamedTuple):
    """One property value of a page."""

    page_id: PageId
    property_id: Annotated[str, Column("The property's id, decoded; names change, ids do not")]
    name: Annotated[str, Column("The property's name")]
    type: Annotated[str, Column("Notion's property type")]
    text: Annotated[str, Column("The value as text; empty when there is none")]
    value: Annotated[str, Column("The value as the API gives it", JSON)]
    number: Annotated[float | None, Column("The value of numbers, unique ids, numeric formulas and rollups")]
    boolean: Annotated[bool | None, Column("The value of checkboxes and boolean formulas")]
    date_start: Annotated[
        str | None, Column("The date, or where a range starts; midnight UTC for a mere day", TIME)
    ]
    date_end: Annotated[str | None, Column("Where a range of dates ends", TIME)]


class LinkRow(NamedTuple):
    """One reference from a page, a block, a property or a data source to something else."""

    page_id: Carrier
    block_id: Annotated[str | None, Column("The block or comment it stands in; null for the page itself")]
    property_id: Annotated[str | None, Column("The property it stands in")]
    kind: Annotated[
        str, Column("How it refers: child_page, link_to_page, mention, relation, parent, internal_url, …")
    ]
    target_type: Annotated[str, Column("page, database, data_source, block, comment, user, url or unknown")]
    target: Annotated[str, Column("Id of the target, or its address when it has none")]
    text: Annotated[str | None, Column("The text a reader sees in its place")]


class FileRow(NamedTuple):
    """One use of a file."""

    page_id: Carrier
    carrier_id: Annotated[str, Column("The block, property, comment, page or data source that shows it")]
    kind: Annotated[str, Column("Where it is used: block, property, icon, cover, comment, custom_emoji")]
    hosted: Annotated[bool, Column("Whether Notion hosts it; if not, it is only linked")]
    url: Annotated[str, Column("Its address; for hosted files without signature, which is its identity")]
    name: Annotated[str, Column("Its name")]
    sha256: Annotated[str | None, Column("Hash of its bytes, when it was fetched")]
    size: Annotated[int | None, Column("Its size in bytes")]
    media_type: Annotated[str | None, Column("Its media type")]
    path: Annotated[str | None, Column("Where it is in the export, when it was fetched")]


class CommentRow(NamedTuple):
    """One comment; Notion gives only those that are not resolved."""

    page_id: PageId
    comment_id: Annotated[str, Column("The comment")]
    discussion_id: Annotated[str | None, Column("The discussion it belongs to")]
    parent_type: ParentType
    parent_id: ParentId
    created_time: Created
    created_by: CreatedBy
    text: Annotated[str, Column("What it says")]
    raw: Annotated[str, Column("The comment object", JSON)]


class UserRow(NamedTuple):
    """A user as an object tells it in full."""

    page_id: Carrier
    id: Annotated[str, Column("The user")]
    name: Annotated[str | None, Column("The user's name")]
    type: Annotated[str | None, Column("person or bot")]
    email: Annotated[str | None, Column("The user's address, when the connection may see it")]
    avatar_url: Annotated[str | None, Column("Address of the user's picture")]


class OmittedRow(NamedTuple):
    """Something the document lacks, and why."""

    page_id: PageId
    kind: Annotated[str, Column("block, property, comments, file or database")]
    id: Annotated[str, Column("What is lacking")]
    reason: Annotated[str, Column("Why, from a closed list")]
    detail: Annotated[str, Column("What else is known")]


class DataSourceRow(NamedTuple):
    """A data source: a table with a schema."""

    data_source_id: Annotated[str, Column("The data source")]
    database_id: Annotated[str | None, Column("The database it belongs to")]
    title: Annotated[str, Column("Its title")]
    description: Annotated[str, Column("Its description as text")]
    url: Url
    public_url: PublicUrl
    parent_type: ParentType
    parent_id: ParentId
    created_time: Created
    last_edited_time: Edited
    created_by: CreatedBy
    last_edited_by: EditedBy
    in_trash: InTrash
    raw: Annotated[str, Column("The data source object without its properties", JSON)]


class DatabaseRow(NamedTuple):
    """A database: a container of data sources, or a linked view of others."""

    page_id: Annotated[
        str | None, Column("The page it was met in, when it owns no data source that is exported")
    ]
    database_id: Annotated[str, Column("The database")]
    title: Annotated[str, Column("Its title")]
    description: Annotated[str, Column("Its description as text")]
    url: Url
    public_url: PublicUrl
    parent_type: ParentType
    parent_id: ParentId
    is_inline: Annotated[bool | None, Column("Whether it shows inside its page")]
    created_time: Created
    last_edited_time: Edited
    in_trash: InTrash
    data_sources: Annotated[int, Column("How many data sources it owns; 0 for linked or unshared ones")]
    raw: Annotated[str, Column("The database object", JSON)]


class SchemaPropertyRow(NamedTuple):
    """One column of a data source."""

    data_source_id: Annotated[str, Column("The data source")]
    property_id: Annotated[str, Column("The property's id, decoded")]
    name: Annotated[str, Column("The property's name")]
    type: Annotated[str, Column("Notion's property type")]
    description: Annotated[str | None, Column("The property's description")]
    config: Annotated[str, Column("The property's configuration as the API gives it", JSON)]
    position: Annotated[int, Column("Ordinal: the title, then by name, since the API has no stable order")]


class OptionRow(NamedTuple):
    """One option of a select, multi-select or status property."""

    data_source_id: Annotated[str, Column("The data source")]
    property_id: Annotated[str, Column("The property's id, decoded")]
    option_id: Annotated[str, Column("The option")]
    name: Annotated[str, Column("The option's name")]
    color: Annotated[str | None, Column("The option's colour")]
    description: Annotated[str | None, Column("The option's description")]
    option_group: Annotated[str | None, Column("Name of the group a status option belongs to")]
    position: Annotated[int, Column("Ordinal, as people ordered the options")]


class ViewRow(NamedTuple):
    """One view of a data source."""

    view_id: Annotated[str, Column("The view")]
    data_source_id: Annotated[str | None, Column("The data source it shows; null for a dashboard")]
    database_id: Annotated[str | None, Column("The database it stands in")]
    name: Annotated[str | None, Column("Its name")]
    type: Annotated[str | None, Column("table, board, list, calendar, …")]
    url: Url
    created_time: Created
    last_edited_time: Edited
    raw: Annotated[str, Column("The view object", JSON)]
