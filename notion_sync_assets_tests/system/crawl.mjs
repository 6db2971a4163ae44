// Reads a whole workspace with the official JavaScript SDK and prints the ids it found, by kind.
import { APIResponseError, Client, collectPaginatedAPI } from "@notionhq/client";

const client = new Client({ auth: "secret_js", baseUrl: process.argv[2] });
const found = { page: {}, data_source: {}, database: {}, block: {} };
const unshared = new Set();
const todo = [];

async function attempt(id, read) {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof APIResponseError) || error.status !== 404) throw error;
    unshared.add(id);
    return null;
  }
}

function add(item) {
  if (found[item.object][item.id]) return;
  found[item.object][item.id] = item;
  todo.push(item);
}

async function needPage(id) {
  if (found.page[id] || unshared.has(id)) return;
  const page = await attempt(id, () => client.pages.retrieve({ page_id: id }));
  if (page) add(page);
}

async function needDatabase(id) {
  if (found.database[id] || unshared.has(id)) return;
  const database = await attempt(id, () => client.databases.retrieve({ database_id: id }));
  if (!database) return;
  found.database[id] = database;
  for (const source of database.data_sources) add(await client.dataSources.retrieve({ data_source_id: source.id }));
}

async function follow(value) {
  if (Array.isArray(value)) {
    for (const item of value) await follow(item);
  } else if (value && typeof value === "object") {
    if (typeof value.page_id === "string") await needPage(value.page_id);
    if (typeof value.database_id === "string") await needDatabase(value.database_id);
    if (value.type === "page" && value.page?.id) await needPage(value.page.id);
    if (Array.isArray(value.relation)) for (const item of value.relation) await needPage(item.id);
    for (const held of Object.values(value)) await follow(held);
  }
}

async function readChildren(id) {
  const blocks = await attempt(id, () => collectPaginatedAPI(client.blocks.children.list, { block_id: id }));
  for (const block of blocks ?? []) await readBlock(block);
}

async function readBlock(block) {
  if (block.type === "child_page") return needPage(block.id);
  if (block.type === "child_database") return needDatabase(block.id);
  found.block[block.id] = block;
  await follow(block);
  const copy = block.type === "synced_block" && block.synced_block.synced_from;
  if (block.has_children && !copy) await readChildren(block.id);
  const sections = block.type === "transcription" ? block.transcription.children ?? {} : {};
  for (const id of Object.values(sections)) await readChildren(id);
}

async function readSource(source) {
  await needDatabase(source.parent.database_id);
  await follow(source);
  for (const row of await collectPaginatedAPI(client.dataSources.query, { data_source_id: source.id })) add(row);
  const listed = await client.dataSources.listTemplates({ data_source_id: source.id });
  for (const template of listed.templates) await needPage(template.id);
}

for (const item of await collectPaginatedAPI(client.search, {})) add(item);
while (todo.length) {
  const item = todo.pop();
  if (item.object === "data_source") {
    await readSource(item);
  } else {
    await follow(item);
    await readChildren(item.id);
  }
}
const ids = Object.fromEntries(Object.entries(found).map(([kind, held]) => [kind, Object.keys(held)]));
console.log(JSON.stringify({ ...ids, unshared: [...unshared] }));
