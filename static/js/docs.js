// The description of the API as a page to read and to try, by swagger-ui; loaded there alone.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const html = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const paint = () => html.classList.toggle("dark-mode", html.dataset.theme ? html.dataset.theme === "dark" : system.matches);
paint();
system.addEventListener("change", paint);

const place = document.getElementById("description");
const csrf = document.querySelector("meta[name=csrf-token]")?.content;
SwaggerUI({
  url: place.dataset.url,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  // Whoever is signed in here tries as themselves; a token that was typed in goes before.
  requestInterceptor: (request) => {
    if (csrf && request.method && request.method !== "GET" && !request.headers.Authorization)
      request.headers["X-CSRFToken"] = csrf;
    return request;
  },
});
