// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map_assets.h"

namespace wend::discover {

// Texts reach the page by textContent and fillText alone, never as markup.
const std::string_view kMapScript = R"js('use strict';
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId('data').textContent);
const list = byId('tasks');
const cards = Array.from(list.children);
const nameOf = (task) => (task < 0 ? 'no task' : data.names[task]);
let picked = null;
let redraw = () => {};

function pick(task) {
  picked = picked === task ? null : task;
  for (const card of cards) {
    const isPicked = picked !== null && Number(card.dataset.task) === picked;
    card.classList.toggle('picked', isPicked);
    card.querySelector('button').setAttribute('aria-pressed', String(isPicked));
  }
  redraw();
}

for (const card of cards) {
  card.querySelector('button').addEventListener('click', () => pick(Number(card.dataset.task)));
}

for (const button of document.querySelectorAll('[data-sort]')) {
  button.addEventListener('click', () => {
    const key = button.dataset.sort;
    const byNumber = (a, b) => Number(b.dataset[key]) - Number(a.dataset[key]);
    const byName = (a, b) => nameOf(Number(a.dataset.task)).localeCompare(nameOf(Number(b.dataset.task)));
    cards.sort(key === 'name' ? byName : byNumber);
    list.append(...cards);
    for (const other of document.querySelectorAll('[data-sort]')) {
      other.setAttribute('aria-pressed', String(other === button));
    }
  });
}

byId('filter').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  let shown = 0;
  for (const card of cards) {
    card.hidden = !card.textContent.toLowerCase().includes(wanted);
    shown += card.hidden ? 0 : 1;
  }
  byId('shown').textContent = wanted === '' ? '' : shown + ' of ' + cards.length;
});

