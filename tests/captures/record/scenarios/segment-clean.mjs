// Correct tracking with the Segment libraries. Nothing here may be flagged.
import { identify, traitsOf } from "../lib/site.mjs";

const js = (value) => JSON.stringify(value);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const clean = () => ({});

// A single-page application: one document, routes by pushState, one page() for each route.
export const spa = ({ signup }) => () => `
let user = USER;
const traits = (u) => ({email: u.email, name: u.name, plan: u.plan, createdAt: u.createdAt});
const names = {"/": "Home", "/pricing": "Pricing", "/signup": "Sign up", "/welcome": "Welcome", "/app/dashboard": "Dashboard", "/app/settings": "Settings", "/login": "Log in", "/logout": "Signed out"};
const view = document.querySelector("#view");
const post = (to, form) => fetch(to, {method: "POST", body: new URLSearchParams(form ? new FormData(form) : {})}).then((r) => r.json());
function show(path) {
  document.title = "Toy - " + names[path];
  A.page(names[path]);
  view.innerHTML = path === "/signup" || path === "/login" ? '<form id="f"><input name="name"><input name="email"><input name="plan" value="free"><input name="password"><button id="go">Go</button></form>' : '<button id="project">New project</button>';
  const form = view.querySelector("#f");
  if (form) form.onsubmit = async (event) => {
    event.preventDefault();
    user = await post("/api" + path, form);
    if (path === "/signup") { ${signup} }
    else { A.identify(user.id, traits(user)); A.track("Signed In", {method: "password"}); go("/app/dashboard"); }
  };
  const project = view.querySelector("#project");
  if (project) project.onclick = () => A.track("Project Created", {template: "blank"});
}
function go(path) { history.pushState({}, "", path); show(path); }
document.querySelectorAll("nav a").forEach((a) => a.onclick = async (event) => {
  event.preventDefault();
  if (a.id === "n-logout") { await post("/api/logout"); A.track("Signed Out"); A.reset(); user = null; go("/"); }
  else go(a.getAttribute("href"));
});
if (user) A.identify(user.id, traits(user));
show(location.pathname);`;

