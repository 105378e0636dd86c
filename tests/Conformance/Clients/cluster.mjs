// A cluster as clients see it: node cluster.mjs <library>/<scenario> <port of one of two servers>. The test beside it holds the other
// server, answers "alive" there, and kills the one that is named here when "kill" is published.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { Collector, run, soon, unique } from "./support.mjs";

// The newer library is written for a runtime that has this as a global.
globalThis.crypto ??= webcrypto;

const decoder = new TextDecoder();

/** The events of a connection, of which the next of a kind can be waited for. */
function eventsOf(connection) {
  const events = new Collector();
  (async () => {
    for await (const event of connection.status()) events.add(event);
  })();
  return events;
}

async function eventOf(events, type) {
  for (let count = 1; ; count++) {
    const seen = (await events.reach(count))[count - 1];
    if (seen.type === type) return seen;
  }
}

const scenarios = {
  async moves_to_a_server_that_it_only_heard_of(open, port) {
    const connection = await open();
    const events = eventsOf(connection);
    assert.equal(connection.getServer(), `127.0.0.1:${port}`);
    const subject = unique("moved");
    const received = new Collector();
    connection.subscribe(subject, { callback: (_, message) => received.add(decoder.decode(message.data)) });
    await connection.flush();

    connection.publish("kill");
    await eventOf(events, "reconnect");
    assert.notEqual(connection.getServer(), `127.0.0.1:${port}`);
    assert.equal(decoder.decode((await connection.request("alive", "?", { timeout: 20_000 })).data), "yes");
    connection.publish(subject, "after");
    await received.reach(1);
    assert.deepEqual(received.items, ["after"]);
    await connection.close();
  },

  async moves_away_from_a_lame_duck(open, port) {
    const connection = await open();
    const events = eventsOf(connection);
    connection.publish("leave");
    await connection.flush();
    await eventOf(events, "ldm");
    await eventOf(events, "reconnect");
    assert.notEqual(connection.getServer(), `127.0.0.1:${port}`);
    assert.equal(decoder.decode((await connection.request("alive", "?", { timeout: 20_000 })).data), "yes");
    await connection.close();
  },
};

const [libraryName, name] = process.argv[2].split("/");
const library = await import(libraryName === "nats" ? "nats" : "@nats-io/transport-node");
process.argv[2] = name;
await run(Object.fromEntries(Object.entries(scenarios).map(([key, scenario]) => [
  key,
  (port) => soon(scenario(() => library.connect({ servers: `127.0.0.1:${port}`, reconnectTimeWait: 50, maxReconnectAttempts: -1 }), port), key),
])));
