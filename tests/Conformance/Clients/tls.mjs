// Clients over TLS: node tls.mjs <scenario> <port>; the certificates are in the directory that BAYOU_CERTIFICATES names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as nats from "nats";
import stan from "node-nats-streaming";
import { close, publish, subscribe } from "./stan.mjs";
import { once, range, run, unique } from "./support.mjs";

const file = (name) => join(process.env.BAYOU_CERTIFICATES, `${name}.pem`);

function connect(port, files) {
  return nats.connect({ servers: `127.0.0.1:${port}`, reconnect: false, tls: { caFile: file("ca"), ...files } });
}

await run({
  async requests_over_tls(port) {
    const connection = await connect(port, { certFile: file("client"), keyFile: file("client-key") });
    const service = connection.subscribe("service", { callback: (_, request) => request.respond(request.data) });
    const answer = await connection.request("service", new TextEncoder().encode("hello"));
    assert.equal(new TextDecoder().decode(answer.data), "hello");
    service.unsubscribe();
    await connection.close();
  },

  async is_refused_without_a_certificate(port) {
    await assert.rejects(async () => {
      const connection = await connect(port, {});
      await connection.flush();
      await connection.closed();
      throw new Error("closed");
    });
  },

  async streams_over_tls(port) {
    const tls = { ca: [readFileSync(file("ca"))], cert: readFileSync(file("client")), key: readFileSync(file("client-key")) };
    const client = stan.connect("test-cluster", unique("node"), { url: `nats://127.0.0.1:${port}`, tls });
    await once(client, "connect");
    const channel = unique("tls");
    for (const number of range(1, 100)) await publish(client, channel, `${number}`);
    const subscription = await subscribe(client, channel, (options) => options.setDeliverAllAvailable().setDurableName("d"));
    const messages = await subscription.messages.reach(100);
    assert.deepEqual(messages.map((message) => message.getData()), [...range(1, 100)].map(String));
    await close(client);
  },
});
