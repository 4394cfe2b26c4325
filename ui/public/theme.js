// Runs before the first paint. The settings proper load later (on the desktop, from Rust); this is only
// their last known theme, so that a person who chose the opposite of the system sees no flash.
(() => {
  try {
    const theme = localStorage.getItem("maru.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage refused: the system's theme it is.
  }
})();
