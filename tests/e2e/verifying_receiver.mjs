// A receiver that checks each delivery with the public libraries, and prints a
// line of JSON for each. argv: the folder of the npm packages, the secret.
import crypto from "node:crypto";
import http from "node:http";
import { createRequire } from "node:module";

const [packages, secret] = process.argv.slice(2);
const require = createRequire(packages + "/package.json");
const { Webhook: Standard } = require("standardwebhooks");
const { Webhook: Svix } = require("svix");

function verifies(Verifier, body, headers) {
  try {
    new Verifier(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString("utf8");
    const panora = crypto
      .createHmac("sha256", secret)
      .update(JSON.stringify(JSON.parse(body).data))
      .digest("hex");
    console.log(
      JSON.stringify({
        id: request.headers["webhook-id"],
        standard: verifies(Standard, body, request.headers),
        tampered: verifies(Standard, body + " ", request.headers),
        svix: verifies(Svix, body, request.headers),
        panora: panora === request.headers["panora-signature"],
        type: request.headers["content-type"],
        body,
      }),
    );
    response.end("ok");
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
