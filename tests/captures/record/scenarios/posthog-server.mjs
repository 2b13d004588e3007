// posthog-node beside posthog-js: what the server captures by the user's id.
import { Look } from "../lib/scenario.mjs";
import { QUICK, idOf, planned, scripts, signups } from "./posthog.mjs";

const config = { dialect: "posthog", server_truth_event: "Account Created" };
const site = { sdk: "posthog", scripts: scripts(), load: QUICK };
const created = (stage, user, distinctId = user.id) => stage.posthogServer({ type: "capture", distinctId, event: "Account Created", properties: { plan: user.plan } });
const byServer = (event) => event.properties.$lib === "posthog-node";
const byBrowser = (event) => !byServer(event);

export default {
  "120-posthog-node-clean": {
    description: "posthog-node captures Account Created when the account is made and Invoice Sent later; posthog-js identifies and captures Signed Up on /welcome: two names for two things. Two users.",
    config, losses: true, site,
    onSignup: (stage, user) => created(stage, user),
    async run(stage) {
      const { users } = await signups(stage, 2);
      await stage.posthogServer(...users.map((user) => ({ type: "capture", distinctId: user.id, event: "Invoice Sent", properties: { total: 12 } })));
    },
    truth: (look) => {
      planned(look, 2, "Account Created", byServer);
      planned(look, 2, "Invoice Sent", byServer);
      planned(look, 2, "Signed Up", byBrowser);
      return { notes: "The server's first event precedes the browser's $identify, which is no fault: it is not of the browser." };
    },
  },

  "121-posthog-node-identifies-as-well": {
    description: "posthog-node also sets the user's properties (identify) when the account is made, and gives the user a second id (alias); the browser identifies under the same id.",
    config, losses: true, site,
    onSignup: (stage, user) => stage.posthogServer({ type: "identify", distinctId: user.id, properties: { plan: user.plan } }, { type: "alias", distinctId: user.id, alias: `crm-${user.id}` }, { type: "capture", distinctId: user.id, event: "Account Created", properties: { plan: user.plan } }),
    run: (stage) => signups(stage, 2),
    truth: (look) => {
      planned(look, 2, "Account Created", byServer);
      planned(look, 2, "$create_alias", byServer);
      return { notes: "PostHog merges at any time: an alias after an identify is right." };
    },
  },

  "122-posthog-node-double-counted": {
    description: "Both sides capture Signed Up for each of two users: posthog-node when the account is made, posthog-js on /welcome.",
    config: { dialect: "posthog" }, losses: true, site,
    onSignup: (stage, user) => stage.posthogServer({ type: "capture", distinctId: user.id, event: "Signed Up", properties: { plan: user.plan } }),
    run: (stage) => signups(stage, 2),
    truth: (look, { users }) => {
      planned(look, 2, "Signed Up", byServer);
      planned(look, 2, "Signed Up", byBrowser);
      return { expect: users.map((user) => ({ category: "double-counted-signup", messageIds: planned(look, 2, "Signed Up", (event) => idOf(event) === user.id) })) };
    },
  },

  "123-posthog-node-signup-never-captured": {
    description: "posthog-node captures Account Created for three users; /welcome captures Signed Up for two of them, and the third goes on to the dashboard.",
    config, losses: true,
    site: { ...site, signupRedirect: (user, session) => (user.plan === "pro" ? Object.assign(session, { signedUp: false }) && "/app/dashboard" : "/welcome") },
    onSignup: (stage, user) => created(stage, user),
    async run(stage) {
      const { users } = await signups(stage, 2);
      const v = await stage.visitor();
      await v.goto("/signup", 800);
      users.push(await v.signup({ plan: "pro", landing: "**/app/dashboard**" }));
      await v.link("settings", 900);
      await v.link("dashboard", 3000);
      return { users };
    },
    truth: (look, { users }) => {
      planned(look, 2, "Signed Up", byBrowser);
      const own = look.all({}).filter((event) => idOf(event) === users[2].id && ["Account Created", "$identify"].includes(event.event)).map(Look.id);
      return { expect: [{ category: "missing-signup", messageIds: own, only: "events" }], notes: "A HAR holds no beacon, and so cannot prove that none carried the signup." };
    },
  },

  "124-posthog-node-placeholder-id": {
    description: "posthog-node captures Account Created before the database has given an id: distinctId is 'undefined' for each of two users. The browser is right.",
    config: { dialect: "posthog" }, losses: true, site,
    onSignup: (stage, user) => created(stage, user, "undefined"),
    run: (stage) => signups(stage, 2),
    truth: (look) => ({ expect: [{ category: "placeholder-user-id", messageIds: planned(look, 2, "Account Created", byServer) }] }),
  },
};
