// The toy site. Its pages hold what a scenario tells them to; without that, they hold correct tracking code.
import http from "node:http";
import { randomBytes } from "node:crypto";
import { segmentSnippet } from "./collector.mjs";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const js = (value) => JSON.stringify(value);
export const WRITE_KEY = "wk_toy_web";

const TITLES = {
  "/": "Home", "/pricing": "Pricing", "/signup": "Sign up", "/welcome": "Welcome", "/app/dashboard": "Dashboard",
  "/app/settings": "Settings", "/login": "Log in", "/logout": "Signed out", "/idp": "Identity provider",
};
const LINKS = { home: "/", pricing: "/pricing", signup: "/signup", login: "/login", dashboard: "/app/dashboard", settings: "/app/settings", logout: "/logout" };

export const traitsOf = (user) => ({ email: user.email, name: user.name, plan: user.plan, createdAt: user.createdAt });
export const identify = (user) => `A.identify(${js(user.id)}, ${js(traitsOf(user))});`;

// Correct code for each page: `user` is who is logged in, `flash` what has just happened.
export const CORRECT = {
  "/pricing": () => `A.track("Pricing Viewed", {plans: 3});`,
  "/welcome": ({ user, flash }) => (user ? identify(user) + (flash.signedUp ? `A.track("Signed Up", {plan: ${js(user.plan)}, method: "email"});` : "") : ""),
  "/app/dashboard": ({ user, flash }) => (user ? identify(user) + (flash.signedIn ? `A.track("Signed In", {method: "password"});` : "") : "") + `A.track("Dashboard Viewed");`,
  "/app/settings": ({ user }) => (user ? identify(user) : ""),
  "/logout": () => `A.track("Signed Out"); A.reset();`,
};

export class Site {
  constructor(ports) {
    this.ports = ports;
    this.servers = [["localhost", ports.site], ["127.0.0.1", ports.other]].map(([host, port]) => {
      const server = http.createServer((request, response) => this.handle(request, response).catch((error) => {
        console.error("site:", error);
        response.destroy();
      }));
      server.keepAliveTimeout = 120_000;
      return { server, host, port };
    });
    this.begin({});
  }

  async listen() {
    for (const { server, host, port } of this.servers) await new Promise((done) => server.listen(port, host, done));
  }

  begin(options) {
    this.options = { sdk: "segment", scripts: {}, signupDelay: 40, signupRedirect: "/welcome", ...options };
    this.users = new Map();
    this.sessions = new Map();
  }

  addUser({ email, name = "Kim Doe", plan = "free", createdAt = new Date().toISOString(), id }) {
    const user = { email, name, plan, createdAt };
    user.id = id ?? this.options.userId?.(user, this.users.size) ?? `usr_${randomBytes(6).toString("hex")}`;
    this.users.set(email, user);
    return user;
  }

