// Writes what the site serves and this repository does not hold: node vendor.mjs <outdir>
// Runtime, charts, formulae and type, out of node_modules, each with its licence. Same input, same bytes.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const out = process.argv[2];
if (!out) throw new Error('node vendor.mjs <outdir>');
await rm(out, { recursive: true, force: true });

async function put(from, to) {
  await mkdir(dirname(join(out, to)), { recursive: true });
  await cp(join(modules, from), join(out, to), { recursive: true });
}

// The ONNX runtime; its wasm gzipped here, so that it is small on any host. Not named .gz: some servers would unpack it.
for (const file of ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs']) await put(`onnxruntime-web/dist/${file}`, file);
const wasm = await readFile(join(modules, 'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'));
await writeFile(join(out, 'ort-wasm-simd-threaded.wasm.bin'), gzipSync(wasm, { level: 9 }));

await put('plotly.js-cartesian-dist-min/plotly-cartesian.min.js', 'plotly.min.js');

await put('mathjax/es5/tex-mml-chtml.js', 'mathjax/tex-mml-chtml.js');
await put('mathjax/es5/output/chtml/fonts/woff-v2', 'mathjax/output/chtml/fonts/woff-v2');

// Latin and Latin-extended, upright and italic, and one stylesheet for them.
let faces = '/* Source Serif 4 and Source Sans 3, SIL Open Font License 1.1 (licences/) */\n';
for (const family of ['source-serif-4', 'source-sans-3']) {
  for (const style of ['wght', 'wght-italic']) {
    const css = await readFile(join(modules, `@fontsource-variable/${family}/${style}.css`), 'utf8');
    for (const [face] of css.matchAll(/@font-face \{[^}]*\}/g)) {
      const file = /files\/([^)]*?-(?:latin|latin-ext)-wght-(?:normal|italic)\.woff2)/.exec(face)?.[1];
      if (!file) continue;
      await put(`@fontsource-variable/${family}/files/${file}`, `fonts/${file}`);
      faces += face.replace(/url\([^)]*\) format\('woff2-variations'\)/, `url(${file}) format('woff2')`) + '\n';
    }
  }
}
await writeFile(join(out, 'fonts/fonts.css'), faces);

await mkdir(join(out, 'licences'), { recursive: true });
const licences = {
  'plotly.js': 'plotly.js-cartesian-dist-min/LICENSE', mathjax: 'mathjax/LICENSE',
  'source-serif-4': '@fontsource-variable/source-serif-4/LICENSE', 'source-sans-3': '@fontsource-variable/source-sans-3/LICENSE',
};
for (const [name, file] of Object.entries(licences)) await put(file, `licences/${name}.txt`);
for (const file of await readdir(join(here, 'licences'))) await cp(join(here, 'licences', file), join(out, 'licences', file)); // packages without a licence file
