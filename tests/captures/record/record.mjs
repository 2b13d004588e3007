// node record.mjs [WORD...]   records every scenario, or those whose folder name begins with a WORD.
import path from "node:path";
import { chromium } from "playwright-core";
import { Collector } from "./lib/collector.mjs";
import { Site } from "./lib/site.mjs";
import { Stage } from "./lib/scenario.mjs";
import segmentClean from "./scenarios/segment-clean.mjs";
import segmentFaulty from "./scenarios/segment-faulty.mjs";
import rudderstack from "./scenarios/rudderstack.mjs";
import rudderstackIdentity from "./scenarios/rudderstack-identity.mjs";
import posthog from "./scenarios/posthog.mjs";
import posthogServer from "./scenarios/posthog-server.mjs";

const PORTS = { site: 8410, collector: 8411, other: 8412 };
const ATTEMPTS = 3;
const words = process.argv.slice(2);
const all = { ...segmentClean, ...segmentFaulty, ...rudderstack, ...rudderstackIdentity, ...posthog, ...posthogServer };
const wanted = Object.entries(all).filter(([name]) => !words.length || words.some((word) => name.startsWith(word)));

const collector = new Collector(PORTS.collector);
const site = new Site(PORTS);
await collector.listen();
await site.listen();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const stage = new Stage({ browser, site, collector, python: process.env.PYTHON || path.join(import.meta.dirname, ".venv", "bin", "python") });
let failed = 0;
for (const [name, scenario] of wanted) {
  scenario.number = parseInt(name, 10);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const began = Date.now();
    try {
      const events = await stage.play(scenario, path.join(import.meta.dirname, "..", name));
      console.log(`${name}: ${events} events, ${((Date.now() - began) / 1000).toFixed(1)} s`);
      break;
    } catch (error) {
      console.log(`${name}: attempt ${attempt}: ${error.message}`);
      if (attempt === ATTEMPTS) failed++;
    }
  }
}
await browser.close();
for (const { server } of site.servers) server.close();
collector.server.close();
process.exit(failed ? 1 : 0);
