// A table of rows: click a heading to sort, type to filter. What is not on this page yet is loaded first.
(function () {
  "use strict";
  const STEP = 500;
  const MOST_PIECES = 60;
  const table = document.getElementById("rows");
  const body = table.tBodies[0];
  const pieces = Number(table.dataset.pieces);
  const folder = location.href.replace(/[^/]*$/, "");
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  let rows = Array.from(body.rows);
  let loaded = pieces === 1;
  let sorted = null;
  let limit = STEP;

  async function all() {
    if (loaded) return;
    loaded = true;
    for (let number = 2; number <= Math.min(pieces, MOST_PIECES); number += 1) {
      const texts = await window.notionSite.load("rows-" + number, folder + "rows-" + number + ".js");
      const holder = document.createElement("template");
      holder.innerHTML = "<table><tbody>" + texts.join("") + "</tbody></table>";
      rows.push(...holder.content.querySelectorAll("tr"));
    }
  }

  function key(row, column) {
    const cell = row.cells[column];
    return cell.dataset.key !== undefined ? cell.dataset.key : cell.textContent.trim();
  }

  function compare(column, direction) {
    return (left, right) => {
      const [first, second] = [key(left, column), key(right, column)];
      if (!first !== !second) return first ? -1 : 1;
      const [a, b] = [Number(first), Number(second)];
      const numbers = first !== "" && !Number.isNaN(a) && !Number.isNaN(b);
      return direction * (numbers ? a - b : collator.compare(first, second));
    };
  }

  function shown() {
    const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const kept = rows.filter((row) => {
      const text = row.textContent.toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    });
    return sorted ? kept.sort(compare(sorted.column, sorted.direction)) : kept;
  }

  function draw() {
    const found = shown();
    body.replaceChildren(...found.slice(0, limit));
    document.getElementById("shown").textContent = found.length;
    more.hidden = found.length <= limit;
    const pages = document.querySelector("nav.pieces");
    if (pages) pages.hidden = Boolean(sorted || filter.value);
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
      const again = sorted && sorted.column === column;
      sorted = { column, direction: again ? -sorted.direction : 1 };
      for (const each of table.tHead.rows[0].cells) each.setAttribute("aria-sort", "none");
      cell.setAttribute("aria-sort", sorted.direction > 0 ? "ascending" : "descending");
      update();
    });
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

  Array.from(table.tHead.rows[0].cells).forEach(heading);
})();
