// The RudderStack JavaScript SDK once more: other orders of identify, alias and reset, pages that are left, ways to send.
import { identify } from "../lib/site.mjs";
import { Look } from "../lib/scenario.mjs";
import { logout, signedUp, signups } from "./rudderstack.mjs";

const config = { dialect: "rudderstack" };
const js = (value) => JSON.stringify(value);
const inSubmit = `document.querySelector("#f").addEventListener("submit", () => A.track("Signed Up", {method: "email"}));`;
const welcomeIdentifies = ({ user }) => (user ? identify(user) : "");
const redirecting = { "/signup": () => inSubmit, "/welcome": welcomeIdentifies };

// One person with two accounts, who changes from one to the other within the app.
const other = { id: "usr_second_account", email: "second@example.com", name: "Second Account", plan: "pro", createdAt: "2026-10-01T08:00:00.000Z" };
const switching = (code) => ({
  "/app/settings": ({ user }) => `${user ? identify(user) : ""} document.querySelector("#team").onclick = () => { A.track("Account Switched"); ${code} ${identify(other)} };`,
});
async function switchAccount(stage) {
  const v = await stage.visitor();
  await v.goto("/");
  await v.link("signup");
  const a = await v.signup();
  await v.link("settings");
  await v.click("#team");
  return { a };
}

async function logins(stage, count) {
  for (let number = 0; number < count; number++) {
    const user = stage.returningUser({ email: `rudder.hand.${number}@example.com` });
    const v = await stage.visitor({ agent: ["windows", "linux"][number % 2] });
    await v.goto("/login");
    await v.login(user.email);
    await v.link("settings");
    await v.link("dashboard");
    await v.close();
  }
}

const identifies = (look, count) => look.ids(count, { type: "identify", path: "/welcome" });
const onForm = (look, count) => look.ids(count, { event: "Signed Up", path: "/signup" });
const alsoLate = (ids) => [{ category: "identify-after-track", messageIds: ids, note: "also true: the signup was tracked on the page before the one that identifies" }];

