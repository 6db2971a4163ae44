// A table of rows: choose a saved view, click a heading to sort, type to filter. What is not on this page yet is
// loaded first. Which rows and groups a view has is told by the rows themselves.
(function () {
  "use strict";
  const STEP = 500;
  const MOST_PIECES = 60;
  const table = document.getElementById("rows");
  const pieces = Number(table.dataset.pieces);
  const folder = location.href.replace(/[?#].*$/, "").replace(/[^/]*$/, "");
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const views = JSON.parse(table.dataset.views);
  const headings = Array.from(table.tHead.rows[0].cells);
  const everything = { id: "", columns: headings.map((_, index) => index), sorts: [], group: null };
  const bodies = [];
  let rows = Array.from(table.tBodies[0].rows, parts);
  let loaded = pieces === 1;
  let view = everything;
  let sorted = null;
  let limit = STEP;

  // Cells move when a view is chosen, so that each row keeps them in the order of the file.
  function parts(row) {
    const own = row.dataset.views;
    return {
      row,
      cells: Array.from(row.cells),
      views: own === undefined ? null : new Set(own.split(" ")),
      groups: row.dataset.groups ? JSON.parse(row.dataset.groups) : {},
      text: row.textContent.toLocaleLowerCase(),
    };
  }

  async function all() {
    if (loaded) return;
    loaded = true;
    for (let number = 2; number <= Math.min(pieces, MOST_PIECES); number += 1) {
      const texts = await window.notionSite.load("rows-" + number, folder + "rows-" + number + ".js");
      const holder = document.createElement("template");
      holder.innerHTML = "<table><tbody>" + texts.join("") + "</tbody></table>";
      for (const row of holder.content.querySelectorAll("tr")) rows.push(parts(row));
    }
  }

  function key(entry, by) {
    if (typeof by === "string") return entry.row.dataset[by] || "";
    const cell = entry.cells[by];
    return cell.dataset.key !== undefined ? cell.dataset.key : cell.textContent.trim();
  }

  function compare(first, second, direction) {
    if (!first !== !second) return first ? -1 : 1;
    const [a, b] = [Number(first), Number(second)];
    const numbers = first !== "" && !Number.isNaN(a) && !Number.isNaN(b);
    return direction * (numbers ? a - b : collator.compare(first, second));
  }

  function ordered(entries) {
    const sorts = sorted ? [sorted] : view.sorts;
    if (!sorts.length) return entries;
    const keyed = entries.map((entry) => [entry, sorts.map(([by]) => key(entry, by))]);
    keyed.sort(([, left], [, right]) => {
      for (let at = 0; at < sorts.length; at += 1) {
        const order = compare(left[at], right[at], sorts[at][1]);
        if (order) return order;
      }
      return 0;
    });
    return keyed.map(([entry]) => entry);
  }

  function shown() {
    const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const number = String(views.indexOf(view));
    const here = (entry) => view === everything || entry.views === null || entry.views.has(number);
    return ordered(rows.filter((entry) => here(entry) && words.every((word) => entry.text.includes(word))));
  }

  // A row with several values stands in several groups, as in Notion.
  function grouped(entries) {
    const number = String(views.indexOf(view));
    const groups = new Map();
    for (const entry of entries) {
      for (const label of entry.groups[number] || [""]) {
        if (!groups.has(label)) groups.set(label, []);
        groups.get(label).push(entry);
      }
    }
    const { labels, direction } = view.group;
    const place = (label) => (labels.includes(label) ? labels.indexOf(label) : labels.length);
    return [...groups].sort(([left], [right]) => {
      if (!left !== !right) return left ? -1 : 1;
      const known = direction ? 0 : place(left) - place(right);
      return known || (direction || 1) * collator.compare(left, right);
    });
  }

  function line(entry, again) {
    const row = again ? entry.row.cloneNode(false) : entry.row;
    const cells = view.columns.map((column) => entry.cells[column]);
    row.replaceChildren(...(again ? cells.map((cell) => cell.cloneNode(true)) : cells));
    return row;
  }

  function body(lines) {
    const made = document.createElement("tbody");
    made.append(...lines);
    table.append(made);
    bodies.push(made);
  }

  function title(label, count) {
    const row = document.createElement("tr");
    row.className = "group";
    const cell = document.createElement("th");
    cell.scope = "rowgroup";
    cell.colSpan = view.columns.length;
    const number = document.createElement("span");
    number.className = "note";
    number.textContent = String(count);
    cell.append(label || "No value", " ", number);
    row.append(cell);
    return row;
  }

  function draw() {
    const found = shown();
    for (const each of [...bodies.splice(0), ...table.tBodies]) each.remove();
    table.tHead.rows[0].replaceChildren(...view.columns.map((column) => headings[column]));
    if (view.group) {
      const seen = new Set();
      let left = limit;
      for (const [label, entries] of grouped(found)) {
        if (left <= 0) break;
        const lines = entries.slice(0, left).map((entry) => line(entry, seen.has(entry) || !seen.add(entry)));
        left -= lines.length;
        body([title(label, entries.length), ...lines]);
      }
    } else {
      body(found.slice(0, limit).map((entry) => line(entry, false)));
    }
    document.getElementById("shown").textContent = found.length;
    more.hidden = found.length <= limit;
    const pages = document.querySelector("nav.pieces");
    if (pages) pages.hidden = Boolean(sorted || filter.value || view !== everything);
  }

  async function update() {
    limit = STEP;
    await all();
    draw();
  }

  function heading(cell, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...cell.childNodes);
    cell.append(button);
    cell.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const again = sorted && sorted[0] === column;
      sorted = [column, again ? -sorted[1] : 1];
      mark(sorted);
      update();
    });
  }

  function mark(sort) {
    for (const each of headings) each.setAttribute("aria-sort", "none");
    if (sort && headings[sort[0]]) {
      headings[sort[0]].setAttribute("aria-sort", sort[1] > 0 ? "ascending" : "descending");
    }
  }

  function choose(chosen) {
    view = chosen;
    sorted = null;
    mark(view.sorts[0]);
    for (const [button, its] of tabs) button.setAttribute("aria-pressed", String(its === view));
    update();
  }

  function tab(its, name, kind) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.title = kind + (its.filtered ? ", filtered" : "");
    button.setAttribute("aria-pressed", String(its === view));
    button.addEventListener("click", () => {
      history.replaceState(null, "", its.id ? "#v-" + its.id : location.href.replace(/#.*$/, ""));
      choose(its);
    });
    tabs.push([button, its]);
    return button;
  }

  function viewOfAddress() {
    return views.find((each) => location.hash === "#v-" + each.id);
  }

  const filter = document.createElement("input");
  filter.type = "search";
  filter.id = "filter";
  filter.placeholder = pieces > MOST_PIECES ? "Filter the first " + MOST_PIECES * STEP + " rows" : "Filter rows";
  filter.setAttribute("aria-label", filter.placeholder);
  filter.addEventListener("input", update);
  document.querySelector(".tools").prepend(filter);

  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";
  more.textContent = "Show more rows";
  more.hidden = true;
  more.addEventListener("click", () => {
    limit += STEP;
    draw();
  });
  table.parentElement.after(more);

  const tabs = [];
  if (views.length) {
    const bar = document.createElement("div");
    bar.className = "views";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Views");
    bar.append(tab(everything, "All rows", "everything"), ...views.map((each) => tab(each, each.name, each.type)));
    document.querySelector(".tools").before(bar);
  }

  headings.forEach(heading);
  if (viewOfAddress()) choose(viewOfAddress());
  addEventListener("hashchange", () => choose(viewOfAddress() || everything));
})();
