const RULES = new Intl.PluralRules("en");
const LIST = new Intl.ListFormat("en", { style: "long", type: "conjunction" });

/** English needs two forms; Korean none. */
export function plural(count: number, one: string, other: string): string {
  return RULES.select(count) === "one" ? one : other;
}

/** "Jihun, Sofia, and Daniel". Korean joins with commas and needs no function. */
export function list(names: readonly string[]): string {
  return LIST.format(names);
}
