// node-nats-streaming as applications use it.
import assert from "node:assert/strict";
import stan from "node-nats-streaming";
import { close, publish, subscribe } from "./stan.mjs";
import { Collector, once, range, run, silence, soon, unique } from "./support.mjs";

async function open(port, id = unique("node")) {
  const client = stan.connect("test-cluster", id, { url: `nats://127.0.0.1:${port}` });
  client.on("error", (error) => { throw error; });
  await once(client, "connect");
  return client;
}

async function fill(client, channel, last) {
  for (const i of range(1, last)) await publish(client, channel, String(i));
}

const sequences = (messages) => messages.map((message) => message.getSequence());

await run({
  async publishes_and_reads_10000(port) {
    const client = await open(port);
    const channel = unique("many");
    const acks = new Collector();
    for (const i of range(1, 10_000)) {
      client.publish(channel, `message ${i}`, (error, guid) => {
        assert.equal(error, undefined);
        acks.add(guid);
      });
    }
    await acks.reach(10_000);
    assert.equal(new Set(acks.items).size, 10_000);

    const reader = await open(port);
    const durable = await subscribe(reader, channel, (o) => o.setDeliverAllAvailable().setDurableName("reader").setMaxInFlight(500));
    const messages = await durable.messages.reach(10_000);
    assert.deepEqual(sequences(messages), range(1, 10_000));
    assert.deepEqual(messages.map((m) => m.getData()), range(1, 10_000).map((i) => `message ${i}`));
    assert.ok(messages.every((m) => !m.isRedelivered()));
    await close(reader);
    await close(client);
  },

  async closes_and_resumes_a_durable(port) {
    const id = unique("node");
    const channel = unique("durable");
    const first = await open(port, id);
    await fill(first, channel, 5);
    const options = (o) => o.setDeliverAllAvailable().setDurableName("d");
    const before = await subscribe(first, channel, options);
    await before.messages.reach(5);
    before.close();
    await once(before, "closed");
    await publish(first, channel, "6");
    const between = await subscribe(first, channel, options);
    assert.deepEqual(sequences(await between.messages.reach(1)), [6]);
    await close(first);

    const second = await open(port, id);
    await publish(second, channel, "7");
    const after = await subscribe(second, channel, options);
    assert.deepEqual(sequences(await after.messages.reach(1)), [7]);
    await silence();
    assert.equal(after.messages.items.length, 1);
    await close(second);
  },

  async shares_a_queue_group(port) {
    const client = await open(port);
    const other = await open(port);
    const channel = unique("queue");
    const one = await subscribe(client, channel, (o) => o.setDeliverAllAvailable(), "workers");
    const two = await subscribe(other, channel, (o) => o.setDeliverAllAvailable(), "workers");
    await fill(client, channel, 20);
    await soon((async () => {
      while (one.messages.items.length + two.messages.items.length < 20) await silence(10);
    })(), "20 messages");
    assert.deepEqual([...sequences(one.messages.items), ...sequences(two.messages.items)].sort((a, b) => a - b), range(1, 20));
    assert.ok(one.messages.items.length > 0 && two.messages.items.length > 0);
    await close(other);
    await close(client);
  },

  async redelivers_what_is_not_acknowledged(port) {
    const client = await open(port);
    const channel = unique("redelivery");
    await fill(client, channel, 1);
    const manual = await subscribe(client, channel, (o) => o.setDeliverAllAvailable().setManualAckMode(true).setAckWait(1000));
    const [first, again] = await manual.messages.reach(2);
    assert.deepEqual([first.getSequence(), first.isRedelivered()], [1, false]);
    assert.deepEqual([again.getSequence(), again.isRedelivered()], [1, true]);
    again.ack();
    await silence(1600);
    assert.equal(manual.messages.items.length, 2);
    await close(client);
  },

  async unsubscribes_a_durable_for_good(port) {
    const client = await open(port);
    const channel = unique("unsubscribe");
    await fill(client, channel, 3);
    const options = (o) => o.setDeliverAllAvailable().setDurableName("d");
    const first = await subscribe(client, channel, options);
    await first.messages.reach(3);
    first.unsubscribe();
    await once(first, "unsubscribed");
    const second = await subscribe(client, channel, options);
    assert.deepEqual(sequences(await second.messages.reach(3)), [1, 2, 3]);
    await close(client);
  },

  async keeps_max_in_flight(port) {
    const client = await open(port);
    const channel = unique("inflight");
    await fill(client, channel, 5);
    const slow = await subscribe(client, channel, (o) => o.setDeliverAllAvailable().setManualAckMode(true).setMaxInFlight(2));
    await slow.messages.reach(2);
    await silence();
    assert.deepEqual(sequences(slow.messages.items), [1, 2]);
    slow.messages.items[1].ack();
    assert.deepEqual(sequences(await slow.messages.reach(3)), [1, 2, 3]);
    await silence();
    assert.equal(slow.messages.items.length, 3);
    await close(client);
  },

  async starts_at_every_position(port) {
    const client = await open(port);
    const channel = unique("start");
    await fill(client, channel, 3);
    await silence(4000);

    // A client sends how long ago that was, and the request takes its time: half of the gap is room for both.
    const young = new Date(Date.now() - 2000);
    await publish(client, channel, "4");
    await publish(client, channel, "5");
    const starts = {
      all: [(o) => o.setDeliverAllAvailable(), 1],
      last: [(o) => o.setStartWithLastReceived(), 5],
      sequence: [(o) => o.setStartAtSequence(3), 3],
      delta: [(o) => o.setStartAtTimeDelta(2_000), 4],
      time: [(o) => o.setStartTime(young), 4],
      hour: [(o) => o.setStartAtTimeDelta(3_600_000), 1],
      fresh: [(o) => o, 6],
    };
    const subscriptions = {};
    for (const [name, [change]] of Object.entries(starts)) subscriptions[name] = await subscribe(client, channel, change);
    await publish(client, channel, "6");
    for (const [name, [, first]] of Object.entries(starts)) {
      const messages = await subscriptions[name].messages.reach(7 - first);
      assert.deepEqual(sequences(messages), range(first, 6), name);
    }
    await close(client);
  },

  async refuses_a_second_client_of_the_same_id(port) {
    const id = unique("node");
    const first = await open(port, id);
    const second = stan.connect("test-cluster", id, { url: `nats://127.0.0.1:${port}` });
    const error = await once(second, "error");
    assert.match(String(error), /stan: clientID already registered/);
    await close(first);
  },

  async notices_a_wrong_cluster_id(port) {
    const client = stan.connect("no-such-cluster", unique("node"), { url: `nats://127.0.0.1:${port}`, connectTimeout: 500 });
    const error = await once(client, "error");
    assert.match(String(error), /stan: connect request timeout/);
  },
});
