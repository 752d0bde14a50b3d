/** The page of the HTTP interface: Swagger UI over the description that the server makes of itself. */

import { base } from "./base.js";
import { kept } from "./signed-in.js";

interface Page {
  preauthorizeApiKey(scheme: string, token: string): void;
}
declare function SwaggerUIBundle(options: Record<string, unknown>): Page;

const dark = matchMedia("(prefers-color-scheme: dark)");

function shade(): void {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

shade();
dark.addEventListener("change", shade);
const page = SwaggerUIBundle({
  url: `${base}/v1/openapi.json`,
  domNode: document.getElementById("main"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null, // would ask another host
  onComplete() {
    const token = kept()?.token;
    if (token !== undefined) page.preauthorizeApiKey("token", token);
  },
});
