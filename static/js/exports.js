// An export holds what the page shows now: filters may have changed its address since it was loaded.
document.addEventListener("submit", (ev) => {
  const query = $("[data-of-address]", ev.target);
  if (query) query.value = location.search.slice(1);
}, true);