export default {
  "01-clean-signup-logout-second-user": {
    description: "One browser: user A signs up, uses the app, logs out with reset; user B signs up and logs out; A logs in again. Every logged-in page load identifies.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/?utm_source=mail&utm_campaign=launch");
      await v.link("pricing");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
      await v.link("signup");
      await v.signup({ plan: "pro" });
      await v.link("dashboard");
      await v.link("logout");
      await v.link("login");
      await v.login(a.email);
      await v.link("settings");
      await v.link("logout");
      await v.link("pricing");
    },
    truth: (look) => {
      look.ids(3, { type: "track", event: "Signed Out" });
      look.ids(1, { type: "page", path: "/pricing", anonymous: true, messageId: (id) => id === look.all({ type: "page" }).at(-1).messageId });
      return { notes: "Four anonymousIds: each reset makes a new one. The page events of /logout and Signed Out still carry the user, rightly: they precede the reset." };
    },
  },

  "02-clean-spa": {
    description: "A single-page application (npm build): page() for each route, signup by fetch, then the welcome route, identify, track; logout with reset; a second user signs up in the same document; reload of the app; login.",
    site: { sdk: "segment-npm", spa: spa({ signup: `go("/welcome"); A.identify(user.id, traits(user)); A.track("Signed Up", {plan: user.plan});` }) },
    async run(stage) {
      const v = await stage.visitor({ agent: "windows" });
      await v.goto("/");
      await v.link("pricing");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.click("#project");
      await v.link("settings");
      await v.link("logout");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.reload();
      await v.link("settings");
      await v.link("logout");
      await v.link("login");
      await v.login(a.email);
      await v.link("settings");
    },
    truth: () => ({ notes: "Route changes need no identify: one document load is one page load. On the reload identify is called before page()." }),
  },

  "03-clean-trackform": {
    description: "The signup form is tracked with trackForm('Form Submitted'), which holds the native submit back until the event is out; /welcome identifies and tracks Signed Up.",
    extraEvents: 2,
    site: {
      scripts: { "/signup": () => `A.trackForm(document.querySelector("#f"), "Form Submitted", {form: "signup"});` },
    },
    async run(stage) {
      for (const agent of ["mac", "linux"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup");
        await v.signup();
        await v.link("dashboard");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(2, { event: "Form Submitted", path: "/signup" });
      return { notes: "Form Submitted is an attempt, not a signup, and belongs on the signup page." };
    },
  },

  "04-clean-login-returning-user": {
    description: "Users whose accounts are 41 days old log in on browsers new to the log: identify and Signed In on the dashboard; logout with reset.",
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const user = stage.returningUser({ email: `${agent}.returner@example.com` });
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("login");
        await v.login(user.email);
        await v.link("settings");
        await v.link("dashboard");
        await v.link("logout");
        await v.link("home");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(2, { event: "Signed In" });
      return { notes: "No Signed Up anywhere, rightly: createdAt lies before the log." };
    },
  },

  "05-clean-batching": {
    description: "Delivery in batches (/v1/b, 4 events or 2 s); what is left is flushed with keepalive when the page is left. Signup, app, logout with reset, second signup.",
    collector: { batching: { size: 4, timeout: 2000 } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("pricing", 2300);
      await v.link("signup", 2300);
      await v.signup({ ms: 2300 });
      await v.link("dashboard", 300);
      await v.link("settings", 300);
      await v.link("logout", 300);
      await v.link("home", 2300);
      await v.link("signup", 300);
      await v.signup({ ms: 2300 });
      await v.link("dashboard", 2300);
    },
    truth: () => ({ notes: "Flushes at pagehide are not in the HAR." }),
  },

  "06-clean-offline-queue": {
    description: "The network is gone while the dashboard is open; what is clicked meanwhile waits in the SDK's queue and is delivered when the network is back. Logout with reset afterwards.",
    site: {
      scripts: {
        "/app/dashboard": ({ user }) => `${identify(user)} A.track("Dashboard Viewed");
document.querySelector("#project").onclick = () => A.track("Project Created", {template: "blank"});
document.querySelector("#team").onclick = () => A.group("team_7", {name: "Team Seven", plan: "pro"});`,
      },
    },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.context.setOffline(true);
      await v.click("#project", 300);
      await v.click("#team", 300);
      await v.click("#project", 900);
      await v.context.setOffline(false);
      await sleep(3000);
      await v.settle(1500);
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
    },
    truth: clean,
  },

  "07-clean-collector-outage": {
    description: "A correct signup during an outage: from /pricing to the dashboard every request to the collector is refused, stays in the SDK's localStorage queue over page loads and is delivered later, in another order. A second visitor signs up after the outage.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      stage.collector.policy = () => ({ refuse: true });
      await v.link("pricing");
      await v.link("signup");
      await v.signup({ ms: 1500 });
      await v.link("dashboard", 1200);
      stage.collector.policy = () => ({});
      await sleep(9000);
      await v.link("settings", 6000);
      await v.link("logout", 1500);
      const w = await stage.visitor({ agent: "linux" });
      await w.goto("/");
      await w.link("signup");
      await w.signup();
      await w.link("dashboard");
    },
    truth: (look) => {
      const first = look.events.findIndex((event) => event.event === "Signed Up");
      look.require(first > look.events.findIndex((event) => event.type === "page" && event.context.page.path === "/app/dashboard"), "Signed Up arrives late");
      return { notes: "Anonymous events from before the signup arrive WITH the userId: it is filled in when they are sent." };
    },
  },

  "08-clean-alias-explicit-mixpanel": {
    description: "Mixpanel (cloud mode) needs alias: awaited alias(userId, anonymousId), then identify, then track. Later logout with reset and login of the same user: no second alias.",
    config: { destinations: ["Mixpanel"] },
    collector: { destinations: ["Mixpanel"] },
    site: {
      scripts: {
        "/welcome": ({ user, flash }) => (flash.signedUp ? `analytics.ready(async () => {
  await A.alias(${js(user.id)}, analytics.user().anonymousId());
  await A.identify(${js(user.id)}, ${js(traitsOf(user))});
  await A.track("Signed Up", {plan: ${js(user.plan)}});
});` : identify(user)),
      },
    },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("pricing");
      await v.link("signup");
      const a = await v.signup();
      await v.link("dashboard");
      await v.link("logout");
      await v.link("login");
      await v.login(a.email);
      await v.link("settings");
    },
    truth: (look) => {
      const [alias] = look.all({ type: "alias" });
      look.require(alias && alias.previousId === alias.anonymousId && alias.userId !== alias.previousId, "alias links the anonymousId");
      return { notes: "The login needs no alias: the new anonymousId has almost no history of its own. Mixpanel shows in _metadata.unbundled." };
    },
  },

  "09-clean-server-and-client-signup": {
    description: "The server (Node library) tracks Account Created when the account is made, the browser tracks Signed Up on /welcome: two names for two things, by design. For one of three users the server also passes the anonymousId.",
    config: { server_truth_event: "Account Created" },
    async onSignup(stage, user, { anonymousId }) {
      const ids = user.plan === "pro" ? { userId: user.id, anonymousId } : { userId: user.id };
      await stage.nodeServer({ type: "track", event: "Account Created", ...ids, properties: { plan: user.plan } });
    },
    async run(stage) {
      for (const plan of ["free", "pro", "free"]) {
        const v = await stage.visitor();
        await v.goto("/");
        await v.link("signup");
        await v.signup({ plan });
        await v.link("dashboard");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(3, { event: "Account Created", library: "@segment/analytics-node" });
      look.ids(3, { event: "Signed Up", library: "analytics.js" });
      return { notes: "The server's event precedes the client's identify, which is no fault: it is not on the browser's lane." };
    },
  },

  "10-clean-multi-tab": {
    description: "Two tabs of one browser. Tab 2 stays on /pricing while tab 1 signs up; then tab 2 goes to the app, is closed, and tab 1 logs out with reset.",
    site: { scripts: { "/pricing": () => `A.track("Pricing Viewed", {plans: 3}); document.querySelector("#subscribe").onclick = () => A.track("Plan Compared");` } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      const first = v.page;
      const second = await v.newTab();
      await v.goto("/pricing");
      v.use(first);
      await v.link("signup");
      await v.signup();
      v.use(second);
      await v.click("#subscribe");
      await v.link("dashboard");
      await second.close();
      v.use(first);
      await v.link("dashboard");
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
    },
    truth: (look) => {
      look.require(look.all({ event: "Plan Compared" })[0]?.userId, "the old tab knows the user of the other tab");
      return { notes: "Plan Compared comes from a tab that was loaded anonymously and carries the userId all the same: tabs share identity." };
    },
  },

  "11-clean-identify-on-every-page": {
    description: "identify on each page load of a logged-in user, the public pages included; many loads and reloads; no logout.",
    site: { scripts: { "/": ({ user }) => (user ? identify(user) : ""), "/pricing": ({ user }) => (user ? identify(user) : "") + `A.track("Pricing Viewed");` } },
    async run(stage) {
      const v = await stage.visitor({ agent: "windows" });
      await v.goto("/");
      await v.link("pricing");
      await v.link("signup");
      await v.signup();
      for (const id of ["dashboard", "settings", "home", "pricing", "dashboard"]) await v.link(id);
      await v.reload();
      await v.link("settings");
    },
    truth: clean,
  },

  "12-clean-disable-client-persistence": {
    description: "load(..., {disableClientPersistence: true}): every page load has a new anonymousId; identify runs on every logged-in page. Two signups with logout.",
    site: { load: { disableClientPersistence: true } },
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("pricing");
        await v.link("signup");
        await v.signup();
        await v.link("dashboard");
        await v.link("settings");
        await v.link("logout");
        await v.link("home");
        await v.close();
      }
    },
    truth: (look) => {
      look.require(look.all({ event: "Signed Out" }).every((event) => !event.userId), "Signed Out is anonymous here");
      return { notes: "Nothing is kept between pages, so Signed Out is anonymous: there is nobody left to reset." };
    },
  },

  "13-clean-server-identify-after": {
    description: "The server (Python library) sends sensitive-free profile data by identify two seconds after the browser has identified; no alias in use. Two users.",
    config: { server_truth_event: "Account Created" },
    async run(stage) {
      for (const agent of ["mac", "linux"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup");
        const user = await v.signup({ ms: 2000 });
        await stage.pythonServer(
          { type: "identify", user_id: user.id, traits: { seats: 3, industry: "toys" } },
          { type: "track", user_id: user.id, event: "Account Created", properties: { plan: user.plan } },
        );
        await v.link("dashboard");
        await v.link("settings");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(2, { type: "identify", library: "analytics-python" });
      return {};
    },
  },

  "14-clean-alias-then-server-identify-mixpanel": {
    description: "Mixpanel: awaited alias, identify, track in the browser; the server identifies three seconds later. The right order for a destination that needs alias.",
    config: { destinations: ["Mixpanel"] },
    collector: { destinations: ["Mixpanel"] },
    site: {
      scripts: {
        "/welcome": ({ user, flash }) => (flash.signedUp ? `analytics.ready(async () => {
  await A.alias(${js(user.id)}, analytics.user().anonymousId());
  await A.identify(${js(user.id)}, ${js(traitsOf(user))});
  await A.track("Signed Up", {plan: ${js(user.plan)}});
});` : identify(user)),
      },
    },
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup");
        const user = await v.signup({ ms: 3000 });
        await stage.nodeServer({ type: "identify", userId: user.id, traits: { seats: 3 } });
        await v.link("dashboard");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(2, { type: "alias" });
      look.ids(2, { type: "identify", library: "@segment/analytics-node" });
      return {};
    },
  },

  "15-clean-newsletter": {
    description: "identify({email}) without userId at a newsletter form. One visitor never signs up; one does, later, in the ordinary way.",
    site: { scripts: { "/pricing": () => `A.track("Pricing Viewed"); document.querySelector("#subscribe").onclick = () => { A.identify({email: document.querySelector("#news [name=email]").value}); A.track("Newsletter Subscribed"); };` } },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/pricing");
      await v.page.fill("#news [name=email]", "reader@example.com");
      await v.click("#subscribe");
      await v.link("home");
      const w = await stage.visitor({ agent: "windows" });
      await w.goto("/pricing");
      await w.page.fill("#news [name=email]", "later.user@example.com");
      await w.click("#subscribe");
      await w.link("signup");
      await w.signup({ email: "later.user@example.com" });
      await w.link("dashboard");
    },
    truth: (look) => {
      look.ids(2, { type: "identify", anonymous: true });
      return { notes: "An identify without userId is no login: Newsletter Subscribed and what follows stay anonymous." };
    },
  },

  "16-clean-same-user-logs-in-again": {
    description: "Login, logout with reset, login of the same user, logout, login again: three anonymousIds for one userId.",
    async run(stage) {
      const user = stage.returningUser({ email: "often@example.com" });
      const v = await stage.visitor();
      await v.goto("/login");
      await v.login(user.email);
      await v.link("logout");
      await v.link("login");
      await v.login(user.email);
      await v.link("settings");
      await v.link("logout");
      await v.link("login");
      await v.login(user.email);
    },
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 3, "three anonymousIds");
      return {};
    },
  },

  "17-clean-returning-visits": {
    description: "Signup, then the browser is closed and opened again twice (same storage); each page load of the app identifies; no logout in between.",
    async run(stage) {
      let v = await stage.visitor();
      await v.goto("/");
      await v.link("pricing");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      for (let visit = 0; visit < 2; visit++) {
        v = await stage.visitor({ storageState: await v.close() });
        await v.goto("/app/dashboard");
        await v.link("settings");
        await v.reload();
        await v.link("dashboard");
      }
    },
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.anonymousId)).size === 1, "one anonymousId");
      return { notes: "session.har, session-2.har and session-3.har are one browser." };
    },
  },

  "18-clean-preload-identify-first": {
    description: "All calls are queued before the library is there, identify before any track: the replay, grouped by method, keeps the right order. The bundle takes 400 ms.",
    collector: { bundleDelay: 400 },
    site: {
      beforePage: ({ user, path }) => (user && path !== "/logout" ? identify(user) : ""),
      scripts: {
        "/welcome": ({ user, flash }) => `A.track("Welcome Viewed"); A.identify(${js(user.id)}, {newsletter: true}); ${flash.signedUp ? `A.track("Signed Up", {plan: ${js(user.plan)}});` : ""}`,
        "/app/dashboard": () => `A.track("Dashboard Viewed");`,
        "/app/settings": () => "",
      },
    },
    async run(stage) {
      for (const agent of ["mac", "linux"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/", 900);
        await v.link("signup", 900);
        await v.signup({ ms: 1800 });
        await v.link("dashboard", 900);
        await v.close();
      }
    },
    truth: (look) => {
      const time = (list) => list.map((event) => Date.parse(event.timestamp));
      const identifies = time(look.all({ type: "identify", path: "/welcome" }));
      const tracks = time(look.all({ type: "track", path: "/welcome" }));
      look.require(identifies.length === 4 && Math.max(...identifies.slice(0, 2)) <= tracks[0], "identify is replayed first");
      return {};
    },
  },

  "19-clean-welcome-reloaded": {
    description: "The welcome page is reloaded and visited again; the server says once only that the signup is new, so Signed Up is tracked once.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.reload();
      await v.goto("/welcome");
      await v.link("dashboard");
    },
    truth: (look) => {
      look.ids(1, { event: "Signed Up" });
      look.ids(3, { type: "identify", path: "/welcome" });
      return {};
    },
  },

  "20-clean-harmless-look-alikes": {
    description: "Names and values that resemble secrets but are none: has_password, passwordless, password_reset events, tokens_used, card_brand, a 16-digit order number that is no card number.",
    site: {
      scripts: {
        "/welcome": ({ user, flash }) => `A.identify(${js(user.id)}, ${js({ ...traitsOf(user), has_password: true, passwordless: false, tokens_used: 512, card_brand: "visa" })}); ${flash.signedUp ? `A.track("Signed Up", {plan: ${js(user.plan)}});` : ""}`,
        "/app/settings": ({ user }) => `${identify(user)} A.track("Password Reset Requested", {method: "email"}); A.track("Order Completed", {order_id: "4000123412341235", revenue: 49, currency: "USD", card_brand: "visa"});`,
      },
    },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.link("settings");
    },
    truth: () => ({ notes: "4000123412341235 fails the Luhn check." }),
  },

  "21-clean-unusual-user-ids": {
    description: "userIds that are strange but real: a number, one that starts with null-, one with an @ that is no e-mail address, one with a pipe, one in capitals.",
    site: { userId: (user, number) => ["10423", "null-island-42", "@gala_k", "org:42|edda", "UNKNOWN-PLEASURES-1979"][number] },
    async run(stage) {
      for (let number = 0; number < 5; number++) {
        const v = await stage.visitor({ agent: ["mac", "windows", "linux"][number % 3] });
        await v.goto("/signup");
        await v.signup({ ms: 900 });
        await v.link("dashboard");
        await v.close();
      }
    },
    truth: (look) => {
      look.require(new Set(look.events.map((event) => event.userId).filter(Boolean)).size === 5, "five userIds");
      return {};
    },
  },

  "22-clean-logout-by-click": {
    description: "There is no logout page: a click ends the session on the server, then Signed Out, reset and the way to the home page at once. A second user signs up on the same browser.",
    losses: true,
    site: {
      scripts: {
        "/app/settings": ({ user }) => `${identify(user)} document.querySelector("#out").onclick = async () => { await fetch("/api/logout", {method: "POST"}); A.track("Signed Out"); A.reset(); location.href = "/"; };`,
      },
    },
    async run(stage) {
      const v = await stage.visitor({ agent: "windows" });
      for (let turn = 0; turn < 2; turn++) {
        await v.goto(turn ? "/pricing" : "/");
        await v.link("signup");
        await v.signup();
        await v.link("dashboard");
        await v.link("settings");
        await v.page.click("#out");
        await v.page.waitForURL((url) => url.pathname === "/");
        await v.settle(1500);
      }
    },
    truth: (look) => {
      look.ids(2, { event: "Signed Out" });
      look.require(look.all({ type: "page", path: "/" }).every((event) => !event.userId), "home is anonymous");
      const twice = look.copies().map(([id]) => id);
      return {
        ...(twice.length ? { optional: [{ category: "duplicate-message-id", messageIds: twice, note: "the request was cut by the page change after it had arrived, and sent again" }] } : {}),
        notes: "Signed Out is often cut by the page change and sent again by the home page: it may arrive after the anonymous page event, with the user it was made for.",
      };
    },
  },

  "23-clean-second-device": {
    description: "A user signs up on one browser and logs in on another one: one userId, two anonymousIds, one Signed Up.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const user = await v.signup();
      await v.link("dashboard");
      const w = await stage.visitor({ agent: "windows" });
      await w.goto("/login");
      await w.login(user.email);
      await w.link("settings");
      await v.link("settings");
    },
    truth: clean,
  },

  "24-clean-login-through-other-origin": {
    description: "Login by an identity provider on another origin that has no analytics; it sends the visitor back to the dashboard, where identify and Signed In follow.",
    async run(stage) {
      const user = stage.returningUser({ email: "sso@example.com" });
      const v = await stage.visitor();
      await v.goto("/");
      await v.goto(`http://127.0.0.1:${stage.site.ports.other}/idp`);
      await v.login(user.email);
      await v.link("settings");
      await v.link("logout");
      await v.link("home");
    },
    truth: (look) => {
      look.require(new Set(look.all({ anonymous: true }).map((event) => event.anonymousId)).size === 2, "two anonymous ids");
      return {};
    },
  },

  "25-clean-abandoned-and-failed-signups": {
    description: "One visitor opens the signup form and leaves; one sends it with an address that is taken, gets the form again and then succeeds; one only reads.",
    site: { scripts: { "/signup": () => `A.track("Signup Started"); document.querySelector("#f").addEventListener("focusin", () => 0);` } },
    async run(stage) {
      stage.returningUser({ email: "taken@example.com" });
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.link("pricing");
      const w = await stage.visitor({ agent: "windows" });
      await w.goto("/");
      await w.link("signup");
      await w.signup({ email: "taken@example.com", landing: null, ms: 700 });
      await w.signup({ email: "not.taken@example.com" });
      await w.link("dashboard");
      const x = await stage.visitor({ agent: "linux" });
      await x.goto("/");
      await x.link("pricing");
    },
    truth: (look) => {
      look.ids(3, { event: "Signup Started" });
      look.ids(1, { event: "Signed Up" });
      return { notes: "Signup Started is an attempt." };
    },
  },

  "26-clean-snippet-twice-guarded": {
    description: "The real snippet stands in the page twice. It guards itself: the second copy only writes to the console. Each call is made once.",
    site: { headExtra: ({ snippet }) => snippet },
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      await v.signup();
      await v.link("dashboard");
      await v.link("logout");
      await v.link("home");
    },
    truth: clean,
  },

  "27-clean-relogin-after-expired-session": {
    description: "The server's session has run out; the browser still knows the user. The visitor logs in again: Signed In with the identity that was kept, identify on the same page.",
    async run(stage) {
      const v = await stage.visitor();
      await v.goto("/");
      await v.link("signup");
      const user = await v.signup();
      await v.link("dashboard");
      stage.site.sessions.clear();
      await v.link("login");
      await v.login(user.email);
      await v.link("settings");
    },
    truth: (look) => {
      const [page] = look.all({ type: "page", path: "/login" });
      look.require(page.userId, "the login page still carries the user");
      return {
        optional: [{ category: "missing-identify-on-page-load", messageIds: [page.messageId], note: "the /login page view carries the user without an identify; the site cannot know the user there" }],
      };
    },
  },

  "28-clean-account-switch": {
    description: "Two accounts of one person: 'switch account' calls reset and identify(other) in the same script, without a logout event or page.",
    site: {
      scripts: {
        "/app/settings": ({ user }) => `${identify(user)} document.querySelector("#out").onclick = async () => {
  const other = await (await fetch("/api/login", {method: "POST", body: new URLSearchParams({email: "second@example.com"})})).json();
  A.track("Account Switched"); A.reset(); A.identify(other.id, {email: other.email, name: other.name, plan: other.plan, createdAt: other.createdAt}); };`,
      },
    },
    async run(stage) {
      const user = stage.returningUser({ email: "first@example.com" });
      stage.returningUser({ email: "second@example.com" });
      const v = await stage.visitor();
      await v.goto("/login");
      await v.login(user.email);
      await v.link("settings");
      await v.click("#out", 900);
      await v.link("dashboard");
    },
    truth: (look) => {
      look.require(new Set(look.all({ type: "identify" }).map((event) => event.userId)).size === 2, "two users identified");
      return { notes: "The last login counts as one on the server, so the dashboard tracks Signed In for the second account; both users were identified before that." };
    },
  },

  "29-clean-signup-tracked-on-the-next-page": {
    description: "/welcome identifies; Signed Up is tracked on the first visit of the dashboard, after its own identify. Logout with reset.",
    site: {
      scripts: {
        "/welcome": ({ user }) => (user ? identify(user) : ""),
        "/app/dashboard": ({ user }) => `${identify(user)} if (!localStorage.welcomed) { localStorage.welcomed = 1; A.track("Signed Up", {plan: ${js(user.plan)}}); } A.track("Dashboard Viewed");`,
      },
    },
    async run(stage) {
      for (const agent of ["mac", "windows"]) {
        const v = await stage.visitor({ agent });
        await v.goto("/");
        await v.link("signup");
        await v.signup();
        await v.link("dashboard", 1300);
        await v.link("settings");
        await v.link("dashboard");
        await v.link("logout");
        await v.link("home");
        await v.close();
      }
    },
    truth: (look) => {
      look.ids(2, { event: "Signed Up", path: "/app/dashboard" });
      return {};
    },
  },
};
