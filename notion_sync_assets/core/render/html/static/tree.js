// The start page: a button before every page that has pages in it; they are loaded when first asked for.
(function () {
  "use strict";

  function item(node) {
    const [title, href, kind, icon, key, piece] = node;
    const entry = document.createElement("li");
    entry.className = kind;
    if (icon) {
      const image = document.createElement("span");
      image.className = "icon";
      image.setAttribute("aria-hidden", "true");
      image.textContent = icon;
      entry.append(image, " ");
    }
    const link = document.createElement("a");
    link.href = href;
    link.textContent = title;
    entry.append(link);
    if (piece) {
      entry.dataset.piece = piece;
      entry.dataset.node = key;
      prepare(entry);
    }
    return entry;
  }

  function prepare(entry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", "Pages in " + entry.querySelector("a").textContent);
    button.addEventListener("click", async () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      let list = entry.querySelector(":scope > ul");
      if (!list) {
        const piece = await window.notionSite.load(entry.dataset.piece);
        list = document.createElement("ul");
        list.append(...piece[entry.dataset.node].map(item));
        entry.append(list);
      }
      list.hidden = button.getAttribute("aria-expanded") !== "true";
    });
    entry.prepend(button);
  }

  const roots = document.querySelectorAll(".tree li[data-piece]");
  roots.forEach(prepare);
  if (document.querySelectorAll(".tree > ul > li").length <= 3) {
    document.querySelectorAll(".tree > ul > li > button.fold").forEach((button) => button.click());
  }
})();
