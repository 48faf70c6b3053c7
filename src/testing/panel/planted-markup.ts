/** At most 60 characters, as names are. What somebody outside may call themselves, write or say: it must be shown as it is. */
export const plantedMarkup = '<img class=planted src=x onerror=alert(1)><b class=planted>';

/** A program of the page: how many elements there are that only `plantedMarkup` would have made, in all shadow trees. */
export const markedElements = `(() => {
  const count = (root) => [...root.querySelectorAll('*')].reduce(
    (sum, one) => sum + (one.matches('.planted, iframe') ? 1 : 0) + (one.shadowRoot ? count(one.shadowRoot) : 0), 0);
  return count(document.body);
})()`;
