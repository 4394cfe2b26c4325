import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Graph = Map<string, Set<string>>;

/** Paths relative to `src`. */
const FILES = readdirSync(new URL("../src", import.meta.url), { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(tsx?|css)$/.test(file) && !/\.test\.tsx?$/.test(file),
);

/** Types included: two files that need each other's types are one subject as well. */
function importsOf(file: string): string[] {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].flatMap(([, specifier = ""]) => {
    const { pathname } = new URL(specifier, `file:///${file}`);
    return ["", ".ts", ".tsx"]
      .map((extension) => `${pathname.slice(1)}${extension}`)
      .filter((candidate) => existsSync(new URL(`../src/${candidate}`, import.meta.url)));
  });
}

/** Files, and every two sibling folders or files that contain them. */
function edgesOf(from: string, to: string): [string, string] {
  const [a, b] = [from.split("/"), to.split("/")];
  let depth = 0;
  while (a[depth] === b[depth]) depth += 1;
  return [a.slice(0, depth + 1).join("/"), b.slice(0, depth + 1).join("/")];
}

function add(graph: Graph, [from, to]: [string, string]): void {
  graph.set(from, (graph.get(from) ?? new Set()).add(to));
}

/** A path from a node back to itself; null if there is none. */
function cycleIn(graph: Graph): string[] | null {
  const finished = new Set<string>();
  const visit = (node: string, path: string[]): string[] | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (finished.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    finished.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return null;
}

it("there are no circular imports between files, nor between sibling folders", () => {
  const files: Graph = new Map();
  const siblings: Graph = new Map();
  for (const from of FILES) {
    for (const to of importsOf(from)) {
      add(files, [from, to]);
      add(siblings, edgesOf(from, to));
    }
  }
  expect(files.size).toBeGreaterThan(100);
  expect(cycleIn(files)).toBeNull();
  expect(cycleIn(siblings)).toBeNull();
});

it("every style sheet is imported", () => {
  const imported = new Set(FILES.flatMap(importsOf));
  const sheets = FILES.filter((file) => file.endsWith(".css"));
  expect(sheets.length).toBeGreaterThan(10);
  expect(sheets.filter((file) => !imported.has(file))).toEqual([]);
});

it("layers depend on lower ones only", () => {
  const ALLOWED: Record<string, string[]> = {
    protocol: [],
    engine: ["protocol"],
    host: ["engine", "protocol"],
    call: ["engine", "host", "protocol"],
    i18n: ["call", "engine", "protocol"],
    components: [],
    views: ["call", "components", "engine", "host", "i18n", "protocol"],
  };
  const found = Object.fromEntries(
    Object.keys(ALLOWED).map((layer) => {
      const used = FILES.filter((file) => file.startsWith(`${layer}/`))
        .flatMap(importsOf)
        .map((file) => file.split("/", 1)[0] ?? file);
      return [layer, [...new Set(used)].filter((other) => other !== layer)];
    }),
  );
  for (const [layer, used] of Object.entries(found))
    expect(ALLOWED[layer], layer).toEqual(expect.arrayContaining(used));
});
