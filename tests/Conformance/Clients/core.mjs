// Core NATS with two generations of the JavaScript client: node core.mjs <scenario> <port>, where a scenario is <library>/<name>.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { Collector, range, run, silence, soon, unique } from "./support.mjs";

// The newer library is written for a runtime that has this as a global.
globalThis.crypto ??= webcrypto;

const decoder = new TextDecoder();
const textOf = (message) => decoder.decode(message.data);

function collect(subscription) {
  const messages = new Collector();
  (async () => {
    for await (const message of subscription) messages.add(message);
  })();
  return messages;
}

const scenarios = {
  async answers_requests(open) {
    const server = await open();
    const client = await open();
    const subject = unique("request");
    server.subscribe(subject, { callback: (_, message) => message.respond(`re: ${textOf(message)}`) });
    await server.flush();
    for (const i of range(1, 100)) assert.equal(textOf(await client.request(subject, String(i), { timeout: 10_000 })), `re: ${i}`);
    const answers = await Promise.all(range(1, 500).map((i) => client.request(subject, String(i), { timeout: 20_000 })));
    assert.deepEqual(answers.map(textOf), range(1, 500).map((i) => `re: ${i}`));
    await client.close();
    await server.close();
  },

  async gives_each_message_to_one_member_of_a_queue(open) {
    const connection = await open();
    const subject = unique("queue");
    const members = range(1, 3).map(() => collect(connection.subscribe(subject, { queue: "workers" })));
    const all = collect(connection.subscribe(subject));
    await connection.flush();
    for (const i of range(1, 300)) connection.publish(subject, String(i));
    await all.reach(300);
    await connection.flush();
    assert.deepEqual(all.items.map(textOf), range(1, 300).map(String));
    const shared = members.flatMap((member) => member.items.map(textOf)).map(Number).sort((a, b) => a - b);
    assert.deepEqual(shared, range(1, 300));
    assert.ok(members.every((member) => member.items.length > 0));
    await connection.close();
  },

  async matches_wildcards(open) {
    const connection = await open();
    const root = unique("wild");
    const one = collect(connection.subscribe(`${root}.*.c`));
    const rest = collect(connection.subscribe(`${root}.>`));
    await connection.flush();
    for (const subject of ["a.c", "b.c", "a.d", "a.b.c"]) connection.publish(`${root}.${subject}`);
    connection.publish(root);
    await connection.flush();
    await rest.reach(4);
    await one.reach(2);
    assert.deepEqual(one.items.map((m) => m.subject), [`${root}.a.c`, `${root}.b.c`]);
    assert.deepEqual(rest.items.map((m) => m.subject), ["a.c", "b.c", "a.d", "a.b.c"].map((s) => `${root}.${s}`));
    await connection.close();
  },

  async carries_headers(open, library) {
    const connection = await open();
    const subject = unique("headers");
    const received = collect(connection.subscribe(subject));
    const headers = library.headers();
    headers.append("Name", "one");
    headers.append("Name", "two");
    headers.set("Other", "with: colon");
    connection.publish(subject, "body", { headers });
    const [message] = await received.reach(1);
    assert.equal(textOf(message), "body");
    assert.deepEqual(message.headers.values("Name"), ["one", "two"]);
    assert.equal(message.headers.get("Other"), "with: colon");
    await connection.close();
  },

  async says_at_once_that_nobody_answers(open) {
    const connection = await open();
    const begun = Date.now();
    await assert.rejects(connection.request(unique("nobody"), "x", { timeout: 30_000 }), (error) => /503|no responders/i.test(`${error.code} ${error.message} ${error.name}`));
    assert.ok(Date.now() - begun < 10_000);
    await connection.close();
  },

  async drains(open) {
    const receiver = await open();
    const sender = await open();
    const subject = unique("drain");
    const seen = [];
    const subscription = receiver.subscribe(subject, { callback: (_, message) => seen.push(Number(textOf(message))) });
    await receiver.flush();
    for (const i of range(1, 1000)) sender.publish(subject, String(i));
    await sender.flush();
    await soon(subscription.drain(), "drain of a subscription");
    assert.deepEqual(seen, range(1, 1000));
    sender.publish(subject, "1001");
    await sender.flush();
    await receiver.flush();
    assert.equal(seen.length, 1000);
    await soon(receiver.drain(), "drain of a connection");
    assert.ok(receiver.isClosed());
    await soon(sender.drain(), "drain of a connection");
  },

  async unsubscribes_after_a_number_of_messages(open) {
    const connection = await open();
    const subject = unique("max");
    const limited = collect(connection.subscribe(subject, { max: 3 }));
    for (const i of range(1, 10)) connection.publish(subject, String(i));
    await connection.flush();
    await limited.reach(3);
    await silence(100);
    assert.deepEqual(limited.items.map(textOf), ["1", "2", "3"]);
    await connection.close();
  },

  async carries_a_megabyte(open) {
    const connection = await open();
    const subject = unique("large");
    const received = collect(connection.subscribe(subject));
    const payload = new Uint8Array(connection.info.max_payload).fill(0x5a);
    connection.publish(subject, payload);
    const [message] = await received.reach(1);
    assert.equal(Buffer.compare(Buffer.from(message.data), Buffer.from(payload)), 0);
    await connection.close();
  },
};

const [libraryName, name] = process.argv[2].split("/");
const library = await import(libraryName === "nats" ? "nats" : "@nats-io/transport-node");
process.argv[2] = name;
await run(Object.fromEntries(Object.entries(scenarios).map(([key, scenario]) => [
  key,
  (port) => scenario(() => library.connect({ servers: `127.0.0.1:${port}` }), library),
])));
