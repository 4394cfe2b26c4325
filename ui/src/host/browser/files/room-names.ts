/** Participants who have left and whose names are remembered. */
const MAX_GONE = 64;

/** The names of who is in the room, by ID, and of who has left lately. */
export class RoomNames {
  #here = new Map<string, string>();
  #gone = new Map<string, string>();

  get(id: string): string | undefined {
    return this.#here.get(id);
  }

  has(id: string): boolean {
    return this.#here.has(id);
  }

  ids(): string[] {
    return [...this.#here.keys()];
  }

  /** Of somebody who has left; empty where it is not known. */
  ofGone(id: string): string {
    return this.#gone.get(id) ?? "";
  }

  set(id: string, name: string): void {
    this.#here.set(id, name);
  }

  remove(id: string): void {
    const name = this.#here.get(id);
    if (name === undefined) return;
    this.#here.delete(id);
    this.#gone.set(id, name);
    const [first] = this.#gone.keys();
    if (this.#gone.size > MAX_GONE && first !== undefined) this.#gone.delete(first);
  }

  /** These are here, and nobody else. */
  replace(participants: readonly { id: string; name: string }[]): void {
    for (const id of this.ids()) this.remove(id);
    for (const { id, name } of participants) this.set(id, name);
  }

  clear(): void {
    for (const id of this.ids()) this.remove(id);
  }
}
