import { KeptText } from "@web/kept"

/** Keeps an answer to a question while it is written. */
customElements.define("case-answer", class extends KeptText {})
