// posthog-js: its own page views, identify only where the id before was anonymous, the rest in batches of three seconds.
import { traitsOf } from "../lib/site.mjs";
import { Look } from "../lib/scenario.mjs";

const config = { dialect: "posthog" };
const js = (value) => JSON.stringify(value);
export const identify = (user) => `A.identify(${js(user.id)}, ${js(traitsOf(user))});`;
const signedUp = (user) => `A.capture("Signed Up", {plan: ${js(user.plan)}});`;
export const scripts = (own = {}) => ({
  "/pricing": () => `A.capture("Pricing Viewed");`,
  "/welcome": ({ user, flash }) => (user ? identify(user) + (flash.signedUp ? signedUp(user) : "") : ""),
  "/app/dashboard": ({ user, flash }) => (user ? identify(user) : "") + (flash.signedIn ? `A.capture("Signed In", {method: "password"});` : "") + `A.capture("Dashboard Viewed");`,
  "/app/settings": ({ user }) => (user ? identify(user) : ""),
  "/logout": () => `A.capture("Signed Out"); A.reset();`,
  ...own,
});
const noReset = { "/logout": () => `A.capture("Signed Out");` };
// Batches every quarter of a second, the least that the SDK allows: else most calls leave with the page, unseen by a HAR.
export const QUICK = { request_queue_config: { flush_interval_ms: 250 } };
const site = (own, load = {}) => ({ sdk: "posthog", scripts: scripts(own), load: { ...QUICK, ...load } });

async function twoUsers(stage) {
  const v = await stage.visitor();
  await v.goto("/");
  await v.link("pricing", 3500);
  await v.link("signup", 3500);
  const a = await v.signup({ ms: 3500 });
  await v.link("dashboard", 3500);
  await v.link("logout", 3500);
  await v.link("home", 1500);
  await v.link("signup", 1500);
  const b = await v.signup({ ms: 3500 });
  await v.link("dashboard", 3500);
  return { a, b };
}

// The ordinary way of a few visitors: home, signup form, welcome, dashboard.
export async function signups(stage, count, more) {
  const users = [];
  for (let number = 0; number < count; number++) {
    const v = await stage.visitor({ agent: ["mac", "windows", "linux"][number % 3] });
    await v.goto("/");
    await v.link("signup", 800);
    users.push(await v.signup());
    await v.link("dashboard", 900);
    await more?.(v, users[number]);
    await v.close();
  }
  return { users };
}

async function logins(stage, count) {
  for (let number = 0; number < count; number++) {
    const user = stage.returningUser({ email: `old.hand.${number}@example.com` });
    const v = await stage.visitor({ agent: ["windows", "linux"][number % 2] });
    await v.goto("/login", 800);
    await v.login(user.email, { ms: 900 });
    await v.link("settings", 900);
    await v.link("dashboard", 900);
    await v.close();
  }
}

export const idOf = (event) => event.properties.distinct_id ?? event.distinct_id;
const named = (look, name, filter = () => true) => look.all({ event: name }).filter(filter);
// The ids of the events of a name; a wrong number means that the story did not go as planned.
export function planned(look, count, name, filter) {
  const found = named(look, name, filter).map(Look.id);
  look.require(found.length === count, `${count} x ${name}, received ${found.length}`);
  return found;
}
const anonymous = (event) => event.properties.$is_identified === false;
// Page views after a logout that still carry the user who has left.
const leaked = (look, user) => {
  const [out] = named(look, "Signed Out", (event) => idOf(event) === user.id);
  return named(look, "$pageview", (event) => idOf(event) === user.id && Look.time(event) > Look.time(out) && event.properties.$pathname !== "/logout").map(Look.id);
};
// What a track before identify comes to: the signups, each with the identify that follows it.
const late = (look, count, name) => {
  const identifies = named(look, "$identify");
  return planned(look, count, name, anonymous).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [Look.id(identifies[at])] }));
};

