// notion-to-md: every page by its id; child pages are given, too, so they are not followed.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, targets, output] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { Client } = require("@notionhq/client");
const { NotionToMarkdown } = require("notion-to-md");

const notionClient = new Client({ auth: process.env.NOTION_TOKEN, baseUrl: process.env.PEER_NOTION_URL });
const converter = new NotionToMarkdown({ notionClient, config: { parseChildPages: false } });
for (const page of JSON.parse(readFileSync(targets, "utf-8")).pages) {
  try {
    const blocks = await converter.pageToMarkdown(page);
    writeFileSync(join(output, `${page}.md`), converter.toMarkdownString(blocks).parent ?? "");
  } catch (error) {
    console.error(`failed: ${error.name}: ${String(error.message).split("\n")[0]}`);
    process.exitCode = 1;
  }
}
