// Every page: data files, the switch for colours, downloads, links to headings, what a link to a folded block opens.
(function () {
  "use strict";
  const waiting = new Map();
  const base = document.currentScript.src.replace(/[^/]*$/, "");

  // A page on a disk may load a script but may not fetch a file, so data comes as scripts that call receive().
  window.notionSite = {
    root: document.currentScript.getAttribute("src").replace(/assets\/[^/]*$/, ""),
    load(name, url) {
      if (!waiting.has(name)) {
        const entry = {};
        entry.promise = new Promise((resolve, reject) => {
          entry.resolve = resolve;
          const script = document.createElement("script");
          script.src = url || base + name + ".js";
          script.onload = () => resolve(null);
          script.onerror = () => reject(new Error(name));
          document.head.append(script);
        });
        waiting.set(name, entry);
      }
      return waiting.get(name).promise;
    },
    receive(name, value) {
      const entry = waiting.get(name);
      if (entry) entry.resolve(value);
    },
  };

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function themeSwitch() {
    const button = document.getElementById("theme");
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", "Use " + button.textContent.toLowerCase() + " colours");
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("theme", document.documentElement.dataset.theme);
      } catch {
        // The choice then lasts for this page only.
      }
      label();
    });
    label();
  }

  // Over http a browser saves what it is told to save; on a disk it would open the file and run it.
  function downloads() {
    if (!location.protocol.startsWith("http")) return;
    for (const each of document.querySelectorAll("[data-file]")) {
      const link = document.createElement("a");
      link.href = each.dataset.file;
      link.download = each.dataset.name;
      link.className = "file";
      link.textContent = each.dataset.name;
      each.replaceWith(link);
    }
  }

  // The sign is drawn by the style, so that it is no part of the text of a heading.
  function anchors() {
    for (const each of document.querySelectorAll(".body :is(h2, h3, h4, h5)[id]:not(summary *)")) {
      const link = document.createElement("a");
      link.href = "#" + each.id;
      link.className = "anchor";
      link.setAttribute("aria-label", "Link to this section");
      each.append(link);
    }
  }

  function unfold() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    target.scrollIntoView();
  }

  themeSwitch();
  downloads();
  anchors();
  unfold();
  addEventListener("hashchange", unfold);
})();
