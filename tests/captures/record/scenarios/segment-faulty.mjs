// Each of the classic mistakes with the Segment libraries, and what must be found.
import { CORRECT, identify, traitsOf } from "../lib/site.mjs";
import { Look } from "../lib/scenario.mjs";
import { spa } from "./segment-clean.mjs";

const js = (value) => JSON.stringify(value);
const signedUp = (user) => `A.track("Signed Up", {plan: ${js(user.plan)}, method: "email"});`;
const MIXPANEL = { config: { destinations: ["Mixpanel"] }, collector: { destinations: ["Mixpanel"] } };
const NODE = "@segment/analytics-node";

// The ordinary way of a few visitors: home, signup form, welcome, dashboard.
async function signups(stage, count, { plans = [], more, ...form } = {}) {
  const users = [];
  for (let number = 0; number < count; number++) {
    const v = await stage.visitor({ agent: ["mac", "windows", "linux"][number % 3] });
    await v.goto("/");
    await v.link("signup");
    users.push(await v.signup({ plan: plans[number] ?? "free", ...form }));
    await v.link("dashboard");
    await more?.(v, users[number]);
    await v.close();
  }
  return { users };
}

// Page views after a logout that still carry the user who has left.
const leaked = (look, user, from) => look.all({ type: "page", userId: user.id, path: (path) => path !== "/logout", timestamp: (time) => Date.parse(time) > Date.parse(from.timestamp) });

const inSubmit = (event = "Signed Up") => `document.querySelector("#f").addEventListener("submit", () => A.track(${js(event)}, {method: "email"}));`;
const welcomeIdentifies = ({ user }) => (user ? identify(user) : "");

const twice = (code) => code + code.replaceAll("A.", "second.");

// What the signups tracked in a submit handler came to: how often each was received, and what that makes true.
function redirectTruth(look, count, { identified = true } = {}) {
  const signups = look.ids(count, { event: "Signed Up", path: "/signup" });
  const copies = look.copies();
  const duplicated = copies.map(([id]) => id);
  const optional = [];
  if (identified) optional.push({ category: "identify-after-track", messageIds: signups, note: "also true: the signup was tracked on the page before the one that identifies" });
  return { signups, copies, duplicated, optional };
}

