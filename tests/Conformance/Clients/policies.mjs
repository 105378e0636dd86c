// What a client meets whose server was told more than NATS Streaming could be: node policies.mjs <scenario> <port>. The settings are in PolicyServer.cs.
import assert from "node:assert/strict";
import stan from "node-nats-streaming";
import { close, publish, subscribe } from "./stan.mjs";
import { once, range, run, unique } from "./support.mjs";

async function connect(port, id = unique("node")) {
  const client = stan.connect("test-cluster", id, { url: `nats://127.0.0.1:${port}`, stanPingInterval: 1_000 });
  await once(client, "connect");
  return client;
}

await run({
  async works_in_order_with_another_standing_by(port) {
    const channel = unique("single.x");
    const [active, standby] = [await connect(port), await connect(port)];
    const join = (client) => subscribe(client, channel, (options) => options.setManualAckMode(true).setMaxInFlight(1), "workers", (message) => message.ack());
    const first = await join(active);
    const second = await join(standby);
    for (const i of range(1, 20)) await publish(active, channel, String(i));
    assert.deepEqual((await first.messages.reach(20)).map((m) => m.getSequence()), range(1, 20));
    assert.equal(second.messages.items.length, 0);

    await close(active);
    for (const i of range(21, 40)) await publish(standby, channel, String(i));
    assert.deepEqual((await second.messages.reach(20)).map((m) => m.getSequence()), range(21, 40));
    await close(standby);
  },

  async takes_the_place_of_its_former_self(port) {
    const id = unique("node");
    const former = await connect(port, id);
    const lost = once(former, "connection_lost");
    const successor = await connect(port, id);
    await publish(successor, unique("x"), "x");
    await lost;
    await close(successor);
  },
});
