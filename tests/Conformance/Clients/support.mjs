// What the client programs share: deadlines, checks, and a way to run one scenario from the command line.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

const patience = 60_000;

/** A name that no other run uses. */
export const unique = (prefix) => `${prefix}-${randomBytes(6).toString("hex")}`;

/** A promise that fails when it takes too long. */
export function soon(promise, what) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen in time`)), patience);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

/** The next event of an emitter. */
export const once = (emitter, event) => soon(new Promise((resolve) => emitter.once(event, resolve)), event);

/** Waits for nothing: what must not come would have come by then. */
export const silence = (milliseconds = 400) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A list that can be waited for. */
export class Collector {
  items = [];
  #waiting = [];

  add(item) {
    this.items.push(item);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.items.length < count) return true;
      resolve(this.items);
      return false;
    });
  }

  reach(count) {
    if (this.items.length >= count) return Promise.resolve(this.items);
    return soon(new Promise((resolve) => this.#waiting.push({ count, resolve })), `item ${count} (there are ${this.items.length})`);
  }
}

export const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** node program.mjs <scenario> <port> */
export async function run(scenarios) {
  const [name, port] = process.argv.slice(2);
  assert.ok(scenarios[name], `there is no scenario ${name}`);
  await scenarios[name](Number(port));
  process.exit(0);
}
