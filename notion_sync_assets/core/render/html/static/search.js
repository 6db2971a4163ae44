// The start page: search without a server. Words are looked up in small index files that are loaded when needed.
(function () {
  "use strict";
  const MOST = 50;
  const SHORT = 3;
  const TITLE_PIECE = 500;
  const field = document.getElementById("search");
  const results = document.getElementById("results");
  const tree = document.querySelector("nav.tree");
  let turn = 0;

  // The three functions below spell words as core/render/site/words.py does.
  function plain(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function words(text) {
    const found = [];
    for (const run of plain(text).match(/[\p{L}\p{N}]+/gu) || []) {
      for (const part of run.match(/[\u3040-\u30ff\u3400-\u9fff]+|[^\u3040-\u30ff\u3400-\u9fff]+/gu)) {
        if (!/^[\u3040-\u30ff\u3400-\u9fff]/.test(part) || part.length < 3) found.push(part.slice(0, 40));
        else for (let at = 0; at < part.length - 1; at += 1) found.push(part.slice(at, at + 2));
      }
    }
    return found;
  }

  function shard(word) {
    const first = word.codePointAt(0);
    if (first > 127) return "x-" + (first >> 5).toString(16);
    const second = [...word][1];
    return word[0] + (second === undefined ? "_" : second.codePointAt(0) > 127 ? "-" : second);
  }

  async function lookUp(word, whole) {
    const names = word.length > 1 || word.codePointAt(0) > 127 ? [shard(word)] : [word + "_"];
    const found = new Map();
    let common = false;
    for (const name of names) {
      if (!(await has(name))) continue;
      const terms = await window.notionSite.load("search/" + name);
      for (const [term, [total, ...hits]] of Object.entries(terms)) {
        // A short word begins too many others; the last one may not be typed to its end yet.
        if (whole && word.length < SHORT ? term !== word : !term.startsWith(word)) continue;
        common = common || total > hits.length / 2;
        const share = term === word ? 2 : 1;
        for (let at = 0; at < hits.length; at += 2) {
          found.set(hits[at], Math.max(found.get(hits[at]) || 0, share * hits[at + 1]));
        }
      }
    }
    return { found, common };
  }

  async function has(name) {
    const names = await window.notionSite.load("search/shards");
    return names.includes(name);
  }

  // A word on too many pages is cut short in the index: it raises what has it and excludes nothing.
  function combined(lists) {
    const strict = lists.filter((list) => !list.common).sort((a, b) => a.found.size - b.found.size);
    const [first, ...rest] = strict.length ? strict : lists;
    const scores = new Map();
    for (const [page, score] of first.found) {
      if (rest.every((list) => list.common || list.found.has(page))) scores.set(page, score);
    }
    for (const list of lists) {
      if (list === first) continue;
      for (const page of scores.keys()) scores.set(page, scores.get(page) + (list.found.get(page) || 0));
    }
    return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([page]) => page);
  }

  async function page(number) {
    const piece = Math.floor(number / TITLE_PIECE);
    const entries = await window.notionSite.load("search/pages-" + piece);
    return entries[number % TITLE_PIECE];
  }

  function result([title, href, place, excerpt]) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = href;
    link.textContent = title;
    entry.append(link);
    for (const [text, name] of [[place, "place"], [excerpt, "excerpt"]]) {
      if (!text) continue;
      const line = document.createElement("p");
      line.className = name;
      line.textContent = text;
      entry.append(line);
    }
    return entry;
  }

  function show(text, entries) {
    const heading = document.createElement("h2");
    heading.textContent = text;
    const list = document.createElement("ol");
    list.append(...entries);
    results.replaceChildren(heading, list);
    results.hidden = false;
    tree.hidden = true;
  }

  async function search() {
    turn += 1;
    const mine = turn;
    const asked = words(field.value);
    if (!asked.length) {
      results.hidden = true;
      tree.hidden = false;
      return;
    }
    const lists = await Promise.all(asked.map((word, index) => lookUp(word, index < asked.length - 1)));
    const found = combined(lists);
    const entries = await Promise.all(found.slice(0, MOST).map(page));
    if (mine !== turn) return;
    if (!found.length) {
      show("No page has “" + field.value.trim() + "”", []);
      return;
    }
    const many = found.length > MOST ? "the best " + MOST + " of " + found.length : String(found.length);
    show((found.length === 1 ? "1 page" : many + " pages") + " for “" + field.value.trim() + "”", entries.map(result));
  }

  field.value = new URLSearchParams(location.search).get("q") || "";
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  field.addEventListener("input", search);
  if (field.value) search();
})();
