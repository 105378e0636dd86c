// Publishes on foo every 100 ms and prints a dot for each message that comes back: node dots.mjs <folder of the packages> <url>...
// At "stop" on its input it publishes no more, waits for what was acknowledged, and prints one line of JSON about the run.
import { createRequire } from "node:module";

const [packages, ...servers] = process.argv.slice(2);
const stan = createRequire(`${packages}/`)("node-nats-streaming");
const session = stan.connect("test", "dots", { servers, stanPingInterval: 1000, stanMaxPingOut: 3, maxReconnectAttempts: -1, reconnectTimeWait: 250 });

const run = { published: 0, acknowledged: [], failed: [], lost: [] };
const received = new Set();
const isMissing = (number) => !received.has(number);
let timer;

for (const event of ["error", "connection_lost", "close"]) {
  session.on(event, (reason) => run.lost.push(`${event}: ${reason?.message ?? reason ?? ""}`));
}

function publish() {
  const number = ++run.published;
  session.publish("foo", String(number), (error) => (error ? run.failed : run.acknowledged).push(number));
}

function finish() {
  if (run.acknowledged.length + run.failed.length < run.published || run.acknowledged.some(isMissing)) {
    setTimeout(finish, 100);
    return;
  }

  report();
}

function report() {
  console.log(`\n${JSON.stringify({ ...run, acknowledged: run.acknowledged.length, missing: run.acknowledged.filter(isMissing) })}`);
  process.exit(0);
}

session.on("connect", () => {
  const subscription = session.subscribe("foo", session.subscriptionOptions().setDeliverAllAvailable());
  subscription.on("message", (message) => {
    received.add(Number(message.getData()));
    process.stdout.write(".");
  });
  subscription.on("error", (error) => run.lost.push(`subscription: ${error}`));
  subscription.on("ready", () => { timer = setInterval(publish, 100); });
});

process.stdin.on("data", () => {
  clearInterval(timer);
  // Longer than a publish in flight may wait for its ack.
  setTimeout(report, 50_000).unref();
  finish();
});
