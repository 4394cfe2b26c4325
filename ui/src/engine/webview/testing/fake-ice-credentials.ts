/** The ICE user name fragments of one fake peer connection, and its ICE restarts (RFC 8829 §5.2.1, §5.3.1). */
export class FakeIceCredentials {
  /** `restartIce` was called, and no exchange has restarted ICE since. */
  restartRequested = false;
  #inForce: string | null = null;
  /** Of the pending local offer that restarts ICE. */
  #ofRestart: string | null = null;
  #ofAnswer = "";
  #count = 0;

  constructor(private readonly name: string) {}

  forOffer(): string {
    this.#inForce ??= this.#create();
    if (this.restartRequested) this.#ofRestart ??= this.#create();
    return this.#ofRestart ?? this.#inForce;
  }

  get forAnswer(): string {
    return this.#ofAnswer;
  }

  onRemoteOffer(restarts: boolean): void {
    this.#ofAnswer = restarts || this.#inForce === null ? this.#create() : this.#inForce;
  }

  /** An exchange with these local credentials took effect. */
  onApplied(ufrag: string): void {
    if (ufrag !== this.#inForce) {
      this.restartRequested = false;
      this.#ofRestart = null;
    }
    this.#inForce = ufrag;
  }

  onRollback(): void {
    this.#ofRestart = null;
  }

  #create(): string {
    this.#count += 1;
    return `${this.name}ufrag${this.#count}`;
  }
}
