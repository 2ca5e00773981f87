import{a as e}from"./chunk-OV5JQIWZ.js";import"./chunk-MLJHOU2U.js";import"./chunk-KZSEJ7RP.js";customElements.define("case-answer",class extends e{});