  async handle(request, response) {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const cookies = Object.fromEntries((request.headers.cookie || "").split(/; */).filter(Boolean).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
    }));
    let session = this.sessions.get(url.searchParams.get("handoff") ?? cookies.sid);
    const startSession = (values) => {
      const sid = randomBytes(8).toString("hex");
      session = { sid, ...values };
      this.sessions.set(sid, session);
      response.setHeader("Set-Cookie", `sid=${sid}; Path=/; HttpOnly`);
    };
    const redirect = (to) => {
      response.writeHead(302, { Location: to });
      response.end();
    };
    if (request.method === "POST") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      if (url.pathname === "/signup" || url.pathname === "/api/signup") {
        if (this.users.has(form.email)) return this.page(request, response, url, null, { error: "This address is taken." });
        const user = this.addUser(form);
        await sleep(this.options.signupDelay);
        await this.options.onSignup?.(user, { anonymousId: cookies.ajs_anonymous_id });
        startSession({ user, signedUp: true });
        if (url.pathname === "/api/signup") return this.json(response, user);
        return redirect(typeof this.options.signupRedirect === "function" ? this.options.signupRedirect(user, session) : this.options.signupRedirect);
      }
      if (url.pathname === "/login" || url.pathname === "/api/login" || url.pathname === "/idp") {
        const user = this.users.get(form.email);
        await this.options.onLogin?.(user);
        startSession({ user, signedIn: true });
        if (url.pathname === "/api/login") return this.json(response, user);
        return redirect(url.pathname === "/idp" ? `http://localhost:${this.ports.site}/app/dashboard?handoff=${session.sid}` : "/app/dashboard");
      }
      if (url.pathname === "/api/logout") {
        this.sessions.delete(session?.sid);
        return this.json(response, {});
      }
    }
    if (url.pathname === "/api/me") {
      await sleep(300);
      return this.json(response, session?.user ?? null);
    }
    if (!TITLES[url.pathname]) {
      response.writeHead(404);
      return response.end();
    }
    if (url.searchParams.has("handoff")) response.setHeader("Set-Cookie", `sid=${session.sid}; Path=/; HttpOnly`);
    const user = session?.user ?? null;
    if (url.pathname === "/logout") this.sessions.delete(session?.sid);
    return this.page(request, response, url, session, { user });
  }

  json(response, value) {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(value));
  }

  page(request, response, url, session, { user = null, error = "" }) {
    const flash = { signedUp: session?.signedUp && url.pathname === "/welcome", signedIn: session?.signedIn && url.pathname.startsWith("/app/") };
    if (flash.signedUp) session.signedUp = false;
    if (flash.signedIn) session.signedIn = false;
    const script = { ...CORRECT, ...this.options.scripts };
    const context = { user, flash, url, path: url.pathname };
    const body = this.options.spa
      ? `<script>const USER = ${js(user)};${this.options.spa(context)}</script>`
      : `${script["*"] ? `<script>${script["*"](context)}</script>` : ""}<script>${script[url.pathname]?.(context) ?? ""}</script>`;
    const html = `<!doctype html><html><head><meta charset="utf-8"><title>Toy - ${TITLES[url.pathname]}</title><link rel="icon" href="data:,">
${url.pathname === "/idp" ? "" : this.head(context)}</head><body>
<nav>${Object.entries(LINKS).map(([id, to]) => `<a id="n-${id}" href="${to}">${id}</a>`).join(" ")}</nav>
<h1>${TITLES[url.pathname]}</h1><p>${error}</p>${this.forms(url.pathname)}
${url.pathname === "/idp" ? "" : body}</body></html>`;
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
    response.end(html);
  }

  forms(path) {
    if (this.options.spa) return `<div id="view"></div>`;
    if (path === "/signup") {
      return `<form id="f" method="post"><input name="name"><input name="email"><input name="plan" value="free"><input name="password" type="password"><button id="go">Sign up</button></form>`;
    }
    if (path === "/login" || path === "/idp") return `<form id="f" method="post"><input name="email"><input name="password" type="password"><button id="go">Log in</button></form>`;
    if (path === "/pricing") return `<form id="news"><input name="email"><button id="subscribe" type="button">Subscribe</button></form>`;
    if (path.startsWith("/app/")) return `<button id="project">New project</button> <button id="team">New team</button> <button id="out">Sign out here</button>`;
    return "";
  }

  // `A` stands for the SDK's object on every page; it reports each call to the recorder before it makes it.
  head(context) {
    const { sdk, load = {} } = this.options;
    const collector = `localhost:${this.ports.collector}`;
    const wrap = (target) => `window.A = new Proxy({}, {get: (_, method) => (...args) => {
  if (window.__called) window.__called(method, args.map((a) => typeof a === "function" ? "function" : a instanceof Element ? "element" : a === undefined ? "undefined" : Number.isNaN(a) ? "NaN" : JSON.stringify(a)), location.pathname, Date.now());
  return (${target})[method](...args); }});`;
    if (sdk === "segment") {
      const options = { integrations: { "Segment.io": { apiHost: `${collector}/v1`, protocol: "http" } }, ...load };
      const snippet = `<script>${segmentSnippet(WRITE_KEY, collector, options)}</script>`;
      return `${snippet}${this.options.headExtra?.({ snippet, collector }) ?? ""}<script>${wrap("window.analytics")}
${this.options.beforePage?.(context) ?? ""}${this.options.spa ? "" : "A.page();"}</script>`;
    }
    if (sdk === "segment-npm") {
      return `<script src="http://${collector}/analytics-next.js"></script><script>
window.analytics = AnalyticsNext.AnalyticsBrowser.load({writeKey: ${js(WRITE_KEY)}, cdnURL: "http://${collector}"}, ${js({ integrations: { "Segment.io": { apiHost: `${collector}/v1`, protocol: "http" } }, ...load })});
${wrap("window.analytics")}${this.options.spa ? "" : "A.page();"}</script>`;
    }
    if (sdk === "rudderstack") {
      return `<script src="http://${collector}/rudder.js"></script><script>
window.rs = new rudderanalytics.RudderAnalytics();
rs.load("wk_toy_rudder", "http://${collector}", ${js({ configUrl: `http://${collector}`, sendAdblockPage: false, ...load })});
${wrap("window.rs")}${this.options.spa ? "" : "A.page();"}</script>`;
    }
    return `<script src="http://${collector}/posthog.js"></script><script>
posthog.init("phc_toy", ${js({
    api_host: `http://${collector}`, opt_out_useragent_filter: true, autocapture: false, disable_session_recording: true,
    advanced_disable_flags: true, disable_surveys: true, capture_dead_clicks: false, capture_performance: false,
    disable_external_dependency_loading: true, capture_pageview: true, disable_compression: true, person_profiles: "identified_only", ...load })});
${wrap("window.posthog")}</script>`;
  }
}
