// A Segment-, RudderStack- and PostHog-compatible endpoint on loopback. It also serves the SDK bundles and their settings.
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const packageFolder = (name) => path.join(import.meta.dirname, "..", "node_modules", name);
const SEGMENT_UMD = path.join(packageFolder("@segment/analytics-next"), "dist", "umd");
const BUNDLES = {
  "/rudder.js": path.join(packageFolder("@rudderstack/analytics-js"), "dist/npm/modern/bundled/umd/index.js"),
  "/posthog.js": path.join(packageFolder("posthog-js"), "dist/array.full.no-external.js"),
  "/analytics-next.js": path.join(SEGMENT_UMD, "index.js"),
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Collector {
  constructor(port) {
    this.port = port;
    this.server = http.createServer((request, response) => this.handle(request, response).catch(() => response.destroy()));
    this.server.keepAliveTimeout = 120_000; // a cut keep-alive connection makes Chromium re-POST by itself
    this.begin({});
  }

  listen() {
    return new Promise((done) => this.server.listen(this.port, "localhost", done));
  }

  begin({ destinations = [], batching = null, bundleDelay = 60 }) {
    this.events = [];
    this.recording = true;
    this.options = { destinations, batching, bundleDelay };
    this.policy = () => ({}); // (request facts) -> {refuse, status, optionsDelay, delay}
    this.lastRequest = Date.now();
  }

  async idle(quiet = 250, limit = 4000) {
    const end = Date.now() + limit;
    while (Date.now() < end && Date.now() - this.lastRequest < quiet) await sleep(40);
  }

  segmentSettings(writeKey) {
    const { destinations, batching } = this.options;
    const integrations = {
      "Segment.io": {
        apiKey: writeKey, unbundledIntegrations: destinations, addBundledMetadata: true, maybeBundledConfigIds: {},
        versionSettings: { version: "4.4.7", componentTypes: ["browser"] },
        ...(batching ? { deliveryStrategy: { strategy: "batching", config: batching } } : {}),
      },
    };
    const on = { __default: { enabled: true, integrations: {} } };
    return {
      integrations, plan: { track: on, identify: on, group: on }, edgeFunction: {}, analyticsNextEnabled: true,
      middlewareSettings: {}, enabledMiddleware: {}, metrics: { sampleRate: 0 }, legacyVideoPluginsEnabled: false, remotePlugins: [],
    };
  }

  async handle(request, response) {
    const url = new URL(request.url, `http://localhost:${this.port}`);
    const origin = request.headers.origin;
    if (origin) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
      response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] || "content-type");
    }
    if (request.method === "GET") return this.serveFile(url, response);
    this.lastRequest = Date.now();
    if (request.method === "OPTIONS") {
      const action = await this.policy({ method: "OPTIONS", path: url.pathname, events: [] }) || {};
      if (action.refuse) return response.destroy();
      if (action.optionsDelay) await sleep(action.optionsDelay);
      response.writeHead(204);
      return response.end();
    }
    const early = await this.policy({ method: "POST", path: url.pathname, events: null }) || {};
    if (early.refuse) return response.destroy();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const receivedAt = new Date().toISOString();
    const events = expand(url, request.headers, Buffer.concat(chunks));
    if (this.recording) for (const event of events) this.events.push({ ...event, receivedAt });
    this.lastRequest = Date.now();
    const action = await this.policy({ method: "POST", path: url.pathname, events }) || {};
    if (action.delay) await sleep(action.delay);
    response.writeHead(action.status || 200, { "Content-Type": "application/json" });
    response.end(action.status >= 500 ? '{"success":false}' : url.pathname.startsWith("/v1/") ? '{"success":true}' : '{"status":1}');
    this.lastRequest = Date.now();
  }

  async serveFile(url, response) {
    const file = path.basename(url.pathname);
    let body = null;
    let type = "application/javascript";
    let caching = "public, max-age=600";
    const settings = url.pathname.match(/^\/v1\/projects\/([^/]+)\/settings$/);
    if (settings) {
      [body, type, caching] = [JSON.stringify(this.segmentSettings(settings[1])), "application/json", "no-store"];
    } else if (url.pathname.startsWith("/sourceConfig")) {
      type = "application/json";
      caching = "no-store";
      body = JSON.stringify({
        source: {
          id: "source-1", name: "web", writeKey: url.searchParams.get("writeKey"), enabled: true, workspaceId: "workspace-1",
          config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } }, connections: [], destinations: [], dataplanes: {},
        },
        updatedAt: "2026-01-01T00:00:00.000Z",
      });
    } else if (file === "analytics.min.js") {
      await sleep(this.options.bundleDelay);
      body = fs.readFileSync(path.join(SEGMENT_UMD, "standalone.js"));
    } else if (BUNDLES[url.pathname]) {
      body = fs.readFileSync(BUNDLES[url.pathname]);
    } else if (file.endsWith(".js") && fs.existsSync(path.join(SEGMENT_UMD, file))) {
      body = fs.readFileSync(path.join(SEGMENT_UMD, file));
    } else if (url.pathname.startsWith("/array/")) {
      [body, type] = ["{}", "application/json"];
    }
    if (body === null) {
      response.writeHead(404);
      return response.end();
    }
    response.writeHead(200, { "Content-Type": type, "Cache-Control": caching });
    response.end(body);
  }
}

// One received request -> the events in it, as raw as they came; what a batch says once is put on each of its events.
function expand(url, headers, bytes) {
  if (/\/(flags|decide|m|metrics)\/?$/.test(url.pathname)) return [];
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = zlib.gunzipSync(bytes);
  let text = bytes.toString("utf8");
  if (text.startsWith("data=")) text = Buffer.from(decodeURIComponent(text.slice(5)), "base64").toString("utf8");
  const body = JSON.parse(text);
  if (Array.isArray(body)) return body;
  if (!Array.isArray(body.batch)) return [body];
  const sentAt = body.sentAt ?? body.sent_at;
  return body.batch.map((event) => (event.sentAt || !sentAt ? event : { ...event, sentAt }));
}

export function segmentSnippet(writeKey, host, loadOptions) {
  const { min } = require("@segment/snippet");
  return min({ host, apiKey: writeKey, page: false, load: loadOptions, useHostForBundles: true, ajsPath: "/analytics.js/v1/" + writeKey + "/analytics.min.js" })
    .replaceAll("https://", "http://");
}
