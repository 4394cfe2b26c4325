/** Content of groups of files that wait in memory. A group that is a hole has none. */
export class HeldGroups {
  #entries = new Map<number, Map<number, Uint8Array<ArrayBuffer>>>();
  #bytes = 0;

  /** Of all of them, also where not all of a group has arrived. */
  get bytes(): number {
    return this.#bytes;
  }

  of(entry: number): Iterable<[group: number, content: Uint8Array<ArrayBuffer>]> {
    return this.#entries.get(entry) ?? [];
  }

  get(entry: number, group: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#entries.get(entry)?.get(group);
  }

  /** Zeros. */
  add(entry: number, group: number, bytes: number): Uint8Array<ArrayBuffer> {
    const groups = this.#entries.get(entry) ?? new Map<number, Uint8Array<ArrayBuffer>>();
    this.#entries.set(entry, groups);
    const content = new Uint8Array(bytes);
    groups.set(group, content);
    this.#bytes += bytes;
    return content;
  }

  remove(entry: number, group: number): void {
    const groups = this.#entries.get(entry);
    this.#bytes -= groups?.get(group)?.length ?? 0;
    groups?.delete(group);
    if (groups?.size === 0) this.#entries.delete(entry);
  }

  removeEntry(entry: number): void {
    for (const [, content] of this.of(entry)) this.#bytes -= content.length;
    this.#entries.delete(entry);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
