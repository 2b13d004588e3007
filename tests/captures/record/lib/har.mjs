// Makes a HAR small: what an analytics linter reads stays (documents, forms, requests to the collector), the rest loses its weight.
import fs from "node:fs";

const KEPT_HEADERS = new Set(["authorization", "content-type", "location", "origin", "referer", "x-retry-count"]);
const DROPPED = ["_securityDetails", "_frameref", "_monotonicTime", "_transferSize", "_serverPort"];
const kept = (headers = []) => headers.filter((header) => KEPT_HEADERS.has(header.name.toLowerCase()));

export function trimHar(from, to) {
  const har = JSON.parse(fs.readFileSync(from, "utf8"));
  for (const entry of har.log.entries) {
    const { request, response } = entry;
    const event = request.method === "POST";
    const document = entry._resourceType === "document";
    for (const message of [request, response]) {
      message.headers = event || document ? kept(message.headers) : [];
      message.cookies = [];
    }
    if (!event && response.content?.text !== undefined) {
      delete response.content.text;
      delete response.content.encoding;
      response.content.comment = "body removed after capture";
    }
    for (const key of DROPPED) {
      delete entry[key];
      delete response[key];
    }
  }
  fs.writeFileSync(to, JSON.stringify(har));
}

// How many requests to the collector have no body in a HAR, or none that can be read back.
export function unreadableInHar(file, collector) {
  return JSON.parse(fs.readFileSync(file, "utf8")).log.entries.filter(({ request }) => {
    if (request.method !== "POST" || !request.url.startsWith(collector)) return false;
    try {
      return !JSON.parse(request.postData.text);
    } catch {
      return !request.postData?.text?.startsWith("data=");
    }
  }).length;
}

// The events in the requests of a HAR, with what came of each request. (Bodies that are compressed stay unread.)
export function eventsInHar(file, visitor) {
  return JSON.parse(fs.readFileSync(file, "utf8")).log.entries.flatMap(({ request, response }) => {
    if (request.method !== "POST" || !request.postData?.text?.startsWith("{")) return [];
    const body = JSON.parse(request.postData.text);
    return (body.batch ?? [body]).map((event) => ({ visitor, status: response.status, event }));
  });
}
