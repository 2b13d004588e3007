// Plays one scenario with real browsers and writes its folder: events.jsonl, session*.har and label.yaml.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import YAML from "yaml";
import { Analytics } from "@segment/analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { PostHog } from "posthog-node";
import { eventsInHar, trimHar, unreadableInHar } from "./har.mjs";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const RULES = [
  "identify-after-track", "signup-without-identify", "login-without-identify", "alias-after-identify", "missing-alias",
  "missing-reset-on-logout", "signup-on-redirecting-page", "missing-identify-on-page-load", "user-id-is-email", "placeholder-user-id",
  "sensitive-trait-client-side", "duplicate-message-id", "two-users-on-one-device", "missing-signup", "double-counted-signup",
  "server-identify-before-client-alias",
];
const AGENTS = {
  mac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  linux: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
};
const PEOPLE = ["Ada Moss", "Ben Ortiz", "Cleo Hart", "Dario Penn", "Edda Quist", "Finn Reyes", "Gala Stone", "Hugo Tran", "Iris Umber", "Jonas Vega"];
const SENDS = ["identify", "track", "page", "group", "alias"];

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

export class Visitor {
  constructor(stage, context, number) {
    Object.assign(this, { stage, context, number, tabs: 0 });
  }

  async newTab() {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => console.error(`  page error: ${error.message}`));
    page.tab = ++this.tabs;
    return (this.page = page);
  }

  use(page) {
    this.page = page;
    return this;
  }

  // Leaves time for the events of a page to get out, as a reading person does.
  async settle(ms = 450) {
    await sleep(ms);
    await this.stage.collector.idle();
  }

  async goto(to, ms) {
    await this.page.goto(to.startsWith("http") ? to : `${this.stage.siteUrl}${to}`, { waitUntil: "load" });
    await this.settle(ms);
  }

  async reload(ms) {
    await this.page.reload({ waitUntil: "load" });
    await this.settle(ms);
  }

  async link(id, ms) {
    await this.page.click(`#n-${id}`);
    await this.page.waitForLoadState("load");
    await this.settle(ms);
  }

  async click(selector, ms) {
    await this.page.click(selector);
    await this.settle(ms);
  }

  // Fills in and sends the signup form of the page that is open.
  async signup({ name = this.stage.nextPerson(), email, plan = "free", landing = "**/welcome**", ms = 1300 } = {}) {
    email ??= `${name.toLowerCase().replace(" ", ".")}@example.com`;
    await this.page.fill("[name=name]", name);
    await this.page.fill("[name=email]", email);
    await this.page.fill("[name=plan]", plan);
    await this.page.fill("[name=password]", "correct horse 9");
    await this.page.click("#go");
    if (landing) await this.page.waitForURL(landing, { waitUntil: "load" });
    await this.settle(ms);
    return this.stage.site.users.get(email);
  }

  async login(email, { landing = "**/app/dashboard**", ms = 700 } = {}) {
    await this.page.fill("[name=email]", email);
    await this.page.fill("[name=password]", "correct horse 9");
    await this.page.click("#go");
    if (landing) await this.page.waitForURL(landing, { waitUntil: "load" });
    await this.settle(ms);
    return this.stage.site.users.get(email);
  }

  async close() {
    if (this.closed) return;
    this.closed = true;
    const state = await this.context.storageState();
    await this.context.close();
    return state;
  }
}

export class Stage {
  constructor({ browser, site, collector, python }) {
    Object.assign(this, { browser, site, collector, python });
    this.siteUrl = `http://localhost:${site.ports.site}`;
    this.collectorUrl = `http://localhost:${collector.port}`;
  }

  nextPerson() {
    return PEOPLE[this.people++ % PEOPLE.length];
  }

  returningUser(values) {
    const createdAt = new Date(Date.now() - 41 * 86_400_000).toISOString();
    return this.site.addUser({ name: this.nextPerson(), createdAt, ...values });
  }