export default {
  "100-rudder-clean-beacon": {
    description: "RudderStack sends by beacon (useBeacon), some seconds later or as the page goes. Two users sign up, correctly.",
    config, losses: true,
    site: { sdk: "rudderstack", load: { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 500 } } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.ids(2, { event: "Signed Up", userId: (id) => Boolean(id) });
      return { notes: "A HAR holds no beacon: there is nothing of these calls in it." };
    },
  },

  "101-rudder-clean-batching": {
    description: "RudderStack in batches (queueOptions.batch). Two users sign up, correctly.",
    config, losses: true,
    site: { sdk: "rudderstack", load: { queueOptions: { batch: { enabled: true, maxItems: 10, flushInterval: 400 } } } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.ids(2, { event: "Signed Up", userId: (id) => Boolean(id) });
      return {};
    },
  },

  "102-rudder-track-before-identify-async": {
    description: "RudderStack: track('Signed Up') at once, identify after fetch('/api/me') some 300 ms later. Two users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? signedUp(user) : "") + `fetch("/api/me").then((r) => r.json()).then((me) => { ${identify(user)} });` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: look.ids(2, { event: "Signed Up" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [identifies(look, 2)[at]] })) }),
  },

  "103-rudder-login-before-identify": {
    description: "RudderStack: track('Signed In'), then identify, in one script. Two old users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/app/dashboard": ({ user, flash }) => (flash.signedIn ? `A.track("Signed In");` : "") + (user ? identify(user) : "") } },
    run: (stage) => logins(stage, 2),
    truth: (look) => {
      const followed = look.ids(4, { type: "identify", path: "/app/dashboard" });
      return { expect: look.ids(2, { event: "Signed In" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [followed[2 * at]] })) };
    },
  },

  "104-rudder-login-without-identify": {
    description: "RudderStack: Signed In without any identify. Two old users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/app/dashboard": ({ flash }) => (flash.signedIn ? `A.track("Signed In");` : ""), "/app/settings": () => "" } },
    run: (stage) => logins(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed In" }).map((id) => ({ category: "login-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: look.ids(6, { type: "page", path: /^\/app\// }), note: "true for these /app pages too" }],
    }),
  },

  "105-rudder-plain-reset-then-other-user-at-once": {
    description: "RudderStack: within the app one person changes to a second account: track, reset(), identify(the other), in one script.",
    config,
    site: { sdk: "rudderstack", scripts: switching("A.reset();") },
    run: switchAccount,
    truth: (look) => ({
      optional: [{ category: "two-users-on-one-device", messageIds: look.ids(1, { type: "identify", userId: other.id }), also_accept: look.ids(3, { type: "identify" }), note: "true in its words: two users on one anonymousId, and no reset to be seen between them. reset() was called; but the SDK resets by itself at such an identify, so no log can tell" }],
      notes: "With reset(true) the anonymousId changes as well: 106.",
    }),
  },

  "106-rudder-clean-full-reset-then-other-user": {
    description: "RudderStack: the same with reset(true).",
    config,
    site: { sdk: "rudderstack", scripts: switching("A.reset(true);") },
    run: switchAccount,
    truth: (look) => {
      look.ids(1, { type: "identify", userId: other.id });
      return {};
    },
  },

  "107-rudder-no-reset-other-user-at-once": {
    description: "RudderStack: the same without any reset.",
    config,
    site: { sdk: "rudderstack", scripts: switching("") },
    run: switchAccount,
    truth: (look, { a }) => ({ expect: [{ category: "two-users-on-one-device", messageIds: look.ids(1, { type: "identify", userId: other.id }), also_accept: look.all({ userId: a.id }).map(Look.id) }] }),
  },

  "108-rudder-missing-reset-other-user-logs-in": {
    description: "RudderStack: user A signs up and logs out without reset; an old user B logs in on the same browser.",
    config,
    site: { sdk: "rudderstack", scripts: logout("") },
    async run(stage) {
      const b = stage.returningUser({ email: "rudder.old.hand@example.com" });
      const v = await stage.visitor();
      await v.goto("/signup");
      const a = await v.signup();
      await v.link("logout");
      await v.link("login");
      await v.login(b.email);
      await v.link("settings");
      return { a, b };
    },
    truth: (look, { a, b }) => {
      const pages = look.ids(2, { type: "page", userId: a.id, path: /^\/(login|app\/dashboard)$/ });
      const out = look.ids(1, { event: "Signed Out" });
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages, also_accept: out }, { category: "two-users-on-one-device", messageIds: look.ids(2, { type: "identify", userId: b.id }), also_accept: look.all({ userId: a.id }).map(Look.id) }] };
    },
  },

  "109-rudder-clean-reset-other-user-logs-in": {
    description: "RudderStack: the same with reset() at logout, which keeps the anonymousId.",
    config,
    site: { sdk: "rudderstack", scripts: logout("A.reset();") },
    async run(stage) {
      const b = stage.returningUser({ email: "rudder.old.hand@example.com" });
      const v = await stage.visitor();
      await v.goto("/signup");
      await v.signup();
      await v.link("logout");
      await v.link("login");
      await v.login(b.email);
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
    },
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 1, "one anonymousId");
      return {};
    },
  },

  "110-rudder-redirecting-signup-delivered": {
    description: "RudderStack: track('Signed Up') in the form's submit handler; native POST, redirect to /welcome after 500 ms, so the event gets out. /welcome identifies. Two users.",
    config,
    site: { sdk: "rudderstack", signupDelay: 500, scripts: redirecting },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: onForm(look, 2).map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })), optional: alsoLate(onForm(look, 2)) }),
  },

  "111-rudder-redirecting-signup-cut-off": {
    description: "RudderStack: the same, but the server answers at once and the collector is slow to answer: the request is cut off, and the SDK's queue may send it again from /welcome. Two users.",
    config, losses: true,
    site: { sdk: "rudderstack", signupDelay: 5, scripts: redirecting },
    async run(stage) {
      stage.collector.policy = ({ method, path }) => (method === "OPTIONS" && path === "/v1/track" ? { optionsDelay: 300 } : {});
      return signups(stage, 2, { ms: 16_000 }); // the queue of a page that is gone is taken over after some ten seconds
    },
    truth: (look) => {
      const ids = onForm(look, 2);
      const repeated = look.copies().map(([id]) => id);
      return {
        expect: ids.map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })),
        optional: [...alsoLate(ids), ...(repeated.length ? [{ category: "duplicate-message-id", messageIds: repeated, note: "true: received before and after the page changed" }] : [])],
      };
    },
  },

  "112-rudder-alias-after-identify": {
    description: "RudderStack: identify, then alias(userId): the SDK takes the user who is known as the previous id, so the user is aliased to itself. Two users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/welcome": ({ user, flash }) => (user ? identify(user) + (flash.signedUp ? `A.alias(${js(user.id)}); ${signedUp(user)}` : "") : "") } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.require(look.all({ type: "alias" }).every((event) => event.previousId === event.userId), "previousId equals userId");
      const followed = identifies(look, 2);
      return { expect: look.ids(2, { type: "alias" }).map((id, at) => ({ category: "alias-after-identify", messageIds: [id], also_accept: [followed[at]] })) };
    },
  },

  "113-rudder-clean-alias-then-identify": {
    description: "RudderStack: alias(userId), then identify: the previous id is the visitor's. Two users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/welcome": ({ user, flash }) => (user ? (flash.signedUp ? `A.alias(${js(user.id)});` : "") + identify(user) + (flash.signedUp ? signedUp(user) : "") : "") } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.require(look.all({ type: "alias" }).every((event) => event.previousId === event.anonymousId), "previousId is the visitor's");
      return {};
    },
  },

  "115-rudder-clean-server-beside": {
    description: "RudderStack: its Node library identifies and tracks Account Created when the account is made, the browser identifies and tracks Signed Up on /welcome: two names for two things. Two users.",
    config: { ...config, server_truth_event: "Account Created" },
    site: { sdk: "rudderstack" },
    onSignup: (stage, user) => stage.rudderServer({ type: "identify", userId: user.id, traits: { plan: user.plan, createdAt: user.createdAt } }, { type: "track", userId: user.id, event: "Account Created", properties: { plan: user.plan } }),
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.ids(2, { event: "Account Created", library: "analytics-node" });
      look.ids(2, { event: "Signed Up", library: "RudderLabs JavaScript SDK" });
      return {};
    },
  },

  "116-rudder-double-counted-client-and-server": {
    description: "RudderStack: both sides track Signed Up for each of two users, the Node library and the browser.",
    config,
    site: { sdk: "rudderstack" },
    onSignup: (stage, user) => stage.rudderServer({ type: "track", userId: user.id, event: "Signed Up", properties: { plan: user.plan } }),
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed Up", library: "analytics-node" }).map((id) => ({ category: "double-counted-signup", messageIds: look.ids(2, { event: "Signed Up", userId: look.events.find((event) => event.messageId === id).userId }) })),
    }),
  },

  "114-rudder-placeholder-ids": {
    description: "RudderStack: a bug in the page makes the userId the string 'undefined' for one user and 'null' for the next.",
    config,
    site: { sdk: "rudderstack", userId: (_, count) => ["undefined", "null"][count] },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: ["undefined", "null"].map((userId) => ({ category: "placeholder-user-id", messageIds: look.all({ type: "identify", userId }).map(Look.id), also_accept: look.all({ userId }).map(Look.id) })) }),
  },
};
