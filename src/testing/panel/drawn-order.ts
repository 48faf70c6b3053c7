import { arabic, turning, unbroken } from './furnish-directions.ts';

const foreign = [turning, turning.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, ''), arabic, unbroken];

/**
 * A program of the page: lines of our own words that are not drawn from left to right in the order in which they are written, because of a text
 * from outside beside them, and texts that end beyond what is shown. In all shadow trees.
 */
export const misdrawn = `(() => {
  const foreign = ${JSON.stringify(foreign)};
  const found = [];
  const paragraphs = new Map();
  const blockOf = (node) => {
    let one = node.parentElement ?? node.getRootNode().host;
    while (one && /^(inline|contents)$/.test(getComputedStyle(one).display)) one = one.parentElement ?? one.getRootNode().host;
    return one;
  };
  const collect = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.shadowRoot) collect(node.shadowRoot);
      if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === '' || /^(STYLE|SCRIPT|OPTION)$/.test(node.parentNode.nodeName)) continue;
      const block = blockOf(node);
      // What is for ears alone is cut off for eyes.
      if (!block || block.closest('.spoken')) continue;
      if (!paragraphs.has(block)) paragraphs.set(block, []);
      paragraphs.get(block).push(node);
    }
  };
  collect(document.body);
  const range = document.createRange();
  const boxesOf = (node, from, to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return [...range.getClientRects()].filter(({ width }) => width > 0);
  };
  const unitsOf = (node) => {
    const units = [];
    for (let at = 0; at < node.data.length; ) {
      // What is closed off (U+2068 to U+2069) is in an order of its own.
      const closed = node.data[at] === '\\u2068' ? node.data.slice(at, node.data.indexOf('\\u2069', at) + 1) : '';
      const text = closed || foreign.find((one) => node.data.startsWith(one, at));
      const end = at + (text ?? node.data[at]).length;
      if (text !== undefined || node.data[at].trim() !== '') {
        const boxes = boxesOf(node, at, end);
        const lines = new Set(boxes.map(({ top }) => Math.round(top)));
        if (boxes.length > 0) units.push({ text: text ?? node.data[at], isForeign: text !== undefined, lines: lines.size, top: boxes[0].top,
          bottom: boxes[0].bottom, left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)) });
      }
      at = end;
    }
    return units;
  };
  for (const [block, nodes] of paragraphs) {
    if (!nodes.some(({ data }) => foreign.some((one) => data.includes(one)))) continue;
    const units = nodes.flatMap(unitsOf).filter(({ lines }) => lines === 1);
    const text = nodes.map(({ data }) => data.trim()).join(' | ').replaceAll(/[\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]/g, (one) => '<' + one.charCodeAt(0).toString(16) + '>');
    const place = (block.getRootNode().host?.localName ?? '') + ' ' + block.localName + '.' + block.className;
    // A message is in the order of its own words.
    const isTheirs = block.matches('p[dir=auto]');
    for (const [index, unit] of isTheirs ? [] : units.entries()) {
      const before = units[index - 1];
      if (before && before.top < unit.bottom && unit.top < before.bottom && unit.left < before.left - 1) {
        found.push('turned: ' + place + ': ' + text);
        break;
      }
    }
    let clip = block;
    while (clip && !/hidden|clip|auto|scroll/.test(getComputedStyle(clip).overflowX)) clip = clip.parentElement ?? clip.getRootNode().host;
    const how = clip && getComputedStyle(clip);
    // What can be scrolled, or says that there is more, is not cut off.
    const isShortened = how && (/auto|scroll/.test(how.overflowX) || how.textOverflow === 'ellipsis' || how.webkitLineClamp !== 'none');
    const edge = clip ? clip.getBoundingClientRect().right : innerWidth;
    if (!isShortened && nodes.some((node) => boxesOf(node, 0, node.data.length).some(({ right }) => right > edge + 1)))
      found.push('cut off: ' + place + ': ' + text);
  }
  return [...new Set(found)];
})()`;
