// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map_assets.h"

namespace wend::discover {

const std::string_view kMapStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b1f24; --soft: #5c6570; --line: #d5dae0; --card: #f6f7f9; --accent: #0b62a8; --light: 42%;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e4e7eb; --soft: #9aa4b0; --line: #353c45; --card: #1c2127; --accent: #6db3f2; --light: 66%; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .5rem 1.5rem; margin: 0; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; }
button, input {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: .25rem .6rem; min-height: 2.2rem;
}
button { cursor: pointer; }
button[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.note, .id, .count { color: var(--soft); font-size: .875rem; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .5rem 0; }
.bar input { flex: 1 1 12rem; min-width: 0; }
.picture { position: relative; }
canvas {
  display: block; width: 100%; height: min(70vh, 44rem); min-height: 18rem; border: 1px solid var(--line);
  border-radius: 8px; touch-action: pan-y; cursor: crosshair;
}
#tip {
  position: absolute; pointer-events: none; max-width: min(24rem, 80%); padding: .4rem .6rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 2px 8px #0003; font-size: .875rem;
}
#tip b, #tip span { display: block; }
#tasks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; align-items: start; }
article {
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tint); border-radius: 8px;
  padding: .75rem 1rem; content-visibility: auto; contain-intrinsic-size: auto 26rem; --tint: hsl(var(--hue) 65% var(--light));
}
article.others { --tint: var(--soft); }
article.picked { outline: 2px solid var(--accent); }
article p { margin: .4rem 0; }
article h3 { margin: 0; font-size: 1rem; }
article h3 button { text-align: left; font-weight: 600; background: none; padding: .1rem .5rem; margin-left: -.5rem; }
article ul { margin: .4rem 0; padding-left: 1.1rem; font-size: .875rem; }
.strip { display: block; width: 100%; max-width: 26rem; height: auto; }
.strip path { stroke: var(--line); fill: none; stroke-width: 1.5; }
.strip .range { stroke: var(--tint); stroke-width: 3; }
.strip circle { fill: var(--paper); stroke: var(--tint); stroke-width: 1.5; }
.strip .candidate { fill: var(--tint); }
.strip text { fill: var(--soft); font-size: 10px; }
summary { cursor: pointer; font-size: .875rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
td, th { padding: .15rem .5rem .15rem 0; border-bottom: 1px solid var(--line); text-align: left; }
td:last-child, th:last-child { text-align: right; padding-right: 0; }
[hidden] { display: none !important; }
)css";

}  // namespace wend::discover