  async visitor({ agent = "mac", storageState, har = true } = {}) {
    const number = har ? ++this.hars : 0;
    const context = await this.browser.newContext({
      storageState, userAgent: AGENTS[agent], locale: "en-US", timezoneId: "America/New_York", viewport: { width: 1280, height: 800 },
      ...(har ? { recordHar: { path: path.join(this.scratch, `${number}.har`), mode: "full", content: "embed" } } : {}),
    });
    const visitor = new Visitor(this, context, number);
    await context.exposeBinding("__called", ({ page }, method, args, where, at) => {
      this.calls.push({ at, visitor: number, tab: page.tab, path: where, method, args });
    });
    await visitor.newTab();
    this.visitors.push(visitor);
    return visitor;
  }

  async nodeServer(...calls) {
    const analytics = new Analytics({ writeKey: "wk_toy_server", host: this.collectorUrl, path: "/v1/batch", flushAt: 20 });
    for (const { type, ...body } of calls) {
      this.calls.push({ at: Date.now(), visitor: "node server", method: type, args: [JSON.stringify(body)] });
      analytics[type](body);
    }
    await analytics.closeAndFlush();
  }

  async rudderServer(...calls) {
    const analytics = new (RudderAnalytics.default ?? RudderAnalytics)("wk_toy_server", { dataPlaneUrl: this.collectorUrl, flushAt: 20, flushInterval: 100, logLevel: "error" });
    for (const { type, ...body } of calls) {
      this.calls.push({ at: Date.now(), visitor: "rudder-sdk-node server", method: type, args: [JSON.stringify(body)] });
      analytics[type](body);
    }
    await analytics.flush();
  }

  async posthogServer(...calls) {
    const client = new PostHog("phc_toy", { host: this.collectorUrl });
    for (const { type, ...body } of calls) {
      this.calls.push({ at: Date.now(), visitor: "posthog-node server", method: type, args: [JSON.stringify(body)] });
      client[type](body);
    }
    await client.shutdown();
  }

  async pythonServer(...calls) {
    for (const { type, ...body } of calls) this.calls.push({ at: Date.now(), visitor: "python server", method: type, args: [JSON.stringify(body)] });
    const child = spawn(this.python, [path.join(import.meta.dirname, "server_events.py"), this.collectorUrl], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.end(JSON.stringify(calls));
    const code = await new Promise((done) => child.on("close", done));
    if (code !== 0) throw new Error("the Python library failed");
  }

  async play(scenario, folder) {
    this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), "capture-"));
    Object.assign(this, { people: scenario.number ?? 0, hars: 0, visitors: [], calls: [] });
    this.collector.begin(scenario.collector ?? {});
    this.site.begin({ ...scenario.site, onSignup: scenario.onSignup && ((user, ids) => scenario.onSignup(this, user, ids)) });
    try {
      const story = (await scenario.run(this)) ?? {};
      for (const visitor of this.visitors) await visitor.close();
      await this.collector.idle(400);
      const events = this.collector.events;
      const sent = Array.from({ length: this.hars }, (_, at) => eventsInHar(path.join(this.scratch, `${at + 1}.har`), at + 1)).flat();
      const look = new Look(events, this.calls, sent);
      look.unreadable = Array.from({ length: this.hars }, (_, at) => unreadableInHar(path.join(this.scratch, `${at + 1}.har`), this.collectorUrl)).reduce((sum, count) => sum + count, 0);
      const truth = scenario.truth(look, story);
      const label = makeLabel(scenario, truth, look);
      fs.mkdirSync(folder, { recursive: true });
      for (const old of fs.readdirSync(folder)) fs.unlinkSync(path.join(folder, old));
      fs.writeFileSync(path.join(folder, "events.jsonl"), events.map((event) => JSON.stringify(event) + "\n").join(""));
      for (let number = 1; number <= this.hars; number++) {
        trimHar(path.join(this.scratch, `${number}.har`), path.join(folder, number === 1 ? "session.har" : `session-${number}.har`));
      }
      fs.writeFileSync(path.join(folder, "label.yaml"), YAML.stringify(label, { lineWidth: 118, aliasDuplicateObjects: false }));
      return events.length;
    } finally {
      for (const visitor of this.visitors) await visitor.close().catch(() => {});
      fs.rmSync(this.scratch, { recursive: true, force: true });
    }
  }
}

// What a scenario's truth is worked out from: the received events and the calls that were made.
export class Look {
  constructor(events, calls, sent) {
    Object.assign(this, { events, calls, sent });
  }

