// The RudderStack JavaScript SDK: it keeps the anonymousId at identify, and at reset() unless reset(true).
import { identify } from "../lib/site.mjs";
import { Look } from "../lib/scenario.mjs";

const config = { dialect: "rudderstack" };
export const logout = (code) => ({ "/logout": () => `A.track("Signed Out"); ${code}` });
export const signedUp = (user) => `A.track("Signed Up", {plan: "${user.plan}"});`;

export async function twoUsers(stage) {
  const v = await stage.visitor();
  await v.goto("/");
  await v.link("pricing");
  await v.link("signup");
  const a = await v.signup();
  await v.link("dashboard");
  await v.link("logout");
  await v.link("home");
  await v.link("signup");
  const b = await v.signup();
  await v.link("dashboard");
  await v.link("logout");
  return { a, b };
}

export async function signups(stage, count, form) {
  for (let number = 0; number < count; number++) {
    const v = await stage.visitor({ agent: ["mac", "windows"][number % 2] });
    await v.goto("/");
    await v.link("signup");
    await v.signup(form);
    await v.link("dashboard");
    await v.close();
  }
}

const leaked = (look, user) => {
  const [out] = look.all({ event: "Signed Out", userId: user.id });
  return look.all({ type: "page", userId: user.id, path: (path) => path !== "/logout", originalTimestamp: (time) => Date.parse(time) > Date.parse(out.originalTimestamp) }).map(Look.id);
};

export default {
  "70-rudder-clean-reset-true": {
    description: "RudderStack: two users one after the other on one browser, reset(true) at logout, which also renews the anonymousId.",
    config,
    site: { sdk: "rudderstack", scripts: logout("A.reset(true);") },
    run: twoUsers,
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 2, "two anonymousIds");
      return {};
    },
  },

  "71-rudder-clean-default-reset": {
    description: "RudderStack: the same with reset(), which clears the user and the session and keeps the anonymousId: right by RudderStack's own rules.",
    config,
    site: { sdk: "rudderstack", scripts: logout("A.reset();") },
    run: twoUsers,
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 1, "one anonymousId");
      return { notes: "Two users on one anonymousId, with pages of no user and a new sessionId between them: this is what a reset looks like here." };
    },
  },

  "72-rudder-clean-login": {
    description: "RudderStack: an old user logs in on two browsers, and logs out with reset(true) on the first.",
    config,
    site: { sdk: "rudderstack", scripts: logout("A.reset(true);") },
    async run(stage) {
      const user = stage.returningUser({ email: "rudder.returner@example.com" });
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("login");
      await v.login(user.email);
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
      const w = await stage.visitor({ agent: "windows" });
      await w.goto("/login");
      await w.login(user.email);
    },
    truth: () => ({}),
  },

  "73-rudder-missing-reset-second-user": {
    description: "RudderStack: logout without reset, then user B signs up: the public pages carry A, and both users share the anonymousId.",
    config,
    site: { sdk: "rudderstack", scripts: logout("") },
    run: twoUsers,
    truth: (look, { a, b }) => {
      const pages = leaked(look, a);
      look.require(pages.length === 3, "/, /signup and B's /welcome carry A");
      return {
        expect: [
          { category: "missing-reset-on-logout", messageIds: pages },
          { category: "two-users-on-one-device", messageIds: look.all({ type: "identify", userId: b.id }).map(Look.id), also_accept: look.all({ userId: (id) => id === a.id || id === b.id }).map(Look.id) },
        ],
      };
    },
  },

  "74-rudder-missing-reset-later-pages": {
    description: "RudderStack: logout without reset; two public pages follow, which carry the user.",
    config,
    site: { sdk: "rudderstack", scripts: logout("") },
    async run(stage) {
      const v = await stage.visitor({ agent: "linux" });
      await v.goto("/");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.link("logout");
      await v.link("home");
      await v.link("pricing");
      return { a };
    },
    truth: (look, { a }) => {
      const pages = leaked(look, a);
      look.require(pages.length === 2, "/ and /pricing carry A");
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages }] };
    },
  },

  "75-rudder-track-before-identify": {
    description: "RudderStack: track('Signed Up'), then identify, in one script. Two users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? signedUp(user) : "") + identify(user) } },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed Up" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [look.ids(2, { type: "identify", path: "/welcome" })[at]] })),
      notes: "Nothing is filled in late here: Signed Up is anonymous.",
    }),
  },

  "76-rudder-signup-without-identify": {
    description: "RudderStack: Signed Up without any identify. Two users.",
    config,
    site: { sdk: "rudderstack", scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? signedUp(user) : ""), "/app/dashboard": () => `A.track("Dashboard Viewed");` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed Up" }).map((id) => ({ category: "signup-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: look.ids(2, { type: "page", path: "/app/dashboard" }), note: "true, but nothing in the log proves that these are pages of a logged-in user" }],
    }),
  },

  "77-rudder-missing-identify-on-page-load": {
    description: "RudderStack: identify on /welcome only; three later loads of /app pages call page() without it.",
    config,
    site: { sdk: "rudderstack", scripts: { "/app/dashboard": () => `A.track("Dashboard Viewed");`, "/app/settings": () => "" } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.link("settings");
      await v.reload();
    },
    truth: (look) => ({ expect: [{ category: "missing-identify-on-page-load", messageIds: look.ids(3, { type: "page", path: /^\/app\// }) }] }),
  },
};
