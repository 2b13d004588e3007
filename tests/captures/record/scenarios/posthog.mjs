// posthog-js. For a later release: the labels are in the same words, the shapes of the events are PostHog's own.
import { traitsOf } from "../lib/site.mjs";

const config = { dialect: "posthog" };
const js = (value) => JSON.stringify(value);
const identify = (user) => `A.identify(${js(user.id)}, ${js(traitsOf(user))});`;
const scripts = (logout) => ({
  "/pricing": () => `A.capture("Pricing Viewed");`,
  "/welcome": ({ user, flash }) => (user ? identify(user) + (flash.signedUp ? `A.capture("Signed Up", {plan: ${js(user.plan)}});` : "") : ""),
  "/app/dashboard": ({ user }) => (user ? identify(user) : "") + `A.capture("Dashboard Viewed");`,
  "/app/settings": ({ user }) => (user ? identify(user) : ""),
  "/logout": () => `A.capture("Signed Out"); ${logout}`,
});

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
const idOf = (event) => event.properties.distinct_id;

export default {
  "80-posthog-clean-two-users": {
    description: "posthog-js: user A signs up, logs out with reset(); user B signs up on the same browser.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts("A.reset();") },
    run: twoUsers,
    truth: (look, { a, b }) => {
      look.require([a, b].every((user) => look.all({ event: "$identify" }).some((event) => idOf(event) === user.id)), "both identified");
      return { notes: "reset() keeps $device_id and makes a new distinct_id." };
    },
  },

  "81-posthog-two-users-no-reset": {
    description: "posthog-js: user A logs out without reset; user B signs up on the same browser. B's identify is no $identify, for the id before it is no anonymous one.",
    config, losses: true,
    site: { sdk: "posthog", scripts: scripts("") },
    run: twoUsers,
    truth: (look, { a, b }) => {
      const out = look.all({ event: "Signed Out" })[0];
      const after = (event) => Date.parse(event.timestamp) > Date.parse(out.timestamp);
      const pages = look.all({ event: "$pageview" }).filter((event) => idOf(event) === a.id && after(event) && event.properties.$pathname !== "/logout").map((event) => event.uuid);
      look.require(pages.length === 2, "/ and /signup carry A");
      const own = look.all({}).filter((event) => idOf(event) === b.id).map((event) => event.uuid);
      return { expect: [{ category: "missing-reset-on-logout", messageIds: pages }, { category: "two-users-on-one-device", messageIds: own, also_accept: pages }], notes: "posthog-js sends its own $pageview some 10 ms after the page's scripts have run, so B's /welcome is B's already." };
    },
  },
};