export default {
  "30-track-before-identify-same-tick": {
    description: "The library is ready; one script on /welcome calls track('Signed Up') and then identify. The userId is on both events (filled in when they are sent); the time alone shows the order. Two users.",
    site: { scripts: { "/welcome": ({ user, flash }) => `analytics.ready(() => { ${flash.signedUp ? signedUp(user) : ""} ${identify(user)} });` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.require(look.all({ event: "Signed Up" }).every((event) => event.userId), "late fill");
      return { expect: look.ids(2, { event: "Signed Up" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [look.ids(2, { type: "identify", path: "/welcome" })[at]] })) };
    },
  },

  "31-track-before-identify-async": {
    description: "track('Signed Up') at once, identify after fetch('/api/me') some 300 ms later: the signup goes out anonymous. Two users.",
    site: { scripts: { "/welcome": ({ user, flash }) => `${flash.signedUp ? signedUp(user) : ""} fetch("/api/me").then((r) => r.json()).then((me) => { ${identify(user)} });` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.ids(2, { event: "Signed Up", anonymous: true });
      return { expect: look.ids(2, { event: "Signed Up" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [look.ids(2, { type: "identify", path: "/welcome" })[at]] })) };
    },
  },

  "32-preload-replay-grouping": {
    description: "Correct code (track Welcome Viewed, identify, track Signed Up), called before the library is loaded: the replay is grouped by method, so Signed Up is sent before identify. Two users.",
    collector: { bundleDelay: 250 },
    site: { scripts: { "/welcome": ({ user, flash }) => `A.track("Welcome Viewed"); ${identify(user)} ${flash.signedUp ? signedUp(user) : ""}` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      const tracks = look.all({ event: "Signed Up" });
      const identifies = look.all({ type: "identify", path: "/welcome" });
      look.require(tracks.every((track, at) => Look.time(track) < Look.time(identifies[at])), "the replay puts Signed Up first");
      return {
        expect: tracks.map((track, at) => ({ category: "identify-after-track", messageIds: [track.messageId], also_accept: [identifies[at].messageId] })),
        notes: "The calls were made in the right order; what was recorded, and what every destination receives, is in the wrong one. Milder than a wrong order in the code.",
      };
    },
  },

  "33-signup-without-identify": {
    description: "Signed Up is tracked on /welcome; identify is called nowhere. Two users.",
    site: { scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? signedUp(user) : ""), "/app/dashboard": () => `A.track("Dashboard Viewed");` } },
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed Up" }).map((id) => ({ category: "signup-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: look.ids(2, { type: "page", path: "/app/dashboard" }), note: "true, but nothing in the log proves that these are pages of a logged-in user" }],
    }),
  },

  "34-login-without-identify": {
    description: "Signed In is tracked on the dashboard of a browser that is new to the log; identify is called nowhere. Two old users; a third logs in correctly afterwards.",
    site: { scripts: { "/app/dashboard": ({ user, flash }) => (user.email.startsWith("good") ? CORRECT["/app/dashboard"]({ user, flash }) : `${flash.signedIn ? `A.track("Signed In");` : ""} A.track("Dashboard Viewed");`), "/app/settings": ({ user }) => (user.email.startsWith("good") ? identify(user) : "") } },
    async run(stage) {
      for (const name of ["bad.one", "bad.two", "good"]) {
        const user = stage.returningUser({ email: `${name}@example.com` });
        const v = await stage.visitor();
        await v.goto("/login");
        await v.login(user.email);
        await v.link("settings");
        await v.close();
      }
    },
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed In", anonymous: true }).map((id) => ({ category: "login-without-identify", messageIds: [id] })),
      optional: [{ category: "missing-identify-on-page-load", messageIds: look.ids(4, { type: "page", path: /^\/app\//, anonymous: true }), note: "true for these /app pages too" }],
    }),
  },

  "35-alias-after-identify-mixpanel": {
    ...MIXPANEL,
    description: "Mixpanel: identify is awaited, then alias(userId) is called. The SDK can only send previousId = userId. Two users.",
    site: { scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? `analytics.ready(async () => { await ${identify(user)} await A.alias(${js(user.id)}); await ${signedUp(user)} });` : identify(user)) } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.require(look.all({ type: "alias" }).every((event) => event.previousId === event.userId), "previousId equals userId");
      return aliasTruth(look, 2);
    },
  },

  "36-self-alias-unawaited-mixpanel": {
    ...MIXPANEL,
    description: "Mixpanel: alias(userId); identify(userId); as the documentation shows it, not awaited. previousId is computed when the alias is sent, after identify: previousId equals userId. Two users.",
    site: { scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? `analytics.ready(() => { A.alias(${js(user.id)}); ${identify(user)} ${signedUp(user)} });` : identify(user)) } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      look.require(look.all({ type: "alias" }).every((event) => event.previousId === event.userId), "previousId equals userId");
      return aliasTruth(look, 2);
    },
  },

  "37-server-identify-before-client-alias-mixpanel": {
    ...MIXPANEL,
    description: "Mixpanel: the server (Node library) identifies when the account is made; the browser's alias (explicit, awaited) follows more than two seconds later. Two users.",
    site: { signupDelay: 10, scripts: { "/welcome": ({ user, flash }) => (flash.signedUp ? `analytics.ready(() => setTimeout(async () => { await A.alias(${js(user.id)}, analytics.user().anonymousId()); await ${identify(user)} await ${signedUp(user)} }, 2500));` : identify(user)) } },
    onSignup: (stage, user) => stage.nodeServer({ type: "identify", userId: user.id, traits: { plan: user.plan } }),
    run: (stage) => signups(stage, 2, { ms: 3600 }),
    truth: (look) => {
      const servers = look.ids(2, { type: "identify", library: NODE });
      const aliases = look.ids(2, { type: "alias" });
      return {
        expect: servers.map((id, at) => ({ category: "server-identify-before-client-alias", messageIds: [id, aliases[at]] })),
        optional: [{ category: "alias-after-identify", messageIds: aliases, note: "true in its words ('or by the server'): the alias is for a user whom the server has identified" }],
      };
    },
  },

  "38-missing-alias-mixpanel": {
    ...MIXPANEL,
    description: "Mixpanel in its legacy mode needs alias; the signups of two users are identified and tracked, never aliased.",
    run: (stage) => signups(stage, 2),
    truth: (look) => ({
      expect: look.ids(2, { event: "Signed Up" }).map((id, at) => ({ category: "missing-alias", messageIds: [id], also_accept: look.all({ type: "identify", userId: look.all({ event: "Signed Up" })[at].userId }).map(Look.id) })),
    }),
  },

  "39-redirecting-signup-delivered": {
    description: "track('Signed Up') in the form's submit handler; native POST, redirect to /welcome after 400 ms, so the events get out. /welcome identifies. Two users.",
    site: { signupDelay: 400, scripts: { "/signup": () => inSubmit(), "/welcome": welcomeIdentifies } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      const { signups: ids, optional, copies } = redirectTruth(look, 2);
      look.require(!copies.length, "delivered once");
      return { expect: ids.map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })), optional };
    },
  },

  "40-redirecting-signup-late": {
    description: "The same, but the server answers at once and the collector's preflight takes 250 ms: the request is aborted before it is sent, kept by the SDK and sent again by /welcome. Two users.",
    losses: true,
    site: { signupDelay: 5, scripts: { "/signup": () => inSubmit(), "/welcome": welcomeIdentifies } },
    async run(stage) {
      stage.collector.policy = ({ method, path }) => (method === "OPTIONS" && path === "/v1/t" ? { optionsDelay: 250 } : {});
      return signups(stage, 2, { ms: 2500 });
    },
    truth: (look) => {
      const { signups: ids, optional, copies } = redirectTruth(look, 2);
      look.require(!copies.length, "delivered once");
      look.require(look.all({ event: "Signed Up" }).every((event) => event.userId && Date.parse(event.sentAt) - Date.parse(event.timestamp) > 100), "late, with the userId");
      return { expect: ids.map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })), optional };
    },
  },

  "41-redirecting-signup-duplicated": {
    description: "The same with a preflight that is cached (Signup Started was tracked on the form's page): the request arrives, its response is lost to the page change, and /welcome sends the event again, now with a userId. Two users.",
    losses: true,
    site: { signupDelay: 60, scripts: { "/signup": () => `A.track("Signup Started"); ${inSubmit()}`, "/welcome": welcomeIdentifies } },
    async run(stage) {
      stage.collector.policy = ({ events }) => (events?.some((event) => event.event === "Signed Up") ? { delay: 500 } : {});
      return signups(stage, 2, { ms: 2500 });
    },
    truth: (look) => {
      const { signups: ids, optional, duplicated, copies } = redirectTruth(look, 2);
      look.require(ids.every((id) => duplicated.includes(id)), "each signup received twice");
      look.require(copies.every(([, list]) => list[0].userId !== list[1].userId), "the copies differ");
      return {
        expect: [...ids.map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })), ...ids.map((id) => ({ category: "duplicate-message-id", messageIds: [id], only: "events" }))],
        optional,
        notes: "Two receptions of one messageId are one signup, not two (double-counted-signup). In the HAR the first request counts as aborted: that it arrived is not to be seen there.",
      };
    },
  },

  "42-redirecting-signup-lost-to-other-origin": {
    description: "track('Signed Up') in the submit handler; the signup leads to a welcome page on another origin and the request is aborted: never sent again. The server tracks Account Created for each. A second visitor's event gets out, as the server took longer.",
    config: { server_truth_event: "Account Created" },
    losses: true,
    onSignup: (stage, user) => stage.nodeServer({ type: "track", event: "Account Created", userId: user.id, properties: { plan: user.plan } }),
    site: {
      signupDelay: 5, scripts: { "/signup": () => inSubmit(), "/welcome": welcomeIdentifies },
      signupRedirect: (user, session) => (user.plan === "pro" ? `http://127.0.0.1:8412/welcome?handoff=${session.sid}` : "/welcome"),
    },
    async run(stage) {
      const slow = ({ method, path }) => (method === "OPTIONS" && path === "/v1/t" ? { optionsDelay: 600 } : {});
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      stage.site.options.signupDelay = 500;
      const kept = await v.signup();
      await v.link("dashboard");
      stage.collector.policy = slow;
      stage.site.options.signupDelay = 5;
      const w = await stage.visitor({ agent: "windows" });
      await w.goto("/");
      await w.link("signup");
      const lost = await w.signup({ plan: "pro", ms: 2500 });
      stage.collector.policy = () => ({});
      await w.reload();
      return { kept, lost };
    },
    truth: (look, { kept, lost }) => {
      const [delivered] = look.ids(1, { event: "Signed Up" });
      return {
        expect: [
          { category: "missing-signup", messageIds: look.ids(1, { event: "Account Created", userId: lost.id }), also_accept: look.all({ type: "identify", userId: lost.id }).map(Look.id) },
          { category: "signup-on-redirecting-page", messageIds: [delivered] },
        ],
        optional: [
          { category: "identify-after-track", messageIds: [delivered, ...look.all({ type: "identify", userId: kept.id }).map(Look.id)], note: "also true of the signup that was delivered" },
          { category: "signup-without-identify", messageIds: look.sentIds(1, 2, "Signed Up"), note: "of session-2.har only: the lost signup's anonymousId is never identified, as the welcome page on the other origin has one of its own" },
        ],
        expect_har: [{ category: "signup-on-redirecting-page", messageIds: look.sentIds(1, 2, "Signed Up") }],
        notes: "The lost event's request is in session-2.har only (status -1), with a messageId that no other file holds.",
      };
    },
  },

  "43-missing-reset-second-user": {
    description: "The logout page tracks Signed Out, without reset; then user B signs up on the same browser, and logs out in the same way.",
    site: { scripts: { "/logout": () => `A.track("Signed Out");` } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
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
    },
    truth: (look, { a, b }) => {
      const pages = leaked(look, a, look.all({ event: "Signed Out", userId: a.id })[0]).map(Look.id);
      look.require(pages.length === 3, "/, /signup and B's /welcome carry A");
      return {
        expect: [{ category: "missing-reset-on-logout", messageIds: pages }],
        optional: [{ category: "two-users-on-one-device", messageIds: [...pages, ...look.all({ userId: b.id }).map(Look.id)], note: "true of the browser; analytics.js gives the second user a new anonymousId by itself" }],
      };
    },
  },

  "44-missing-reset-later-pages": {
    description: "Logout without reset; the visitor goes on reading public pages, which still carry the userId. A second visitor does the same, with reset.",
    site: { scripts: { "/logout": ({ user }) => `A.track("Signed Out"); ${user.plan === "pro" ? "A.reset();" : ""}` } },
    async run(stage) {
      const users = [];
      for (const plan of ["free", "pro"]) {
        const v = await stage.visitor({ agent: plan === "pro" ? "linux" : "mac" });
        await v.goto("/");
        await v.link("signup");
        users.push(await v.signup({ plan }));
        await v.link("dashboard");
        await v.link("logout");
        await v.link("home");
        await v.link("pricing");
        await v.close();
      }
      return { users };
    },
    truth: (look, { users: [a, b] }) => {
      const pages = leaked(look, a, look.all({ event: "Signed Out", userId: a.id })[0]).map(Look.id);
      look.require(pages.length === 2, "/ and /pricing carry A");
      look.require(!leaked(look, b, look.all({ event: "Signed Out", userId: b.id })[0]).length, "B is reset");
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages }] };
    },
  },

  "45-missing-reset-logout-by-click": {
    description: "Sign out by a click: the session ends on the server, Signed Out is tracked, the home page opens. No logout page, no reset.",
    losses: true,
    site: {
      scripts: { "/app/settings": ({ user }) => `${identify(user)} document.querySelector("#out").onclick = async () => { await fetch("/api/logout", {method: "POST"}); A.track("Signed Out"); setTimeout(() => location.href = "/", 250); };` },
    },
    async run(stage) {
      const v = await stage.visitor({ agent: "windows" });
      await v.goto("/");
      await v.link("signup");
      const a = await v.signup();
      await v.link("settings");
      await v.page.click("#out");
      await v.page.waitForURL((url) => url.pathname === "/");
      await v.settle(900);
      await v.link("pricing");
      await v.link("login");
      return { a };
    },
    truth: (look, { a }) => {
      const pages = leaked(look, a, look.all({ event: "Signed Out" })[0]).map(Look.id);
      look.require(pages.length === 3, "/, /pricing and /login carry A");
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages }] };
    },
  },

  "46-stale-second-tab-undoes-reset": {
    description: "Logout with reset in tab 1. Tab 2, open since before, tracks a click and so writes the old user back; from then on tab 1 is the old user again.",
    site: { scripts: { "/app/settings": ({ user }) => `${identify(user)} document.querySelector("#project").onclick = () => A.track("Project Created");` } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      const first = v.page;
      const second = await v.newTab();
      await v.goto("/app/settings");
      v.use(first);
      await v.link("logout");
      v.use(second);
      await v.click("#project");
      v.use(first);
      await v.link("home");
      await v.link("pricing");
      return { a };
    },
    truth: (look, { a }) => {
      const pages = leaked(look, a, look.all({ event: "Signed Out" })[0]).map(Look.id);
      look.require(pages.length === 2, "/ and /pricing carry A");
      return {
        expect: [{ category: "missing-reset-on-logout", messageIds: pages }],
        notes: "reset WAS called; what is recorded equals a missing reset, and so does the harm. A finding should not swear that the call is absent.",
      };
    },
  },

  "47-missing-identify-on-page-load": {
    description: "identify is called once, on /welcome; four later loads of /app pages call page() only. A second visitor's pages identify.",
    site: { scripts: { "/app/dashboard": ({ user }) => (user.plan === "pro" ? identify(user) : "") + `A.track("Dashboard Viewed");`, "/app/settings": ({ user }) => (user.plan === "pro" ? identify(user) : "") } },
    run: (stage) => signups(stage, 2, {
      plans: ["free", "pro"],
      more: async (v) => {
        await v.link("settings");
        await v.reload();
        await v.link("dashboard");
      },
    }),
    truth: (look, { users: [a] }) => ({ expect: [{ category: "missing-identify-on-page-load", messageIds: look.ids(4, { type: "page", userId: a.id, path: /^\/app\// }) }] }),
  },

  "48-missing-identify-known-from-before": {
    description: "The log begins when the browser has long known its user: /app pages carry the userId, and identify is never seen. Only the site's app_paths tell that these are pages of logged-in users.",
    site: { scripts: { "/app/dashboard": ({ flash, user }) => (flash.signedIn ? identify(user) : "") + `A.track("Dashboard Viewed");`, "/app/settings": () => `A.track("Settings Viewed");` } },
    async run(stage) {
      const user = stage.returningUser({ email: "known@example.com" });
      stage.collector.recording = false;
      const before = await stage.visitor({ har: false });
      await before.goto("/login");
      await before.login(user.email);
      const storageState = await before.close();
      stage.collector.recording = true;
      stage.calls.length = 0;
      const v = await stage.visitor({ storageState });
      await v.goto("/app/dashboard");
      await v.link("settings");
      await v.link("dashboard");
    },
    truth: (look) => {
      look.require(look.events.every((event) => event.userId), "all with the userId");
      return { expect: [{ category: "missing-identify-on-page-load", messageIds: look.ids(3, { type: "page", path: /^\/app\// }), needs_site_config: true }] };
    },
  },

  "49-anonymous-app-pages": {
    description: "A magic link opens the app on a new browser: the server knows the user, the pages never identify. Without the site's app_paths nothing shows it.",
    site: { scripts: { "/app/dashboard": () => `A.track("Dashboard Viewed");`, "/app/settings": () => "" } },
    async run(stage) {
      const user = stage.returningUser({ email: "magic@example.com" });
      const v = await stage.visitor({ agent: "linux" });
      stage.site.sessions.set("magic", { sid: "magic", user });
      await v.goto("/app/dashboard?handoff=magic");
      await v.link("settings");
      await v.link("dashboard");
    },
    truth: (look) => ({ expect: [{ category: "missing-identify-on-page-load", messageIds: look.ids(3, { type: "page", path: /^\/app\// }), needs_site_config: true }] }),
  },

  "50-email-as-user-id": {
    description: "The e-mail address is the userId. Two users.",
    site: { userId: (user) => user.email },
    run: (stage) => signups(stage, 2),
    truth: (look, { users }) => ({
      expect: users.map((user) => ({ category: "user-id-is-email", messageIds: look.all({ type: "identify", userId: user.email }).map(Look.id), also_accept: look.all({ userId: user.email, type: (type) => type !== "identify" }).map(Look.id) })),
    }),
  },

  "51-placeholder-user-ids": {
    description: "A bug in the page makes the userId the string 'undefined', 'null', or NaN (the SDK makes it the string NaN). Three visitors sign up.",
    site: {
      scripts: {
        "/welcome": ({ user, flash }) => `A.identify(${{ free: `String(window.nobody)`, pro: `"" + null`, team: `Number("x")` }[user.plan]}, ${js(traitsOf(user))}); ${flash.signedUp ? signedUp(user) : ""}`,
        "/app/dashboard": ({ user }) => `A.identify(${{ free: `String(window.nobody)`, pro: `"" + null`, team: `Number("x")` }[user.plan]}); A.track("Dashboard Viewed");`,
      },
    },
    run: (stage) => signups(stage, 3, { plans: ["free", "pro", "team"] }),
    truth: (look) => ({
      expect: ["undefined", "null", "NaN"].map((userId) => ({ category: "placeholder-user-id", messageIds: look.ids(2, { type: "identify", userId }), also_accept: look.all({ userId, type: (type) => type !== "identify" }).map(Look.id) })),
    }),
  },

  "52-password-trait": {
    description: "identify on /welcome sends the password as a trait; later pages identify without traits, and the SDK sends the stored password again.",
    site: {
      scripts: {
        "/welcome": ({ user, flash }) => `A.identify(${js(user.id)}, ${js({ ...traitsOf(user), password: "correct horse 9" })}); ${flash.signedUp ? signedUp(user) : ""}`,
        "/app/dashboard": ({ user }) => `A.identify(${js(user.id)}); A.track("Dashboard Viewed");`,
      },
    },
    run: (stage) => signups(stage, 2),
    truth: (look, { users }) => {
      look.require(look.all({ type: "identify" }).every((event) => event.traits.password), "the password goes on being sent");
      return { expect: users.map((user) => ({ category: "sensitive-trait-client-side", messageIds: look.ids(2, { type: "identify", userId: user.id }) })) };
    },
  },

  "53-card-number-in-track": {
    description: "A track call in the browser carries card_number; another one has a card number in free text. The server (Node library) sends nothing of the kind.",
    site: { scripts: { "/app/settings": ({ user }) => `${identify(user)} A.track("Checkout Completed", {revenue: 49, currency: "USD", card_number: "4111111111111111"}); A.track("Note Saved", {text: "paid with 4242 4242 4242 4242 today"});` } },
    run: (stage) => signups(stage, 1, { more: (v) => v.link("settings") }),
    truth: (look) => ({
      expect: [{ category: "sensitive-trait-client-side", messageIds: look.ids(1, { event: "Checkout Completed" }) }],
      optional: [{ category: "sensitive-trait-client-side", messageIds: look.ids(1, { event: "Note Saved" }), note: "a real card number in free text (it passes the Luhn check): true, but only its value shows it" }],
    }),
  },

  "54-duplicate-by-503-retry": {
    description: "The collector stores Signed Up and one page event, but answers 503; the SDK retries, the same messageId arrives again.",
    losses: true,
    async run(stage) {
      const failed = new Set();
      stage.collector.policy = ({ events }) => {
        const event = events?.[0];
        if (!event || failed.has(event.messageId)) return {};
        if (event.event !== "Signed Up" && !(event.type === "page" && event.context.page.path === "/pricing")) return {};
        failed.add(event.messageId);
        return { status: 503 };
      };
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("pricing", 2500);
      await v.link("signup");
      await v.signup({ ms: 3000 });
      await v.link("dashboard");
    },
    truth: (look) => {
      const copies = look.copies();
      look.require(copies.length === 2 && copies.every(([, list]) => list.length === 2), "two events received twice");
      return {
        expect: copies.map(([id]) => ({ category: "duplicate-message-id", messageIds: [id], only: "events" })),
        notes: "The HAR shows a 503 and then a 200. The copies differ in sentAt and _metadata.retryCount only.",
      };
    },
  },

  "55-double-counted-client-and-server": {
    description: "Browser (/welcome) and server (Node library) both track Signed Up for each of two users.",
    onSignup: (stage, user) => stage.nodeServer({ type: "track", event: "Signed Up", userId: user.id, properties: { plan: user.plan, source: "backend" } }),
    run: (stage) => signups(stage, 2),
    truth: (look, { users }) => ({ expect: users.map((user) => ({ category: "double-counted-signup", messageIds: look.ids(2, { event: "Signed Up", userId: user.id }) })) }),
  },

  "56-signup-tracked-again-on-reload": {
    description: "/welcome tracks Signed Up on every load; two visitors, one of whom reloads the page.",
    site: { scripts: { "/welcome": ({ user }) => identify(user) + signedUp(user) } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const user = await v.signup({ ms: 1800 });
      await v.reload();
      await v.link("dashboard");
      const w = await stage.visitor({ agent: "linux" });
      await w.goto("/");
      await w.link("signup");
      await w.signup();
      await w.link("dashboard");
      return { user };
    },
    truth: (look, { user }) => ({ expect: [{ category: "double-counted-signup", messageIds: look.ids(2, { event: "Signed Up", userId: user.id }) }] }),
  },

  "57-blocked-client-signup": {
    description: "The server (Python library) tracks Account Created for four users; the browsers of three track Signed Up, that of the third user has a blocker that lets nothing through to the collector.",
    config: { server_truth_event: "Account Created" },
    losses: true,
    onSignup: (stage, user) => stage.pythonServer({ type: "track", user_id: user.id, event: "Account Created", properties: { plan: user.plan } }),
    async run(stage) {
      const users = [];
      for (let number = 0; number < 4; number++) {
        const v = await stage.visitor({ agent: ["mac", "windows", "linux"][number % 3] });
        if (number === 2) await v.context.route(/:8411\/v1\/[a-z]$/, (route) => route.abort("blockedbyclient"));
        await v.goto("/");
        await v.link("signup");
        users.push(await v.signup());
        await v.link("dashboard");
        await v.close();
      }
      return { users };
    },
    truth: (look, { users }) => {
      look.require(look.all({ userId: users[2].id }).length === 1, "only the server knows the third user");
      look.ids(3, { event: "Signed Up" });
      return {
        expect: [],
        optional: [{ category: "missing-signup", messageIds: look.ids(1, { event: "Account Created", userId: users[2].id }), note: "true, but the log ends seconds after the server's signup and the user is never seen again, so the browser's signup might still come; a reader that waits says unsure" }, { category: "signup-on-redirecting-page", messageIds: look.sentIds(1, 3, "Signed Up"), note: "of session-3.har only: the blocked request of Signed Up; lost, but not by a redirect" }],
        notes: "session-3.har is the blocked browser: its requests are there with an error and no response.",
      };
    },
  },

  "58-two-libraries-in-one-page": {
    description: "The snippet and the npm build are both in the page, and each makes every call: two pages, two identifies, two Signed Up with different messageIds. Two users.",
    losses: true,
    site: {
      headExtra: ({ collector }) => `<script src="http://${collector}/analytics-next.js"></script><script>window.second = AnalyticsNext.AnalyticsBrowser.load({writeKey: "wk_toy_web", cdnURL: "http://${collector}"}, {integrations: {"Segment.io": {apiHost: "${collector}/v1", protocol: "http"}}}); second.page();</script>`,
      scripts: {
        "/welcome": ({ user, flash }) => twice(identify(user) + (flash.signedUp ? signedUp(user) : "")),
        "/app/dashboard": ({ user }) => twice(identify(user)),
      },
    },
    run: (stage) => signups(stage, 2),
    truth: (look, { users }) => ({ expect: users.map((user) => ({ category: "double-counted-signup", messageIds: look.ids(2, { event: "Signed Up", userId: user.id }) })) }),
  },

  "59-set-anonymous-id-by-device": {
    description: "Every page calls setAnonymousId('kiosk-0042'). User A signs up and logs out with reset, user B signs up: both on one anonymousId, for the reset was undone.",
    site: { beforePage: () => `A.setAnonymousId("kiosk-0042");` },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.link("logout");
      await v.link("home");
      await v.link("signup");
      const b = await v.signup();
      await v.link("dashboard");
      return { a, b };
    },
    truth: (look, { a, b }) => {
      look.require(look.all({ type: "identify" }).every((event) => event.anonymousId === "kiosk-0042"), "one anonymousId");
      return {
        expect: [{ category: "two-users-on-one-device", messageIds: look.all({ type: "identify", userId: b.id }).map(Look.id), also_accept: look.all({ userId: (id) => id === a.id || id === b.id }).map(Look.id) }],
        optional: [{ category: "missing-reset-on-logout", messageIds: look.all({ userId: b.id }).map(Look.id), note: "reset was called, but the next user inherits the anonymousId" }],
      };
    },
  },

  "60-spa-signup-on-signup-route": {
    description: "A single-page application tracks Signed Up when the signup request has succeeded, still on the /signup route (identify first), then goes to the welcome route. No document is left, nothing is lost.",
    site: { sdk: "segment-npm", spa: spa({ signup: `A.identify(user.id, traits(user)); A.track("Signed Up", {plan: user.plan}); setTimeout(() => go("/welcome"), 50);` }) },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.link("settings");
    },
    truth: (look) => ({
      optional: [{ category: "signup-on-redirecting-page", messageIds: look.ids(1, { event: "Signed Up", path: "/signup" }), note: "the path is the form's, but no page is left: harmless in an SPA" }],
    }),
  },

  "61-trackform-signed-up": {
    description: "trackForm(form, 'Signed Up'): the SDK holds the submit back until the event is out, so it is delivered; /welcome identifies.",
    losses: true,
    site: { scripts: { "/signup": () => `A.trackForm(document.querySelector("#f"), "Signed Up", {method: "email"});`, "/welcome": welcomeIdentifies } },
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      const { signups: ids, optional } = redirectTruth(look, 2);
      return {
        optional: [...optional, { category: "signup-on-redirecting-page", messageIds: ids, note: "tracked on the form's page, before the server has said yes; but trackForm does get it out" }],
        notes: "Ambiguous by design: nothing is asked for, nothing punished.",
      };
    },
  },

  "62-public-pages-without-identify": {
    description: "Logged-in pages identify, public pages do not: a logged-in user reads /pricing in between. For a site that has named its app_paths this is right.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const user = await v.signup();
      await v.link("dashboard");
      await v.link("pricing");
      await v.link("settings");
      return { user };
    },
    truth: (look, { user }) => ({
      optional: [{ category: "missing-identify-on-page-load", messageIds: look.ids(1, { type: "page", path: "/pricing", userId: user.id }), note: "only without the site's config, which does not count /pricing among app_paths" }],
    }),
  },

  "63-login-tracked-before-identify": {
    description: "Old users log in; one script on the dashboard calls track('Signed In') and then identify. Two users.",
    site: { scripts: { "/app/dashboard": ({ user, flash }) => `analytics.ready(() => { ${flash.signedIn ? `A.track("Signed In", {method: "password"});` : ""} ${identify(user)} });` } },
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const user = stage.returningUser({ email: `${agent}.early@example.com` });
        const v = await stage.visitor({ agent });
        await v.goto("/login");
        await v.login(user.email, { ms: 1200 });
        await v.link("settings");
        await v.close();
      }
    },
    truth: (look) => ({ expect: look.ids(2, { event: "Signed In" }).map((id, at) => ({ category: "identify-after-track", messageIds: [id], also_accept: [look.ids(2, { type: "identify", path: "/app/dashboard" })[at]] })) }),
  },

  "64-signup-on-welcome-page-that-forwards": {
    description: "/welcome identifies and tracks, and forwards to the dashboard 60 ms later by itself: the events are in flight when the page goes. Two users.",
    losses: true,
    site: { scripts: { "/welcome": ({ user, flash }) => `analytics.ready(() => { ${identify(user)} ${flash.signedUp ? signedUp(user) : ""} setTimeout(() => location.replace("/app/dashboard"), 60); });` } },
    run: (stage) => signups(stage, 2, { landing: "**/app/dashboard", ms: 2000 }),
    truth: (look) => {
      const ids = look.ids(2, { event: "Signed Up", path: "/welcome" });
      const repeated = look.copies().map(([id]) => id);
      return {
        expect: ids.map((id) => ({ category: "signup-on-redirecting-page", messageIds: [id] })),
        ...(repeated.length ? { optional: [{ category: "duplicate-message-id", messageIds: repeated, note: "requests that had arrived when the page went, and were sent again" }] } : {}),
      };
    },
  },

  "65-partial-logout": {
    description: "The logout page calls user().id(null) in place of reset: the userId goes, the anonymousId and the traits stay, and user B is identified on the same anonymousId.",
    site: { scripts: { "/logout": () => `A.track("Signed Out"); analytics.ready(() => analytics.user().id(null));` } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.link("logout");
      await v.link("home");
      await v.link("signup");
      const b = await v.signup();
      await v.link("dashboard");
      return { a, b };
    },
    truth: (look, { a, b }) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 1, "one anonymousId");
      look.require(look.all({ type: "page", path: "/" }).every((event) => !event.userId), "home is anonymous");
      return {
        expect: [{ category: "two-users-on-one-device", messageIds: look.all({ type: "identify", userId: b.id }).map(Look.id), also_accept: look.all({ userId: (id) => id === a.id || id === b.id }).map(Look.id) }],
        optional: [{ category: "missing-reset-on-logout", messageIds: look.all({ timestamp: (time) => Date.parse(time) >= Date.parse(look.all({ event: "Signed Out" })[0].timestamp) }).map(Look.id), note: "reset was in fact not called, and the next user inherits the anonymousId" }],
      };
    },
  },
};

function aliasTruth(look, count) {
  const aliases = look.all({ type: "alias" });
  look.require(aliases.length === count, `${count} aliases`);
  const identifies = (alias) => look.all({ type: "identify", userId: alias.userId }).map(Look.id);
  return {
    expect: aliases.map((alias) => ({ category: "alias-after-identify", messageIds: [Look.id(alias)], also_accept: identifies(alias) })),
    optional: [{
      category: "missing-alias", note: "the alias is a self-alias, so the anonymous history is not linked",
      messageIds: aliases.flatMap((alias) => [Look.id(alias), ...identifies(alias), ...look.all({ event: "Signed Up", userId: alias.userId }).map(Look.id)]),
    }],
  };
}
