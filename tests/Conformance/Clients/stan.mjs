// What the programs on node-nats-streaming share.
import { Collector, once, soon } from "./support.mjs";

export async function close(client) {
  client.close();
  await once(client, "close");
}

export const publish = (client, channel, data) => soon(new Promise((resolve, reject) => {
  client.publish(channel, data, (error, guid) => (error ? reject(error) : resolve(guid)));
}), "pub ack");

/** Subscribes with options changed as wanted; messages are collected, and then shown to onMessage. */
export async function subscribe(client, channel, change = (options) => options, group = undefined, onMessage = () => {}) {
  const options = change(client.subscriptionOptions());
  const subscription = group === undefined ? client.subscribe(channel, options) : client.subscribe(channel, group, options);
  subscription.messages = new Collector();
  subscription.on("message", (message) => {
    subscription.messages.add(message);
    onMessage(message);
  });
  await once(subscription, "ready");
  return subscription;
}
