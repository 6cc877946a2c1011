// Builds the three modules and the stylesheet into the Python package: node build.mjs [--check]
// --check writes nothing and fails when the committed files are not what the sources give.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const assets = here('../likely/explorable/assets/');
const check = process.argv.includes('--check');

const shared = { bundle: true, minify: true, format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none', write: false, logLevel: 'warning' };
const banner = { js: '// Built from utils/web by `npm run build`; change the sources there.' };

/** tokens.json as CSS custom properties: --lk-data, --lk-page, … for one mode. */
function properties(tokens, mode) {
  const colours = Object.entries({ ...tokens.roles, ...tokens.ground }).map(([name, pair]) => `--lk-${name}:${pair[mode]};`);
  return `${colours.join('')}color-scheme:${mode};`;
}

async function stylesheet() {
  const tokens = JSON.parse(await readFile(here('../likely/plotting/tokens.json'), 'utf8'));
  const fonts = `--lk-interface:${tokens.type.interface};--lk-text:${tokens.type.text};--lk-size:${tokens.type.size.figure}px;--lk-small:${tokens.type.size.small}px;`;
  const themes =
    `:root,.lk-figure,likely-figure{${fonts}--lk-code:${tokens.type.code};--lk-body:${tokens.type.size.body}px;${properties(tokens, 'light')}}\n` +
    `.lk-figure[data-lk-theme=dark],html[data-theme=dark],html[data-theme=dark] likely-figure{${properties(tokens, 'dark')}}\n`;
  const source = themes + (await readFile(here('src/likely.css'), 'utf8'));
  const { outputFiles } = await build({ ...shared, stdin: { contents: source, loader: 'css' } });
  return { name: 'likely.css', text: '/* Built from utils/web by `npm run build`; change the sources there. */\n' + outputFiles[0].text };
}

async function modules() {
  const entryPoints = { likely: here('src/kernel.ts'), page: here('src/page.ts'), worker: here('src/worker.ts') };
  const { outputFiles } = await build({ ...shared, entryPoints, banner, outdir: assets });
  return outputFiles.map((file) => ({ name: file.path.split(/[\\/]/).pop(), text: file.text }));
}

const files = [...(await modules()), await stylesheet()];
await mkdir(assets, { recursive: true });
let stale = 0;
for (const { name, text } of files) {
  if (check) {
    const committed = await readFile(assets + name, 'utf8').catch(() => '');
    if (committed !== text) { stale++; console.error(`${name} is not in step with utils/web: run npm run build`); }
  } else await writeFile(assets + name, text);
  console.log(`${name.padEnd(12)} ${(text.length / 1024).toFixed(1)} KB`);
}
process.exitCode = stale ? 1 : 0;