export default {
  "80-posthog-clean-two-users": {
    description: "posthog-js: user A signs up, logs out with reset(); user B signs up on the same browser.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts() },
    run: twoUsers,
    truth: (look, { a, b }) => {
      look.require([a, b].every((user) => named(look, "$identify").some((event) => idOf(event) === user.id)), "both identified");
      return { notes: "reset() keeps $device_id and makes a new distinct_id." };
    },
  },

  "81-posthog-two-users-no-reset": {
    description: "posthog-js: user A logs out without reset; user B signs up on the same browser. B's identify is no $identify, for the id before it is no anonymous one.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts(noReset) },
    run: twoUsers,
    truth: (look, { a, b }) => {
      const pages = leaked(look, a);
      look.require(pages.length === 2, "/ and /signup carry A");
      const own = look.all({}).filter((event) => idOf(event) === b.id).map(Look.id);
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages }, { category: "two-users-on-one-device", messageIds: own, also_accept: pages }], notes: "posthog-js sends its own $pageview some 10 ms after the page's scripts have run, so B's /welcome is B's already." };
    },
  },

  "82-posthog-clean-signups-and-logins": {
    description: "posthog-js with profiles for everybody (person_profiles: always): two users sign up, two old ones log in; identify comes first each time, and on every page behind the login.",
    config, losses: true,
    site: site({}, { person_profiles: "always" }),
    async run(stage) {
      await signups(stage, 2, (v) => v.link("settings", 900));
      await logins(stage, 2);
    },
    truth: (look) => {
      planned(look, 2, "Signed Up", (event) => !anonymous(event));
      planned(look, 2, "Signed In", (event) => !anonymous(event));
      planned(look, 4, "$identify");
      return { notes: "Visitors have a profile here ($process_person_profile) although nobody knows who they are." };
    },
  },

  "83-posthog-clean-spa": {
    description: "posthog-js in a single-page application, page views by history change: signup by fetch, identify, Signed Up; logout with reset(), and a second user signs up in the same document.",
    config, losses: true,
    site: {
      sdk: "posthog", load: { ...QUICK, capture_pageview: "history_change" },
      spa: () => `
const traits = (u) => ({email: u.email, name: u.name, plan: u.plan, createdAt: u.createdAt});
const view = document.querySelector("#view");
const post = (to, form) => fetch(to, {method: "POST", body: new URLSearchParams(form ? new FormData(form) : {})}).then((r) => r.json());
function show(path) {
  view.innerHTML = path === "/signup" ? '<form id="f"><input name="name"><input name="email"><input name="plan" value="free"><input name="password"><button id="go">Go</button></form>' : "";
  const form = view.querySelector("#f");
  if (form) form.onsubmit = async (event) => {
    event.preventDefault();
    const user = await post("/api/signup", form);
    A.identify(user.id, traits(user)); A.capture("Signed Up", {plan: user.plan});
    go("/welcome");
  };
}
function go(path) { history.pushState({}, "", path); show(path); }
document.querySelectorAll("nav a").forEach((a) => a.onclick = async (event) => {
  event.preventDefault();
  if (a.id === "n-logout") { await post("/api/logout"); A.capture("Signed Out"); A.reset(); go("/"); }
  else go(a.getAttribute("href"));
});
show(location.pathname);`,
    },
    async run(stage) {
      const v = await stage.visitor({ agent: "windows" });
      await v.goto("/");
      for (let user = 0; user < 2; user++) {
        await v.link("signup", 700);
        await v.signup({ ms: 900 });
        await v.link("dashboard", 700);
        await v.link("settings", 700);
        await v.link("logout", 900);
        await v.link("pricing", 700);
      }
    },
    truth: (look) => {
      planned(look, 2, "Signed Up", (event) => event.properties.$pathname === "/signup");
      planned(look, 2, "$identify");
      return { notes: "Signed Up is captured on the form's page, and the page stays: a route change takes no request along." };
    },
  },

  "84-posthog-clean-gzip": {
    description: "posthog-js as it comes: bodies are gzipped, batches leave every three seconds. Two users sign up, correctly.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts(), load: { disable_compression: false } },
    async run(stage) {
      for (const agent of ["mac", "linux"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup", 1500);
        await v.signup({ ms: 3600 });
        await v.link("dashboard", 3600);
        await v.close();
      }
    },
    truth: (look) => {
      planned(look, 2, "Signed Up", (event) => !anonymous(event));
      return { notes: "A HAR keeps a packed body as text, which cannot be unpacked any more: such requests are rejects there." };
    },
  },

  "85-posthog-track-before-identify": {
    description: "posthog-js: capture('Signed Up'), then identify, in one script. Two users.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (user ? (flash.signedUp ? signedUp(user) : "") + identify(user) : "") }),
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: late(look, 2, "Signed Up") }),
  },

  "86-posthog-track-before-identify-async": {
    description: "posthog-js: capture('Signed Up') at once, identify after fetch('/api/me') some 300 ms later. Two users.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (user ? `${flash.signedUp ? signedUp(user) : ""} fetch("/api/me").then((r) => r.json()).then((me) => { ${identify(user)} });` : "") }),
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: late(look, 2, "Signed Up") }),
  },

  "87-posthog-login-before-identify": {
    description: "posthog-js: capture('Signed In'), then identify, in one script. Two old users.",
    config, losses: true,
    site: site({ "/app/dashboard": ({ user, flash }) => (flash.signedIn ? `A.capture("Signed In", {method: "password"});` : "") + (user ? identify(user) : "") }),
    run: (stage) => logins(stage, 2),
    truth: (look) => ({ expect: late(look, 2, "Signed In") }),
  },

  "88-posthog-signup-without-identify": {
    description: "posthog-js: Signed Up is captured on /welcome; identify is called nowhere. Two users.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (flash.signedUp ? signedUp(user) : ""), "/app/dashboard": () => `A.capture("Dashboard Viewed");` }),
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: planned(look, 2, "Signed Up", anonymous).map((id) => ({ category: "signup-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: named(look, "$pageview", (event) => event.properties.$pathname === "/app/dashboard").map(Look.id), note: "true, but nothing in the log proves that these are pages of a logged-in user" }],
    }),
  },

  "89-posthog-login-without-identify": {
    description: "posthog-js: Signed In is captured on the dashboard, identify is called nowhere. Two old users.",
    config, losses: true,
    site: site({ "/app/dashboard": ({ flash }) => (flash.signedIn ? `A.capture("Signed In", {method: "password"});` : ""), "/app/settings": () => "" }),
    run: (stage) => logins(stage, 2),
    truth: (look) => ({
      expect: planned(look, 2, "Signed In", anonymous).map((id) => ({ category: "login-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: named(look, "$pageview", (event) => /^\/app\//.test(event.properties.$pathname)).map(Look.id), note: "true for these /app pages too" }],
    }),
  },

  "90-posthog-missing-reset-later-pages": {
    description: "posthog-js: logout without reset; two public pages follow, which carry the user.",
    config, losses: true,
    site: site(noReset),
    async run(stage) {
      const { users } = await signups(stage, 1, async (v) => {
        await v.link("logout", 900);
        await v.link("home", 700);
        await v.link("pricing", 900);
      });
      return { a: users[0] };
    },
    truth: (look, { a }) => {
      const pages = leaked(look, a);
      look.require(pages.length === 2, "/ and /pricing carry the user");
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages, also_accept: planned(look, 1, "Signed Out") }] };
    },
  },

  "91-posthog-missing-reset-other-user-logs-in": {
    description: "posthog-js: user A signs up and logs out without reset; an old user B logs in on the same browser.",
    config, losses: true,
    site: site(noReset),
    async run(stage) {
      const b = stage.returningUser({ email: "old.hand@example.com" });
      const { users } = await signups(stage, 1, async (v) => {
        await v.link("logout", 900);
        await v.link("login", 900);
        await v.login(b.email, { ms: 900 });
        await v.link("settings", 900);
      });
      return { a: users[0], b };
    },
    truth: (look, { a, b }) => {
      const pages = leaked(look, a);
      look.require(pages.length === 1, "/login carries A");
      const own = look.all({}).filter((event) => idOf(event) === b.id).map(Look.id);
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages, also_accept: planned(look, 1, "Signed Out") }, { category: "two-users-on-one-device", messageIds: own, also_accept: pages }] };
    },
  },

  "92-posthog-clean-other-user-logs-in": {
    description: "posthog-js: the same with reset() at logout.",
    config, losses: true,
    site: site(),
    async run(stage) {
      const b = stage.returningUser({ email: "old.hand@example.com" });
      await signups(stage, 1, async (v) => {
        await v.link("logout", 900);
        await v.link("login", 900);
        await v.login(b.email, { ms: 900 });
        await v.link("settings", 900);
        await v.link("logout", 900);
        await v.link("home", 700);
      });
    },
    truth: (look) => {
      planned(look, 2, "$identify");
      return {};
    },
  },

  "93-posthog-clean-alias": {
    description: "posthog-js: after identify the user gets a second id, alias(the id of another system), which PostHog allows at any time. Two users.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (user ? identify(user) + (flash.signedUp ? `A.alias(${js(`crm-${user.id}`)}); ${signedUp(user)}` : "") : "") }),
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      planned(look, 2, "$create_alias");
      return {};
    },
  },

  "94-posthog-alias-instead-of-identify": {
    description: "posthog-js: alias(user id) is called where identify belongs; identify is called nowhere. Two users.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (flash.signedUp ? `A.alias(${js(user.id)}); ${signedUp(user)}` : ""), "/app/dashboard": () => `A.capture("Dashboard Viewed");` }),
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      planned(look, 2, "$create_alias", anonymous);
      const pages = named(look, "$pageview", (event) => event.properties.$pathname === "/app/dashboard").map(Look.id);
      return {
        optional: [
          { category: "signup-without-identify", messageIds: planned(look, 2, "Signed Up", anonymous), note: "true in its words, and milder: alias has linked the visitor to the user on PostHog's side, but the browser goes on as a visitor" },
          { category: "missing-identify-on-page-load", messageIds: pages, note: "true, but nothing in the log proves that these are pages of a logged-in user" },
        ],
      };
    },
  },

  "95-posthog-placeholder-ids": {
    description: "posthog-js: the code identifies with what stands in an empty variable: [object Object] for one user, guest for the next. (The SDK itself refuses undefined and null.)",
    config, losses: true,
    site: { ...site(), userId: (_, count) => ["[object Object]", "guest"][count] },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: named(look, "$identify").map((event) => ({ category: "placeholder-user-id", messageIds: [Look.id(event)], also_accept: look.all({}).filter((other) => idOf(other) === idOf(event)).map(Look.id) })) }),
  },

  "96-posthog-email-as-user-id": {
    description: "posthog-js: the userId is the e-mail address. Two users.",
    config, losses: true,
    site: { ...site(), userId: (user) => user.email },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: [{ category: "user-id-is-email", messageIds: planned(look, 2, "$identify"), also_accept: look.all({}).filter((event) => /@/.test(idOf(event))).map(Look.id) }] }),
  },

  "97-posthog-redirecting-signup": {
    description: "posthog-js: capture('Signed Up') in the form's submit handler; native POST and redirect to /welcome, which identifies. The event waits in the queue and leaves with the page, by a beacon. Two users.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts({ "/signup": () => `document.querySelector("#f").addEventListener("submit", () => A.capture("Signed Up", {method: "email"}));`, "/welcome": ({ user }) => (user ? identify(user) : "") }) },
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup", 1200);
        await v.signup({ ms: 3600 });
        await v.link("dashboard", 3600);
        await v.close();
      }
    },
    truth: (look) => ({
      expect: late(look, 2, "Signed Up").map((item) => ({ ...item, only: "events" })),
      optional: [{ category: "signup-on-redirecting-page", messageIds: planned(look, 2, "Signed Up", (event) => event.properties.$pathname === "/signup"), note: "captured on the form's page, in truth; but posthog-js hands what is left to the browser as the page goes, which delivers it: nothing is at risk" }],
      notes: "The beacon is in no HAR.",
    }),
  },

  "98-posthog-password-trait": {
    description: "posthog-js: identify sends the password along. One user; a second one signs up correctly.",
    config, losses: true,
    site: site({ "/welcome": ({ user, flash }) => (user ? (user.plan === "pro" && flash.signedUp ? `A.identify(${js(user.id)}, {...${js(traitsOf(user))}, password: "correct horse 9"});` : identify(user)) + (flash.signedUp ? signedUp(user) : "") : "") }),
    async run(stage) {
      const users = [];
      for (const plan of ["pro", "free"]) {
        const v = await stage.visitor();
        await v.goto("/signup", 800);
        users.push(await v.signup({ plan }));
        await v.link("dashboard", 900);
        await v.close();
      }
      return { users };
    },
    truth: (look, { users }) => ({ expect: [{ category: "sensitive-trait-client-side", messageIds: planned(look, 1, "$identify", (event) => idOf(event) === users[0].id) }] }),
  },
};