  static id = (event) => event.messageId ?? event.uuid;
  static time = (event) => Date.parse(event.originalTimestamp ?? event.timestamp);
  static where = (event) => event.context?.page?.path ?? event.properties?.$pathname;

  all(filter) {
    const wanted = Object.entries(filter);
    const value = (event, key) => (key === "path" ? Look.where(event) : key === "library" ? event.context?.library?.name : key === "anonymous" ? !event.userId : event[key]);
    const seen = new Set();
    return this.events
      .filter((event) => wanted.every(([key, want]) => (typeof want === "function" ? want(value(event, key)) : want instanceof RegExp ? want.test(value(event, key) ?? "") : value(event, key) === want)))
      .sort((a, b) => Look.time(a) - Look.time(b))
      .filter((event) => !seen.has(Look.id(event)) && seen.add(Look.id(event)));
  }

  // The ids of the events that the scenario is known to have made; a wrong number means that it did not go as planned.
  ids(count, filter) {
    const found = this.all(filter);
    if (found.length !== count) throw new Error(`planned ${count} x ${JSON.stringify(filter, (_, v) => (v instanceof RegExp ? String(v) : v))}, received ${found.length}`);
    return found.map(Look.id);
  }

  // The same of the tracks that a visitor's browser tried to send, received or not.
  sentIds(count, visitor, name) {
    const found = [...new Set(this.sent.filter((attempt) => attempt.visitor === visitor && attempt.event.event === name).map((attempt) => Look.id(attempt.event)))];
    if (found.length !== count) throw new Error(`planned ${count} x ${name} sent by visitor ${visitor}, found ${found.length}`);
    return found;
  }

  copies() {
    const byId = groupBy(this.events, Look.id);
    return [...byId].filter(([, list]) => list.length > 1);
  }

  require(condition, words) {
    if (!condition) throw new Error(`not as planned: ${words}`);
  }
}

function makeLabel(scenario, truth, look) {
  const { expect = [], expect_har: expectHar, optional = [], notes } = truth;
  const named = new Set([...expect, ...(expectHar ?? []), ...optional].map((item) => item.category));
  for (const category of named) if (!RULES.includes(category)) throw new Error(`no such rule: ${category}`);
  const repeated = look.copies();
  if (repeated.length && !named.has("duplicate-message-id")) throw new Error("unplanned copies of one messageId");
  if (!scenario.losses) {
    const received = new Set(look.events.map(Look.id)).size;
    const made = look.calls.filter((call) => SENDS.includes(call.method)).length + (scenario.extraEvents ?? 0);
    if (scenario.site?.sdk !== "posthog" && made !== received) throw new Error(`${made} calls made, ${received} events received`);
  }
  const ordered = look.events.map(Look.time);
  const distinct = (key) => new Set(look.events.map((event) => event[key]).filter(Boolean)).size;
  const start = Math.min(...look.calls.map((call) => call.at));
  return {
    description: scenario.description,
    ...(scenario.config ? { config: scenario.config } : {}),
    expect, ...(expectHar ? { expect_har: expectHar } : {}), ...(optional.length ? { optional } : {}),
    must_not: RULES.filter((rule) => !named.has(rule)),
    ...(notes ? { notes } : {}),
    ...(look.unreadable ? { har_rejects: look.unreadable } : {}),
    facts: {
      events: look.events.length,
      by_type: Object.fromEntries([...groupBy(look.events, (event) => event.type ?? event.event)].map(([type, list]) => [type, list.length])),
      user_ids: distinct("userId"), anonymous_ids: distinct("anonymousId"), repeated_message_ids: repeated.length,
      adjacent_lines_with_timestamp_going_back: ordered.filter((time, index) => index > 0 && time < ordered[index - 1]).length,
      libraries: [...new Set(look.events.map((event) => event.context?.library ?? { name: event.properties?.$lib, version: event.properties?.$lib_version }).map((library) => `${library.name} ${library.version}`))],
    },
    calls_made: look.calls.sort((a, b) => a.at - b.at).map(({ at, visitor, tab, path: where, method, args }) =>
      `${((at - start) / 1000).toFixed(3)} ${typeof visitor === "number" ? `visitor ${visitor}${tab > 1 ? ` tab ${tab}` : ""} ${where}` : visitor} ${method}(${args.join(", ")})`),
  };
}
