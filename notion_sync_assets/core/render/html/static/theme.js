// Before the first paint: the colours the reader chose, so that nothing flashes.
(function () {
  "use strict";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser may forbid storage on a disk: the system's colours stay.
  }
})();
