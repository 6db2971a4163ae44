// The tree of pages, on the start page and beside every other page: branches are loaded when they are first opened.
(function () {
  "use strict";
  const STEP = 200;

  function item([title, href, kind, icon, key, piece]) {
    const entry = document.createElement("li");
    entry.className = kind;
    entry.dataset.node = key;
    if (icon) {
      const image = document.createElement("span");
      image.className = "icon";
      image.setAttribute("aria-hidden", "true");
      image.textContent = icon;
      entry.append(image, " ");
    }
    const link = document.createElement("a");
    link.href = window.notionSite.root + href;
    link.textContent = title;
    entry.append(link);
    if (piece) {
      entry.dataset.piece = piece;
      prepare(entry);
    }
    return entry;
  }

  // A page may hold thousands of pages: a list grows when its end is asked for, or a page further down is.
  function fill(list, nodes, wanted) {
    const needed = wanted ? nodes.findIndex((node) => node[4] === wanted) + 1 : 0;
    const count = Math.max(STEP, needed);
    list.append(...nodes.slice(0, count).map(item));
    if (nodes.length <= count) return;
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Show " + (nodes.length - count) + " more";
    button.addEventListener("click", () => {
      line.remove();
      fill(list, nodes.slice(count));
    });
    line.append(button);
    list.append(line);
  }

  async function open(entry, wanted) {
    entry.querySelector(":scope > .fold").setAttribute("aria-expanded", "true");
    let list = entry.querySelector(":scope > ul");
    if (!list) {
      list = document.createElement("ul");
      entry.append(list);
      const piece = await window.notionSite.load(entry.dataset.piece);
      fill(list, piece[entry.dataset.node], wanted);
    }
    list.hidden = entry.querySelector(":scope > .fold").getAttribute("aria-expanded") !== "true";
    return list;
  }

  function prepare(entry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", "Pages in " + entry.querySelector("a").textContent);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-expanded") === "true") {
        button.setAttribute("aria-expanded", "false");
        const list = entry.querySelector(":scope > ul");
        if (list) list.hidden = true;
      } else {
        open(entry);
      }
    });
    entry.prepend(button);
  }

  function child(list, key) {
    return Array.from(list.children).find((entry) => entry.dataset.node === key);
  }

  // Opens the way to the page that is read, as far as the tree holds it: rows are in their table only.
  async function beside(panel) {
    const way = panel.dataset.path.split(" ").filter(Boolean);
    const current = way[way.length - 1];
    let list = document.createElement("ul");
    panel.append(list);
    fill(list, await window.notionSite.load("tree/roots"), way[0]);
    for (let at = 0; at < way.length; at += 1) {
      const entry = child(list, way[at]);
      if (!entry) continue;
      const link = entry.querySelector("a");
      if (way[at] === current) link.setAttribute("aria-current", "page");
      else link.classList.add("above");
      if (!entry.dataset.piece) continue;
      if (at + 1 < way.length) list = await open(entry, way[at + 1]);
    }
    const marked = panel.querySelector("[aria-current]") || Array.from(panel.querySelectorAll(".above")).pop();
    if (!marked) return;
    panel.scrollTop += marked.getBoundingClientRect().top - panel.getBoundingClientRect().top - panel.clientHeight / 3;
  }

  function panelSwitch(panel) {
    const button = document.getElementById("pages");
    button.hidden = false;
    button.addEventListener("click", () => {
      const isOpen = panel.classList.toggle("open");
      button.setAttribute("aria-expanded", String(isOpen));
    });
  }

  const panel = document.getElementById("side");
  if (panel) {
    panel.hidden = false;
    document.body.classList.add("with-side");
    panelSwitch(panel);
    beside(panel);
  }
  document.querySelectorAll("nav.tree li[data-piece]").forEach(prepare);
  const roots = document.querySelectorAll("nav.tree > ul > li");
  if (roots.length <= 3) roots.forEach((entry) => entry.dataset.piece && open(entry));
})();
