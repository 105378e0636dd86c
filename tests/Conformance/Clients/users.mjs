// Clients that log in as one of several users: node users.mjs <scenario> <port>. Who may do what is in UserTests.cs.
import assert from "node:assert/strict";
import * as nats from "nats";
import stan from "node-nats-streaming";
import { close, publish, subscribe as subscribeWith } from "./stan.mjs";
import { Collector, once, range, run, silence, unique } from "./support.mjs";

const decoder = new TextDecoder();

/** A connection as a user; what the server complains of is collected. */
async function open(port, user, pass = "p") {
  const connection = await nats.connect({ servers: `127.0.0.1:${port}`, user, pass, reconnect: false });
  connection.complaints = new Collector();
  (async () => {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === "error") connection.complaints.add({ code: data, ...permissionContext });
    }
  })();
  return connection;
}

function collect(subscription) {
  const messages = new Collector();
  (async () => {
    try {
      for await (const message of subscription) messages.add(message);
    } catch (error) {
      messages.error = error;
    }
  })();
  return messages;
}

async function session(port, user, id = unique("node")) {
  const client = stan.connect("test-cluster", id, { url: `nats://127.0.0.1:${port}`, user, pass: "p", stanPingInterval: 1_000 });
  client.complaints = new Collector();
  client.on("error", (error) => client.complaints.add(error));
  await once(client, "connect");
  client.nc.on("permission_error", (error) => client.complaints.add(error));
  return client;
}

const subscribe = (client, channel, change, group) => subscribeWith(client, channel, change, group, (message) => message.ack());

await run({
  async refuses_a_wrong_password(port) {
    await assert.rejects(open(port, "root", "wrong"), { code: "AUTHORIZATION_VIOLATION" });
    await assert.rejects(open(port, "nobody"), { code: "AUTHORIZATION_VIOLATION" });
    await (await open(port, "root")).close();
  },

  async signs_with_its_key(port) {
    const seed = new TextEncoder().encode(process.env.BAYOU_SEED);
    const pair = nats.nkeys.fromSeed(seed);
    const connection = await nats.connect({ servers: `127.0.0.1:${port}`, authenticator: nats.nkeyAuthenticator(seed), reconnect: false });
    await connection.flush();
    await connection.close();
    const client = stan.connect("test-cluster", unique("node"), {
      url: `nats://127.0.0.1:${port}`, nkey: pair.getPublicKey(), nonceSigner: (nonce) => Buffer.from(pair.sign(nonce)),
    });
    await once(client, "connect");
    await publish(client, unique("key"), "x");
    await close(client);
  },

  async hears_what_it_may_not_do(port) {
    const limited = await open(port, "limited");
    limited.publish("secret");
    const [complaint] = await limited.complaints.reach(1);
    assert.deepEqual([complaint.code, complaint.operation, complaint.subject], ["PERMISSIONS_VIOLATION", "publish", "secret"]);
    const refused = collect(limited.subscribe("secret"));
    await limited.complaints.reach(2);
    await limited.flush();
    assert.equal(refused.error?.code, "PERMISSIONS_VIOLATION");

    // The connection is as good as before.
    const allowed = collect(limited.subscribe("open.*"));
    limited.publish("open.a", "1");
    assert.deepEqual((await allowed.reach(1)).map((message) => decoder.decode(message.data)), ["1"]);
    await limited.close();
  },

  async answers_requests_and_nothing_else(port) {
    const service = await open(port, "service");
    const client = await open(port, "root");
    service.subscribe("service.>", {
      callback: (_, message) => {
        message.respond("first");
        message.respond("second");
      },
    });
    await service.flush();
    for (const _ of range(1, 20)) {
      const answer = await client.request(`service.${unique("x")}`, "", { timeout: 10_000 });
      assert.equal(decoder.decode(answer.data), "first");
    }
    await service.flush();
    assert.equal((await service.complaints.reach(20)).length, 20);
    await client.close();
    await service.close();
  },

  async streams_with_the_customary_permissions_alone(port) {
    const id = unique("node");
    const channel = unique("orders.x");
    const writer = await session(port, "application", id);
    for (const i of range(1, 10)) await publish(writer, channel, String(i));

    const all = (options) => options.setDeliverAllAvailable().setManualAckMode(true).setAckWait(30_000).setMaxInFlight(2);
    const durable = await subscribe(writer, channel, (options) => all(options).setDurableName("d"));
    const group = await subscribe(writer, channel, all, "workers");
    assert.deepEqual((await durable.messages.reach(10)).map((m) => m.getSequence()), range(1, 10));
    assert.deepEqual((await group.messages.reach(10)).map((m) => m.getSequence()), range(1, 10));
    group.unsubscribe();
    await once(group, "unsubscribed");
    durable.close();
    await once(durable, "closed");
    await close(writer);

    // The same client id is free again, and the durable goes on: the close and the acks have arrived.
    const reader = await session(port, "application", id);
    await publish(reader, channel, "11");
    const again = await subscribe(reader, channel, (options) => all(options).setDurableName("d"));
    assert.deepEqual((await again.messages.reach(1)).map((m) => m.getSequence()), [11]);

    // Pings and heartbeats are among what it needs: the session lives through a few of them.
    await silence(3_000);
    await publish(reader, channel, "12");
    assert.deepEqual((await again.messages.reach(2)).map((m) => m.getSequence()), [11, 12]);
    assert.deepEqual([writer.complaints.items, reader.complaints.items], [[], []]);
    await close(reader);
  },

  async may_not_name_another_channel_in_its_message(port) {
    const client = await session(port, "application");
    client.pubPrefix = "_STAN.pub.test-cluster.orders";
    const channel = unique("secret");
    await assert.rejects(publish(client, channel, "x"), (error) => String(error).includes("stan: invalid publish request"));
    await close(client);

    const root = await session(port, "root");
    const subscription = await subscribe(root, channel, (options) => options.setDeliverAllAvailable());
    await silence(500);
    assert.equal(subscription.messages.items.length, 0);
    await close(root);
  },

  async may_not_publish_to_another_channel(port) {
    const client = await session(port, "application");
    client.publish(unique("secret"), "x", () => {});
    const [complaint] = await client.complaints.reach(1);
    assert.match(String(complaint), /permissions violation for publish to "_stan\.pub\.test-cluster\.secret/i);
    await publish(client, unique("orders.x"), "x");
    await close(client);
  },
});
