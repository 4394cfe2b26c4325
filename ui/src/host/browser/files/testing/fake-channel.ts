import type { ByteChannel, ByteChannelListener } from "../byte-channel";

/** Two ends of a channel in memory. Messages arrive in later tasks; those of an unordered one in any order. */
export class FakeChannel implements ByteChannel {
  open = true;
  #listener: ByteChannelListener | null = null;
  #other: FakeChannel | null = null;
  #buffered = 0;
  #queue: (string | ArrayBuffer)[] = [];
  #scheduled = false;

  /** `bulk`: called with the size of each binary message. */
  private constructor(
    private readonly ordered: boolean,
    private readonly onSent: (bytes: number) => boolean,
  ) {}

  /** `deliver`: false while nothing is delivered. */
  static pair(
    ordered: boolean,
    deliver: (bytes: number) => boolean = () => true,
  ): [FakeChannel, FakeChannel] {
    const [a, b] = [new FakeChannel(ordered, deliver), new FakeChannel(ordered, deliver)];
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  get bufferedAmount(): number {
    return this.#buffered;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.open) throw new DOMException("closed", "InvalidStateError");
    const copy = typeof data === "string" ? data : data.slice().buffer;
    this.#queue.push(copy);
    this.#buffered += typeof copy === "string" ? copy.length : copy.byteLength;
    this.#schedule();
  }

  close(): void {
    for (const end of [this, this.#other]) {
      if (!end?.open) continue;
      end.open = false;
      end.#queue = [];
      setTimeout(() => end.#listener?.closed());
    }
  }

  on(listener: ByteChannelListener): void {
    this.#listener = listener;
    listener.opened();
  }

  get #receiver(): ByteChannelListener | null {
    return this.#other === null ? null : this.#other.#listener;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const batch = this.#queue.splice(0, 4);
    if (!this.ordered) batch.reverse();
    for (const data of batch) {
      const bytes = typeof data === "string" ? data.length : data.byteLength;
      if (!this.onSent(bytes)) {
        this.close();
        return;
      }
      this.#buffered -= bytes;
      this.#receiver?.message(data);
    }
    if (this.#queue.length > 0) this.#schedule();
    this.#listener?.low();
  }
}
