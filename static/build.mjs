// Builds dist/ from css/, js/, icons/ and the packages of package-lock.json.
//   node build.mjs            write dist/, print what it weighs
//   node build.mjs --check    only say whether dist/ is up to date and within budget
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = (path) => new URL(path, import.meta.url);
const read = (path) => readFileSync(here(path));
const text = (path) => read(path).toString();

// As a proxy would send them, in bytes. ux: CSS 16 KB, all scripts 60 KB, 30 KB of it before first paint.
const BUDGET = { "app.css": 16 * 1024, "app.js": 45 * 1024, "live.js": 15 * 1024, "docs.js": 460 * 1024, "pieces.js": 20 * 1024 };
const BROWSERS = ["chrome120", "firefox121", "safari17.2"];

const tokens = JSON.parse(text("tokens.json"));
checkContrast(tokens);

const dist = {
  "app.css": await styles("css/main.css"),
  "docs.css": await styles("css/docs.css"),
  "app.js": await script("js/main.js"),
  "live.js": await script("js/live.js"),
  "plain.js": await script("js/plain.js"),
  "pieces.js": await script("js/pieces.js"),
  "docs.js": await script("js/docs.js"),
  "icons.svg": sprite(JSON.parse(text("icons/icons.json"))),
  "favicon.svg": squeeze(text("icons/favicon.svg")),
  "contours.svg": text("icons/contours.svg"),
  "atkinson.woff2": font("latin"),
  "atkinson-ext.woff2": font("latin-ext"),
};

const problems = [];
for (const [name, content] of Object.entries(dist)) {
  const bytes = Buffer.from(content);
  const packed = name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  console.log(`${name.padEnd(20)}${String(bytes.length).padStart(8)}${String(packed).padStart(8)} gzip`);
  if (packed > BUDGET[name]) problems.push(`${name} is ${packed} bytes, its budget is ${BUDGET[name]}`);
  if (!process.argv.includes("--check")) writeFileSync(here(`dist/${name}`), bytes);
  else if (!bytes.equals(existing(name))) problems.push(`dist/${name} is not what the sources give: run node build.mjs`);
}
for (const name of readdirSync(here("dist"))) {
  if (!(name in dist)) problems.push(`dist/${name} is made by nothing`);
}
if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}

async function styles(entry) {
  const result = await esbuild.build({
    ...options(entry),
    plugins: [{ name: "tokens", setup: provideTokens }],
    external: ["*.svg", "*.woff2"],
  });
  return result.outputFiles[0].text;
}

function provideTokens(build) {
  build.onLoad({ filter: /tokens\.css$/ }, () => ({ contents: properties(tokens), loader: "css" }));
}

async function script(entry) {
  const result = await esbuild.build({ ...options(entry), format: "esm", legalComments: "eof" });
  return result.outputFiles[0].text;
}

function options(entry) {
  const absWorkingDir = new URL(".", import.meta.url).pathname;
  return { absWorkingDir, entryPoints: [entry], bundle: true, minify: true, write: false, target: BROWSERS, logLevel: "warning" };
}

// Paper is always light, so dark is for screens only.
function properties({ colour, type, ...groups }) {
  const shade = (i) =>
    Object.entries(colour)
      .map(([name, pair]) => `--${name}:${pair[i]};`)
      .join("");
  const sizes = Object.entries(type).map(([name, value]) => {
    const [size, line] = value.split("/");
    return `--text-${name}:${size};--lh-${name}:${line};`;
  });
  const fixed = ["space", "radius", "shadow", "motion"].flatMap((group) =>
    Object.entries(groups[group]).map(([name, value]) => `--${group}-${name}:${value};`),
  );
  return `:root{color-scheme:light dark;${shade(0)}${sizes.join("")}${fixed.join("")}}
    :root[data-theme=light]{color-scheme:light}
    @media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${shade(1)}}}
    @media screen{:root[data-theme=dark]{color-scheme:dark;${shade(1)}}}`;
}

function sprite(names) {
  const lucide = Object.entries(names).map(([name, file]) => symbol(name, text(`node_modules/lucide-static/icons/${file}.svg`)));
  const own = ["mark", "stay", "numbers"].map((name) => symbol(name, text(`icons/${name}.svg`)));
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...lucide, ...own].join("")}</svg>\n`;
}

function symbol(name, svg) {
  const shapes = squeeze(svg)
    .replace(/^.*?<svg[^>]*>/s, "")
    .replace("</svg>", "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

function squeeze(svg) {
  return svg.replace(/\s+/g, " ").replace(/> </g, "><").replace(/ \/>/g, "/>").trim();
}

function font(subset) {
  return read(
    `node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-${subset}-wght-normal.woff2`,
  );
}

function existing(name) {
  try {
    return read(`dist/${name}`);
  } catch {
    return Buffer.alloc(0);
  }
}

// WCAG 2.2, relative luminance and contrast ratio.
function checkContrast({ colour, pairs }) {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = (hex) =>
    [0.2126, 0.7152, 0.0722].reduce(
      (sum, weight, i) => sum + weight * linear(Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) / 255),
      0,
    );
  for (const [front, back, least] of pairs) {
    for (const i of [0, 1]) {
      const [dark, light] = [luminance(colour[front][i]), luminance(colour[back][i])].sort((a, b) => a - b);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < least)
        throw new Error(`${front} on ${back} is ${ratio.toFixed(2)} (${["light", "dark"][i]}), it needs ${least}`);
    }
  }
}