function drawMap(canvas) {
  const context = canvas.getContext('2d');
  const tip = byId('tip');
  const count = data.x.length;
  const x = Uint16Array.from(data.x);
  const y = Uint16Array.from(data.y);
  const task = Int32Array.from(data.task);
  const order = Uint32Array.from(task.keys()).sort((a, b) => task[a] - task[b] || a - b);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const view = {scale: 1, left: 0, top: 0};  // the part of the unit square that is seen
  const size = {width: 0, height: 0};
  const margin = 14;
  let queued = false;
  let drag = null;

  const screenX = (i) => margin + ((x[i] / data.unit - view.left) * view.scale) * (size.width - 2 * margin);
  const screenY = (i) => margin + ((y[i] / data.unit - view.top) * view.scale) * (size.height - 2 * margin);
  const tint = (t) => 'hsl(' + ((t * data.turn) % 360) + ' 65% ' + (dark.matches ? 66 : 42) + '%)';

  function drawPoints() {
    const grey = dark.matches ? '#6b7480' : '#a9b1ba';
    const side = Math.min(6, (count > 5000 ? 2.2 : 3.6) * Math.sqrt(view.scale));
    let last = null;
    const dots = (wanted) => {
      for (const i of order) {
        if (wanted !== null && (task[i] === picked) !== wanted) continue;
        const colour = task[i] < 0 || wanted === false ? grey : tint(task[i]);
        if (colour !== last) context.fillStyle = last = colour;
        context.fillRect(screenX(i) - side / 2, screenY(i) - side / 2, side, side);
      }
    };
    if (picked === null) return dots(null);
    context.globalAlpha = 0.35;
    dots(false);
    context.globalAlpha = 1;
    last = null;
    dots(true);
  }

  /* Names stand at the middle of their points, the largest tasks first, where there is room. */
  function drawNames() {
    const sums = data.names.map(() => ({x: 0, y: 0, n: 0}));
    for (let i = 0; i < count; ++i) {
      if (task[i] < 0) continue;
      const sum = sums[task[i]];
      sum.x += screenX(i);
      sum.y += screenY(i);
      ++sum.n;
    }
    const taken = [];
    context.font = '12px system-ui, sans-serif';
    context.textAlign = 'center';
    context.lineWidth = 3;
    context.strokeStyle = dark.matches ? '#14171b' : '#ffffff';
    context.fillStyle = dark.matches ? '#e4e7eb' : '#1b1f24';
    for (let t = 0; t < sums.length && taken.length < 60; ++t) {
      if (sums[t].n === 0 || (picked !== null && picked !== t)) continue;
      const name = data.names[t].length > 32 ? data.names[t].slice(0, 31) + '\u2026' : data.names[t];
      const half = context.measureText(name).width / 2 + 4;
      const at = {x: sums[t].x / sums[t].n, y: sums[t].y / sums[t].n, half};
      at.x = Math.max(half, Math.min(size.width - half, at.x));
      if (at.y < 0 || at.y > size.height) continue;
      if (taken.some((o) => Math.abs(o.x - at.x) < o.half + half && Math.abs(o.y - at.y) < 16)) continue;
      taken.push(at);
      context.strokeText(name, at.x, at.y + 4);
      context.fillText(name, at.x, at.y + 4);
    }
  }

  function draw() {
    queued = false;
    const ratio = devicePixelRatio || 1;
    size.width = canvas.clientWidth;
    size.height = canvas.clientHeight;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawPoints();
    drawNames();
    byId('picked').textContent = picked === null ? '' : nameOf(picked);
  }

  redraw = () => {
    if (!queued) {
      queued = true;
      requestAnimationFrame(draw);
    }
  };

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    const at = {x: event.clientX - box.left, y: event.clientY - box.top};
    let best = -1;
    let least = 14 * 14;
    for (let i = 0; i < count; ++i) {
      const dx = screenX(i) - at.x;
      const dy = screenY(i) - at.y;
      const square = dx * dx + dy * dy;
      if (square < least && (picked === null || task[i] === picked)) {
        least = square;
        best = i;
      }
    }
    return {point: best, at};
  }

  function showTip(event) {
    const {point, at} = nearest(event);
    tip.hidden = point < 0;
    if (point < 0) return;
    tip.replaceChildren(document.createElement('b'), document.createElement('span'));
    tip.children[0].textContent = nameOf(task[point]);
    tip.children[1].textContent = data.heads[point];
    tip.children[1].dir = 'auto';
    tip.style.left = Math.max(0, Math.min(at.x + 12, size.width - tip.offsetWidth)) + 'px';
    tip.style.top = (at.y + tip.offsetHeight + 24 > size.height ? at.y - tip.offsetHeight - 12 : at.y + 12) + 'px';
  }

  function look(scale, dx, dy) {
    const middle = {x: view.left + 0.5 / view.scale, y: view.top + 0.5 / view.scale};
    view.scale = Math.max(1, Math.min(64, view.scale * scale));
    const room = 1 - 1 / view.scale;
    view.left = Math.max(0, Math.min(room, middle.x - 0.5 / view.scale + dx / view.scale));
    view.top = Math.max(0, Math.min(room, middle.y - 0.5 / view.scale + dy / view.scale));
    tip.hidden = true;
    redraw();
  }

  canvas.addEventListener('pointerdown', (event) => {
    drag = {x: event.clientX, y: event.clientY, moved: false};
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === null || event.buttons === 0) return showTip(event);
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 5) return;
    drag = {x: event.clientX, y: event.clientY, moved: true};
    look(1, -dx / size.width, -dy / size.height);
  });
  canvas.addEventListener('click', (event) => {
    if (drag !== null && drag.moved) return;
    const {point} = nearest(event);
    if (point >= 0) pick(task[point]);
    else if (picked !== null) pick(picked);
  });
  canvas.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;  /* the page scrolls */
    event.preventDefault();
    look(event.deltaY < 0 ? 1.25 : 0.8, 0, 0);
  }, {passive: false});
  const moves = {
    'ArrowLeft': [1, -0.1, 0], 'ArrowRight': [1, 0.1, 0], 'ArrowUp': [1, 0, -0.1], 'ArrowDown': [1, 0, 0.1],
    '+': [1.5, 0, 0], '-': [1 / 1.5, 0, 0], '0': [1e-9, 0, 0],
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && picked !== null) pick(picked);
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    look(...moves[event.key]);
  });
  for (const button of document.querySelectorAll('[data-key]')) {
    button.addEventListener('click', () => look(...moves[button.dataset.key]));
  }
  byId('clear').addEventListener('click', () => {
    if (picked !== null) pick(picked);
  });
  dark.addEventListener('change', redraw);
  new ResizeObserver(redraw).observe(canvas);
  redraw();
}

if (byId('map')) drawMap(byId('map'));
)js";

}  // namespace wend::discover
