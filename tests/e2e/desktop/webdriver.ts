/**
 * The part of W3C WebDriver that these tests need, over fetch: WebKitWebDriver supports no other protocol, and the usual
 * clients need a hundred packages.
 */

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Number of attempts, and the interval between them in milliseconds. */
const [ATTEMPTS, APART_MS] = [100, 50];

/** Errors of searches that the next attempt may not have. */
const TRANSIENT = new Set(["unknown error", "stale element reference"]);

/** An element that is not there after this is missing, in milliseconds. */
const ELEMENT_MS = 60_000;

type Locator = { using: "css selector" | "xpath"; value: string };

export const byTestId = (id: string): Locator => ({ using: "css selector", value: `[data-testid="${id}"]` });

/** A button by its accessible name: its label, or else its text. */
export const button = (name: string): Locator => ({
  using: "xpath",
  value: `//button[@aria-label=${quote(name)} or normalize-space(.)=${quote(name)}]`,
});

class WebDriverError extends Error {
  constructor(
    /** W3C WebDriver §6.6, e.g. `no such element`. */
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "WebDriverError";
  }
}

/** The web process ended, and the session with it. */
export function isSessionLost(error: unknown): boolean {
  return error instanceof WebDriverError && error.code === "invalid session id";
}

/** One session with one window. */
export class WebDriver {
  private constructor(
    private readonly base: string,
    private readonly session: string,
  ) {}

  /** @param binary the app to start. */
  static async start(base: string, binary: string, args: readonly string[] = []): Promise<WebDriver> {
    const created = await request(base, "POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } },
    });
    return new WebDriver(base, (created as { sessionId: string }).sessionId);
  }

  /** Runs the body of a function in the page. */
  async evaluate<T>(body: string, ...args: unknown[]): Promise<T> {
    return (await this.#send("POST", "/execute/sync", { script: body, args })) as T;
  }

  async count(locator: Locator): Promise<number> {
    return (await this.#find(locator)).length;
  }

  async click(locator: Locator): Promise<void> {
    await this.#send("POST", `/element/${await this.#one(locator)}/click`, {});
  }

  /** Replaces the content of a field. */
  async fill(locator: Locator, text: string): Promise<void> {
    const element = await this.#one(locator);
    await this.#send("POST", `/element/${element}/clear`, {});
    await this.#send("POST", `/element/${element}/value`, { text });
  }

  async text(locator: Locator): Promise<string> {
    return (await this.#send("GET", `/element/${await this.#one(locator)}/text`)) as string;
  }

  async value(locator: Locator): Promise<string> {
    return (await this.#send("GET", `/element/${await this.#one(locator)}/property/value`)) as string;
  }

  async reload(): Promise<void> {
    await this.#send("POST", "/refresh", {});
  }

  /** Closes the window, and with it the app. */
  async quit(): Promise<void> {
    await this.#send("DELETE", "");
  }

  /** The first element, waited for: sheets are loaded when they are first opened. */
  async #one(locator: Locator): Promise<string> {
    const deadline = Date.now() + ELEMENT_MS;
    for (;;) {
      const [first] = await this.#find(locator);
      if (first !== undefined) return first;
      if (Date.now() >= deadline) throw new WebDriverError("no such element", locator.value);
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
    }
  }

  async #find(locator: Locator): Promise<string[]> {
    const found = (await this.#search(locator)) as Record<string, string>[];
    return found.map((element) => element[ELEMENT] ?? "");
  }

  /**
   * While WebKit waits for the portal it runs a loop inside its loop, and answers searches for elements with errors; it also
   * does where an element was found and is gone when its handle is made.
   */
  async #search(locator: Locator): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send("POST", "/elements", locator);
      } catch (error) {
        const transient = error instanceof WebDriverError && TRANSIENT.has(error.code);
        if (!transient || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, APART_MS));
      }
    }
  }

  #send(method: string, path: string, body?: unknown): Promise<unknown> {
    return request(this.base, method, `/session/${this.session}${path}`, body);
  }
}

async function request(base: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (response.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new WebDriverError(error, message);
}

function quote(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
