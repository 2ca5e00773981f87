import{b as t}from"./chunk-KZSEJ7RP.js";var e=class extends HTMLElement{connectedCallback(){t("button",this)?.addEventListener("click",()=>print())}};customElements.define("print-page",e);
